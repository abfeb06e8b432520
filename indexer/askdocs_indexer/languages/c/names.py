"""What the declarations of C and C++ give names to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from tree_sitter import Node

from askdocs_indexer.readers.decoding import words

TYPES = words("class_specifier enum_specifier struct_specifier union_specifier")
_AROUND = words(
    "array_declarator attributed_declarator function_declarator init_declarator "
    "parenthesized_declarator pointer_declarator pointer_type_declarator reference_declarator"
)
_NAMED = words(
    "alias_declaration concept_definition enumerator namespace_alias_definition preproc_def "
    "preproc_function_def"
)
_DECLARATIONS = words("declaration field_declaration function_definition type_definition")
# What a damaged declaration may seem to be called.
_KEYWORDS = words("case catch class do else for if return struct switch template try union while")
_OPERATOR = re.compile(r"\s*(\W+)\s*$")

Names = tuple[str, ...]


class Texts(Protocol):
    """The source that nodes belong to."""

    def text(self, node: Node) -> str:
        """Return a node's text."""


def unwrapped(node: Node) -> Node:
    """Return the declaration inside templates and friend declarations."""
    while node.type in {"friend_declaration", "template_declaration"} and node.named_children:
        node = node.named_children[-1]
    return node


def type_of(node: Node) -> Node | None:
    """Return the class, struct, union or enumeration that a declaration defines, if any."""
    kind = node if node.type in TYPES else node.child_by_field_name("type")
    if kind is None or kind.type not in TYPES or kind.child_by_field_name("body") is None:
        return None
    return kind


def declared_names(source: Texts, node: Node) -> list[Names]:
    """Return the names that a declaration gives, each in its written parts (`Class`, `method`)."""
    if node.type in TYPES or node.type in _NAMED:
        name = node.child_by_field_name("name")
        return [parts] if name is not None and (parts := parts_of(source, name)) else []
    if node.type not in _DECLARATIONS:
        return []
    # `typedef struct … *Pointer, Name;` is the type of that name.
    declarators = sorted(node.children_by_field_name("declarator"), key=_is_pointer)
    names = [parts for declarator in declarators if (parts := _declarator(source, declarator))]
    kind = type_of(node)
    return names or (declared_names(source, kind) if kind is not None else [])


def _is_pointer(node: Node) -> bool:
    return node.type.startswith("pointer_")


def _declarator(source: Texts, node: Node) -> Names:
    while node.type in _AROUND:
        inner = node.child_by_field_name("declarator") or next(_inner(node), None)
        if inner is None:
            return ()
        node = inner
    return parts_of(source, node)


def _inner(node: Node) -> Iterator[Node]:
    return (child for child in node.named_children if "declarator" in child.type or _is_name(child))


def _is_name(node: Node) -> bool:
    return node.type.endswith(("identifier", "_name", "operator_cast"))


def parts_of(source: Texts, node: Node) -> Names:
    """Return the parts of a name (`Class`, `method`); none where it is not a name."""
    parts: list[str] = []
    while node.type == "qualified_identifier":
        scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
        if scope is not None:
            parts += parts_of(source, scope)
        if name is None:
            return ()
        node = name
    if node.type in {"template_function", "template_method", "template_type"}:
        return (*parts, *parts_of(source, node.child_by_field_name("name") or node.children[0]))
    if node.type == "operator_cast":
        kind = node.child_by_field_name("type")
        return (*parts, f"operator {source.text(kind)}" if kind is not None else "operator")
    text = " ".join(source.text(node).split())
    if node.type == "operator_name":
        symbol = _OPERATOR.match(text.removeprefix("operator"))
        text = f"operator{symbol[1]}" if symbol else text
    elif text in _KEYWORDS or not re.fullmatch(r"~?\s?[A-Za-z_$]\w*", text):
        return ()
    return (*parts, text.replace("~ ", "~"))
