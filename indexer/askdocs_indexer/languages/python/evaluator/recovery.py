"""Half-typed statements: what the loose parts of an ``ERROR`` node would bind when finished."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.facts import Import
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.evaluator.bindings import Binding, Bindings, Branch, Kind

_BETWEEN_NAMES = frozenset({",", "(", "comment"})


def bind_unfinished(bindings: Bindings, node: Node, branch: Branch) -> None:
    """Bind ``name = value``, ``name = Class(`` and ``from a import (b, c`` among the children."""
    children = node.children
    for index, child in enumerate(children):
        following = children[index + 1 : index + 4]
        kinds = [part.type for part in following]
        if child.type == "identifier" and kinds[:1] == ["="] and len(following) > 1:
            # A call whose bracket is still open: the value is an instance of what it calls.
            kind: Kind = "pattern" if kinds[2:] == ["("] else "value"
            row = Binding(kind, child.start_byte, child.end_byte, branch, following[1])
            bindings.add(child, row)
        elif child.type == "from" and kinds[1:2] == ["import"]:
            origin = "".join(text_of(following[0]).split())
            _names(bindings, children[index + 3 :], origin, branch)


def _names(bindings: Bindings, parts: list[Node], origin: str, branch: Branch) -> None:
    for part in parts:
        if part.type in _BETWEEN_NAMES:
            continue
        if part.type not in ("dotted_name", "aliased_import"):
            break
        alias = part.child_by_field_name("alias") or part
        name = part.child_by_field_name("name") or part
        taken = Import(text_of(alias), origin, (text_of(name),), is_exported=True)
        bindings.add(alias, Binding("import", alias.start_byte, part.end_byte, branch, taken=taken))


def unfinished_bases(function: Node) -> list[Node]:
    """The base classes of the class around a function, where an error left its parts loose.

    That is the last class before the function that starts further to the left, whole or in parts.
    """
    parent = function.parent
    if parent is None or parent.type != "ERROR":
        return []
    bases: list[Node] = []
    siblings = [part for part in parent.children if part.start_byte < function.start_byte]
    parts = [inner for part in siblings for inner in (part.children if _is_split(part) else [part])]
    for index, part in enumerate(parts):
        if part.start_point.column >= function.start_point.column:
            continue
        if part.type == "class_definition":
            superclasses = part.child_by_field_name("superclasses")
            bases = superclasses.named_children if superclasses is not None else []
        elif part.type == "class":
            lists = [p for p in parts[index + 1 : index + 3] if p.type == "argument_list"]
            bases = [base for arguments in lists for base in arguments.named_children]
    return [base for base in bases if base.type != "keyword_argument"]


def _is_split(node: Node) -> bool:
    return node.type in ("ERROR", "decorated_definition")


def is_torn(attribute: Node) -> bool:
    """Whether the parser joined an unfinished ``name.`` with a word of a later line."""
    dot = next((child for child in attribute.children if child.type == "."), attribute)
    name = attribute.child_by_field_name("attribute")
    if name is None or dot.end_point.row == name.start_point.row:
        return False
    around = attribute.parent
    while around is not None and not _is_bracketed(around):
        around = around.parent
    return around is None


def _is_bracketed(node: Node) -> bool:
    """Whether an expression inside a node may continue on the next line."""
    return node.type != "ERROR" and any(child.type in ("(", "[", "{") for child in node.children)
