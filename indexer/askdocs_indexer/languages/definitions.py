"""Where the names of declarations stand in a file that another language server points into.

A server gives the position of a name, or of the whole declaration: of its first keyword or
decorator. Of a module it gives the start of the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from askdocs_indexer.languages.parsing import Parsed, identifier_path, path_to, text_of
from askdocs_indexer.languages.registry import identifiers_of

# From a declaration to its name, in the order in which grammars nest them.
_FIELDS = ("definition", "declaration", "declarator", "name", "left")
# What holds a declaration without a field for it, as ``const a = 1`` does.
_HOLDERS = frozenset({"lexical_declaration", "var_declaration", "variable_declaration"})
_ARGUMENTS = frozenset({"argument", "keyword_argument", "named_argument", "value_argument"})
_FUNCTIONS = ("closure", "constructor", "func_literal", "function", "lambda", "method")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name as it is written, with its byte span.

    `is_local` says that it stands inside of a function, `is_argument` that it names an argument.
    """

    name: str
    start: int
    end: int
    is_local: bool
    is_argument: bool


def identifier_at(parsed: Parsed, offset: int) -> Identifier | None:
    """Return the identifier at a byte offset, or that which ends there; None for other tokens."""
    if parsed.tree is None:
        return None
    path = identifier_path(parsed.tree.root_node, offset, identifiers_of(parsed.language))
    return _identifier(path) if path is not None else None


def declared_by(parsed: Parsed, start: int, end: int) -> Identifier | None:
    """Return the name that a definition's byte span means; None where it means none.

    The span is that of the name, of the declaration, or empty and at the start of either.
    """
    own = identifier_at(parsed, start)
    if own is not None and start < own.end and end <= max(own.end, start):
        return own
    if parsed.tree is None:
        return None
    root = parsed.tree.root_node
    outer = (node for node in path_to(root, start)[1:] if node.start_byte == start)
    names = (name for node in outer if (name := _name_of(node, parsed.language)) is not None)
    name = next(names, None)
    return identifier_at(parsed, name.start_byte) if name is not None else own


def _name_of(declaration: Node, language: str) -> Node | None:
    node: Node | None = declaration
    for _ in range(_DEEPEST):
        if node is None or node.type in identifiers_of(language):
            break
        node = _inner(node)
    return node if node is not None and node.id != declaration.id else None


def _inner(node: Node) -> Node | None:
    fields = (node.child_by_field_name(field) for field in _FIELDS)
    inner = next(filter(None, fields), None)
    if inner is not None or node.type not in _HOLDERS:
        return inner
    return next((child for child in node.named_children if child.child_by_field_name("name")), None)


def _identifier(path: list[Node]) -> Identifier:
    leaf, parent = path[-1], path[-2]
    is_first = parent.child_count > 1 and parent.children[0].id == leaf.id
    is_argument = parent.type in _ARGUMENTS and is_first
    return Identifier(text_of(leaf), leaf.start_byte, leaf.end_byte, _is_local(path), is_argument)


def _is_local(path: Iterable[Node]) -> bool:
    """Return whether a name stands inside of a function, and is not the function's own."""
    *around, leaf = path
    return any(
        any(kind in node.type for kind in _FUNCTIONS) and not _is_named(node, leaf)
        for node in around
    )


def _is_named(function: Node, leaf: Node) -> bool:
    node: Node | None = function
    while node is not None and node.id != leaf.id:
        node = node.child_by_field_name("declarator") or node.child_by_field_name("name")
    return node is not None
