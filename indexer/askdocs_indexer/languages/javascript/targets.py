"""What a statement or member of JavaScript and TypeScript gives a name to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from askdocs_indexer.languages.source import Source, children_of
from askdocs_indexer.readers.decoding import words

FUNCTIONS = words(
    "arrow_function function_declaration function_expression generator_function "
    "generator_function_declaration method_definition"
)
_NAMED = words(
    "abstract_class_declaration abstract_method_signature class class_declaration enum_assignment "
    "enum_declaration field_definition function_declaration function_expression "
    "function_signature generator_function generator_function_declaration interface_declaration "
    "internal_module method_definition method_signature module property_signature "
    "public_field_definition type_alias_declaration variable_declarator"
)
# Nodes around the one that counts.
_WRAPPED_STATEMENTS = words("ambient_declaration expression_statement")
_WRAPPED_VALUES = words(
    "as_expression parenthesized_expression satisfies_expression type_annotation"
)
_VARIABLES = words("lexical_declaration variable_declaration")
_PATH = re.compile(r"[\w$]+(?:\.[\w$]+)*$")
_EXPORTS = re.compile(r"(?:module\.)?exports(?:\.|$)|(?:globalThis|self|window)\.")
_MODULES = frozenset({"internal_module", "module"})


@dataclass(frozen=True, slots=True)
class Target:
    """A name with its node, from where its signature is shown.

    `names` are its parts (`Circle`, `area`), none where only what stands inside is named. `value`
    is the function, class, object or type behind the name, if any. Its members' names begin with
    `inside`, or else with `names`. `is_module` marks a module that is declared by its full name.
    """

    names: tuple[str, ...]
    node: Node
    value: Node | None = None
    is_module: bool = False
    inside: tuple[str, ...] | None = None


def targets(source: Source, node: Node, module: str) -> Iterator[Target]:
    """Yield what a statement or member names; `module` is what a nameless export goes by."""
    while node.type in _WRAPPED_STATEMENTS and node.named_children:
        inner = next((child for child in node.named_children if child.type != "comment"), None)
        if inner is None:
            return
        node = inner
    if node.type == "statement_block":  # declare global { … }
        yield Target((), node)
    elif node.type == "export_statement":
        yield from _exported(source, node, module)
    elif node.type in _VARIABLES:
        yield from _variables(source, node)
    elif node.type == "assignment_expression":
        yield from _assigned(source, node, module)
    elif node.type in _NAMED or node.type == "pair":
        yield from _named(source, node)
    elif node.type in {"property_identifier", "string"}:  # A member of an enumeration.
        yield Target((_text_of_name(source, node),), node)


def _exported(source: Source, node: Node, module: str) -> Iterator[Target]:
    declaration = node.child_by_field_name("declaration")
    value = _unwrapped(source, node.child_by_field_name("value"))
    if declaration is not None:
        yield from targets(source, declaration, module)
    elif value is not None and value.type != "identifier":
        yield from _whole(source, node, value, module)


def _variables(source: Source, node: Node) -> Iterator[Target]:
    declarators = [child for child in node.named_children if child.type == "variable_declarator"]
    for declarator in declarators:
        for target in _named(source, declarator):
            yield replace(target, node=node) if len(declarators) == 1 else target


def _assigned(source: Source, node: Node, module: str) -> Iterator[Target]:
    """`exports.name = …`, `module.exports = …`, `Circle.prototype.area = …`."""
    left, value = node.child_by_field_name("left"), node
    path = source.text(left) if left is not None else ""
    while value.type == "assignment_expression":
        right = value.child_by_field_name("right")
        if right is None:
            return
        value = right
    if not _PATH.match(path) or path.startswith("this."):
        return
    names = tuple(
        part for part in _EXPORTS.sub("", path).split(".") if part and part != "prototype"
    )
    unwrapped = _unwrapped(source, value)
    if names:
        yield Target(names, node, unwrapped)
    elif unwrapped is not None:
        yield from _whole(source, node, unwrapped, module)


def _whole(source: Source, node: Node, value: Node, module: str) -> Iterator[Target]:
    """All that a module exports at once: one thing, or an object whose members are its names."""
    name = value.child_by_field_name("name") if value.type in _NAMED else None
    names = (source.text(name) if name is not None else module,)
    yield Target(names, node, value, inside=() if value.type == "object" else None)


def _named(source: Source, node: Node) -> Iterator[Target]:
    name = node.child_by_field_name("key") or node.child_by_field_name("name")
    name = name or node.child_by_field_name("property")
    if name is None:
        return
    if node.type in _MODULES:
        is_module = name.type == "string"
        text = _text_of_name(source, name).removeprefix("node:")
        yield Target((text,) if is_module else tuple(text.split(".")), node, None, is_module)
        return
    text = _text_of_name(source, name)
    if not re.fullmatch(r"[#\w$-]+|\[[\w$.]+\]", text):
        return
    value = node.child_by_field_name("value") or node.child_by_field_name("type")
    yield Target((text,), node, _unwrapped(source, value))
    if value is not None and value.type == "intersection_type":  # type A = B & { … }
        for part in value.named_children:
            if part.type == "object_type":
                yield Target((text,), part)


def _text_of_name(source: Source, node: Node) -> str:
    return source.text(node).strip("\"'`")


def _unwrapped(source: Source, node: Node | None) -> Node | None:
    while node is not None and node.type in _WRAPPED_VALUES and node.named_children:
        node = node.named_children[0]
    if node is not None and node.type == "call_expression":
        function = node.child_by_field_name("function")
        arguments = children_of(node.child_by_field_name("arguments"))
        if function is not None and source.text(function) == "Object.freeze" and arguments:
            return arguments[0]
    return node
