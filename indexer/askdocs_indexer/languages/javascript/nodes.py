"""Parts of the syntax trees of JavaScript and TypeScript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.facts import Names
from askdocs_indexer.languages.javascript.imports import keys_of, string_of
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.readers.decoding import words

FUNCTIONS = words("arrow_function function_expression generator_function")
DECLARED_FUNCTIONS = words("function_declaration generator_function_declaration")
CLASSES = words("abstract_class_declaration class class_declaration")


def path_of(node: Node) -> Names:
    """Return the names of ``a.b.c``; none for anything else."""
    names: list[str] = []
    part: Node | None = node
    while part is not None and part.type == "member_expression":
        names.insert(0, string_of(part.child_by_field_name("property")))
        part = part.child_by_field_name("object")
    if part is None or part.type != "identifier":
        return ()
    return (text_of(part), *names)


def unwrapped(node: Node) -> Node:
    """Return what stands in brackets, ``Object.freeze()`` or before ``as const``."""
    while node.named_children:
        inside = [child for child in node.named_children if not child.is_extra]
        if (node.type in {"parenthesized_expression", "satisfies_expression"} and inside) or (
            node.type == "as_expression" and len(inside) == 1
        ):
            node = inside[0]
        elif node.type == "call_expression" and text_of(inside[0]) == "Object.freeze":
            arguments = node.child_by_field_name("arguments")
            if arguments is None or not arguments.named_children:
                return node
            node = arguments.named_children[0]
        else:
            return node
    return node


def is_parameter(node: Node) -> bool:
    pattern = node.child_by_field_name("pattern")
    return not node.is_extra and (pattern is None or pattern.type != "this")


def pattern_of(parameter: Node) -> Node | None:
    """Return the name or pattern of a parameter."""
    pattern = parameter.child_by_field_name("pattern") or parameter
    if pattern.type == "assignment_pattern":
        return pattern.child_by_field_name("left")
    return pattern


def declared_in(body: Node) -> dict[str, Node]:
    """Return the functions, classes and variables of a function's own statements."""
    declared: dict[str, Node] = {}
    for statement in body.named_children:
        listed: Sequence[Node] = [statement]
        if statement.type in {"lexical_declaration", "variable_declaration"}:
            listed = statement.named_children
        for node in listed:
            name = node.child_by_field_name("name")
            if name is not None and name.type in {"identifier", "type_identifier"}:
                declared[text_of(name)] = node
            elif name is not None and name.type == "object_pattern":
                names = (inner for _, inner in keys_of(name) if inner is not None)
                declared |= {text_of(inner): inner for inner in names}
    return declared


def value_of(declared: Node) -> Node | None:
    """Return the value of a variable; a function or class itself."""
    if declared.type == "variable_declarator":
        value = declared.child_by_field_name("value")
        return unwrapped(value) if value is not None else None
    return declared


def set_on_this(body: Node | None) -> Iterator[tuple[str, Node, Node]]:
    """Yield the (name, target, value) of each ``this.name = value`` among a body's statements."""
    for statement in body.named_children if body is not None else ():
        inner = statement.named_children[0] if statement.named_children else None
        if inner is None or inner.type != "assignment_expression":
            continue
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        owner = left.child_by_field_name("object") if left is not None else None
        if left is not None and right is not None and owner is not None and owner.type == "this":
            yield string_of(left.child_by_field_name("property")), left, unwrapped(right)


def leaves_of(node: Node) -> list[Node]:
    if not node.named_children:
        return [node]
    return [leaf for child in node.named_children for leaf in leaves_of(child)]
