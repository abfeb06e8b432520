"""What the imports and exports of JavaScript and TypeScript give names to."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from askdocs_indexer.languages.facts import Import, Names
from askdocs_indexer.languages.parsing import text_of

DEFAULT = "default"
# All that a module exports at once: `module.exports = …`, `export = …`.
WHOLE = "export="
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_PARTS = frozenset({"array_pattern", "rest_pattern"})
_SPECIFIERS = frozenset({"export_specifier", "import_specifier"})


def string_of(node: Node | None) -> str:
    """Return what a string says, or the text of a name."""
    return text_of(node).strip("\"'`") if node is not None else ""


def imports_of(statement: Node) -> Iterator[Import]:
    """Yield what an ``import`` binds, or an ``export`` of names gives to others."""
    module, is_exported = module_of(statement), statement.type == "export_statement"
    is_whole = is_exported
    for clause in statement.named_children:
        if clause.type in {"export_clause", "import_clause", "import_require_clause"}:
            is_whole = False
            for part in clause.named_children:
                yield from _clause(part, module, is_exported)
        elif clause.type == "namespace_export":
            is_whole = False
            yield Import(string_of(clause.named_children[-1]), module, is_exported=True)
    if is_whole and module:
        yield Import("*", module, is_exported=True)


def module_of(statement: Node) -> str:
    """Return the specifier of the module that a statement names; "" where it names none."""
    source = statement.child_by_field_name("source")
    for clause in statement.named_children:
        if clause.type == "import_require_clause":
            source = clause.child_by_field_name("source")
    return string_of(source)


def specified(specifier: Node, module: str) -> Import:
    """Read ``name as alias`` of an import or an export."""
    name = string_of(specifier.child_by_field_name("name"))
    alias = specifier.child_by_field_name("alias")
    is_exported = specifier.type == "export_specifier"
    return Import(string_of(alias) or name, module, (name,), is_exported=is_exported)


def _clause(part: Node, module: str, is_exported: bool) -> Iterator[Import]:
    if part.type in _SPECIFIERS:
        yield specified(part, module)
    elif part.type == "named_imports":
        for inner in part.named_children:
            yield from _clause(inner, module, is_exported)
    elif part.type == "namespace_import" and part.named_children:
        yield Import(text_of(part.named_children[-1]), module)
    elif part.type == "identifier":
        is_required = part.parent is not None and part.parent.type == "import_require_clause"
        yield Import(text_of(part), module, () if is_required else (DEFAULT,))


def required(declarator: Node) -> Iterator[Import]:
    """Yield what ``const name = require("module").member`` binds, or ``await import()``."""
    value = declarator.child_by_field_name("value")
    members: list[str] = []
    while value is not None and value.type == "member_expression":
        members.insert(0, string_of(value.child_by_field_name("property")))
        value = value.child_by_field_name("object")
        if value is not None and value.type == "parenthesized_expression":
            value = value.named_children[0] if value.named_children else None
    module = required_module(value)
    if module:
        yield from _pattern(declarator.child_by_field_name("name"), module, tuple(members))


def required_module(value: Node | None) -> str:
    """Return the module of ``require("module")`` or ``await import("module")``, or ""."""
    if value is not None and value.type == "await_expression" and value.named_children:
        value = value.named_children[0]
    function = value.child_by_field_name("function") if value is not None else None
    inside = value.child_by_field_name("arguments") if value is not None else None
    if function is None or inside is None or text_of(function) not in {"import", "require"}:
        return ""
    first = inside.named_children[0] if inside.named_children else None
    return string_of(first) if first is not None and first.type == "string" else ""


def _pattern(pattern: Node | None, module: str, target: Names) -> Iterator[Import]:
    for name, keys in bound_by(pattern) if pattern is not None else ():
        if keys is not None:
            yield Import(text_of(name), module, (*target, *keys))


def keys_of(pattern: Node) -> Iterator[tuple[Node, Node | None]]:
    """Yield the keys of an object pattern, each with the name or pattern that it binds."""
    for part in pattern.named_children:
        if part.type == "shorthand_property_identifier_pattern":
            yield part, part
        elif part.type == "object_assignment_pattern":
            name = part.child_by_field_name("left")
            if name is not None:
                yield name, name
        elif part.type == "pair_pattern":
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if value is not None and value.type == "assignment_pattern":
                value = value.child_by_field_name("left")
            if key is not None and key.type != "computed_property_name":
                yield key, value


def bound_by(pattern: Node) -> Iterator[tuple[Node, Names | None]]:
    """Yield the names that a pattern binds, each with the keys that lead to it.

    None for what is not a member of anything: an element of an array, the rest.
    """
    left: list[tuple[Node, Names | None]] = [(pattern, ())]
    while left:
        node, keys = left.pop()
        if node.type in _NAMES:
            yield node, keys
        elif node.type == "object_pattern":
            for key, name in keys_of(node):
                if name is not None:
                    left.append((name, None if keys is None else (*keys, string_of(key))))
            rests = (child for child in node.named_children if child.type == "rest_pattern")
            left += [(rest, None) for rest in rests]
        elif node.type in _PARTS:
            left += [(child, None) for child in node.named_children]
        elif node.type == "assignment_pattern" and node.named_children:
            left.append((node.named_children[0], keys))
