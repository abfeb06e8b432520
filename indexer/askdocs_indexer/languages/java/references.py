"""Java: imports, static imports, ``java.lang``, and declared types."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.generic import resolver
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Index, Names, Syntax, names_in, read_query

# Names of java.lang, which every file sees; others that no import binds are of the same package.
_LANG_TEXT = """
AutoCloseable Boolean Byte CharSequence Character Class ClassLoader Comparable Deprecated
Double Enum Error Exception Float FunctionalInterface IllegalArgumentException
IllegalStateException IndexOutOfBoundsException Integer InterruptedException Iterable Long
Math NullPointerException Number NumberFormatException Object Override Process
ProcessBuilder Record Runnable Runtime RuntimeException SafeVarargs Short
StackTraceElement String StringBuffer StringBuilder SuppressWarnings System Thread
ThreadLocal Throwable UnsupportedOperationException Void
"""
_LANG = frozenset(_LANG_TEXT.split())


def _read_import(node: Node, index: Index) -> None:
    """Imports, static ones included, and the file's package."""
    parts = [text_of(part) for part in names_in(node, frozenset({"asterisk"}))]
    if not parts:
        return
    dotted = ".".join(parts)
    if node.type == "package_declaration":
        index.package = dotted
    elif any(child.type == "asterisk" for child in node.named_children):
        index.opened.append(dotted)
    else:
        index.imports[parts[-1]] = (dotted, ".".join(parts[-2:]), parts[-1])


def _unbound(name: str, index: Index) -> Names:
    if name == "var":
        return ()
    if name in _LANG:
        return (f"java.lang.{name}", name)
    packages = [*index.opened, *([index.package] if index.package else [])]
    return tuple(f"{package}.{name}" for package in packages)


def _base(node: Node) -> Node | None:
    base = node.child_by_field_name("superclass") if node.type == "class_declaration" else None
    return base.named_children[0] if base is not None and base.named_children else None


resolve = resolver(
    Syntax(
        query=read_query(__file__, "bindings.scm"),
        identifiers=frozenset({"identifier", "type_identifier"}),
        members={
            "field_access": ("object", "field"),
            "method_invocation": ("object", "name"),
            "method_reference": ("object", "name"),
        },
        paths=frozenset({"scoped_identifier", "scoped_type_identifier"}),
        separators=(".", "."),
        read_import=_read_import,
        unbound=_unbound,
        imports=frozenset({"import_declaration", "package_declaration"}),
        skipped=frozenset({"type_arguments"}),
        literals={"string_literal": "java.lang.String", "text_block": "java.lang.String"},
        constructors={"cast_expression": "type", "object_creation_expression": "type"},
        wrappers=frozenset({"generic_type", "parenthesized_expression"}),
        silent=frozenset(
            {
                ("annotation_type_element_declaration", "name"),
                ("break_statement", ""),
                ("constructor_declaration", "name"),
                ("continue_statement", ""),
                ("element_value_pair", "key"),
                ("enum_constant", "name"),
                ("labeled_statement", ""),
                ("method_declaration", "name"),
            }
        ),
        receivers=frozenset({"super", "this"}),
        base=_base,
        forms=lambda owner, member: (f"{owner}#{member}",),
    )
)
