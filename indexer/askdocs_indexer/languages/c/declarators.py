"""The parts of a declaration of C and C++ that give names."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

_AROUND = frozenset(
    {
        "array_declarator",
        "attributed_declarator",
        "function_declarator",
        "init_declarator",
        "parenthesized_declarator",
        "pointer_declarator",
        "pointer_type_declarator",
        "reference_declarator",
    }
)
_PATHS = frozenset(
    {"qualified_identifier", "template_function", "template_method", "template_type"}
)
_NAMED_ENDINGS = ("declarator", "identifier", "_name", "operator_cast")


@dataclass(frozen=True, slots=True)
class Declarator:
    """The part of a declaration that gives one name."""

    name: Node
    function: Node | None
    value: Node | None
    is_array: bool
    is_pointed_function: bool


def last_name(name: Node) -> Node:
    """Return the node of the last part of a name."""
    while name.type in _PATHS:
        inner = name.child_by_field_name("name")
        if inner is None:
            break
        name = inner
    return name.named_children[0] if name.type == "destructor_name" else name


def is_specialised(name: Node) -> bool:
    while name.type == "qualified_identifier":
        inner = name.child_by_field_name("name")
        if inner is None:
            return False
        name = inner
    return name.type == "template_type"


def is_pointer(node: Node) -> bool:
    return node.type.startswith("pointer_")


def declarator_of(node: Node) -> Declarator | None:
    """Find the name that a declarator gives, through pointers, arrays and parameters."""
    function: Node | None = None
    value: Node | None = None
    is_array = is_pointed = False
    while node.type in _AROUND:
        if node.type == "function_declarator":
            function, is_pointed = node, False
        elif node.type == "init_declarator":
            value = node.child_by_field_name("value")
        elif node.type != "parenthesized_declarator" and function is not None:
            function, is_pointed = None, True
        is_array |= node.type == "array_declarator"
        inner = node.child_by_field_name("declarator") or _inner(node)
        if inner is None:
            return None
        node = inner
    if node.type == "operator_cast":
        function = node.child_by_field_name("declarator")
    return Declarator(node, function, value, is_array, is_pointed)


def _inner(node: Node) -> Node | None:
    return next(
        (child for child in node.named_children if child.type.endswith(_NAMED_ENDINGS)), None
    )


def has_function(node: Node) -> bool:
    """Return whether a type is that of a function, or of a pointer to one."""
    return any("function_declarator" in child.type for child in node.named_children)
