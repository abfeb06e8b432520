"""Go: import paths with their package names, declared types, and ``New...`` functions."""

from __future__ import annotations

import re

from tree_sitter import Node

from askdocs_indexer.languages.generic import resolver
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Index, Names, Syntax, read_query

_VERSION = re.compile(r"v\d+")
_BUILTINS_TEXT = """
any append bool byte cap clear close comparable complex complex128 complex64 copy delete
error float32 float64 imag int int16 int32 int64 int8 len make max min new panic print
println real recover rune string uint uint16 uint32 uint64 uint8 uintptr
"""
_BUILTINS = frozenset(_BUILTINS_TEXT.split())


def _read_import(node: Node, index: Index) -> None:
    """``import alias "path"``: the package goes by its whole path or by its last part."""
    if node.type == "package_identifier":
        index.package = text_of(node)
        return
    path_node, alias = node.child_by_field_name("path"), node.child_by_field_name("name")
    if path_node is None:
        return
    path = text_of(path_node).strip('"`')
    parts = path.split("/")
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    name = parts[-1].removeprefix("go-").partition(".")[0]
    if alias is not None and alias.type == "dot":
        index.opened.append(path)
    else:
        index.imports[text_of(alias) if alias is not None else name] = (path, name)


def _unbound(name: str, index: Index) -> Names:
    """A builtin, a name of a dot import, or one of the same package in another file."""
    if name in _BUILTINS:
        return (f"builtin.{name}", name)
    opened = tuple(f"{path}.{name}" for path in index.opened)
    return (*opened, f"{index.package}.{name}") if index.package not in ("", "main") else opened


def _made(name: str) -> str:
    """``bytes.NewBuffer`` makes a ``bytes.Buffer``, by the convention of the language."""
    package, _, function = name.rpartition(".")
    made = function.removeprefix("New")
    return f"{package}.{made}" if made and made != function and package else ""


resolve = resolver(
    Syntax(
        query=read_query(__file__, "bindings.scm"),
        identifiers=frozenset(
            {"identifier", "field_identifier", "type_identifier", "package_identifier"}
        ),
        members={"selector_expression": ("operand", "field")},
        paths=frozenset({"qualified_type"}),
        separators=(".", "."),
        read_import=_read_import,
        unbound=_unbound,
        imports=frozenset({"import_spec", "package_clause"}),
        skipped=frozenset({"type_arguments"}),
        calls={"call_expression": "function"},
        constructors={"composite_literal": "type", "type_assertion_expression": "type"},
        allocators=frozenset({"new"}),
        wrappers=frozenset(
            {"generic_type", "parenthesized_expression", "pointer_type", "unary_expression"}
        ),
        silent=frozenset(
            {
                ("field_declaration", "name"),
                ("method_declaration", "name"),
                ("method_elem", "name"),
            }
        ),
        made=_made,
    )
)
