"""C and C++: what headers declare goes by its bare or qualified name; ``using`` is followed."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.generic import resolver
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.syntax import Index, Names, Syntax, names_in, read_query

_HOLDERS_TEXT = """
const_cast dynamic_cast make_shared make_unique optional reinterpret_cast shared_ptr static_cast
unique_ptr
"""
_HOLDERS = frozenset(_HOLDERS_TEXT.split())


def _read_import(node: Node, index: Index) -> None:
    """``using namespace n``, ``using n::x`` and ``namespace a = n::m``."""
    names = [text_of(part) for part in names_in(node, frozenset())]
    if node.type == "namespace_alias_definition" and len(names) > 1:
        index.imports[names[0]] = ("::".join(names[1:]),)
    elif any(child.type == "namespace" for child in node.children):
        index.opened.append("::".join(names))
    elif names:
        index.imports[names[-1]] = ("::".join(names),)


def _unbound(name: str, index: Index) -> Names:
    """What the file does not declare comes from a header, plainly or by ``using namespace``."""
    return (*(f"{space}::{name}" for space in index.opened), name)


def _made(name: str) -> str:
    """``ns::Client("x")`` makes a ``ns::Client``, if it is written as classes are."""
    return name if name.rpartition("::")[2][:1].isupper() else ""


def _base(node: Node) -> Node | None:
    if node.type not in ("class_specifier", "struct_specifier"):
        return None
    for clause in node.named_children:
        if clause.type == "base_class_clause":
            names = [c for c in clause.named_children if c.type != "access_specifier"]
            return names[0] if names else None
    return None


def _syntax(separators: tuple[str, str], *queries: str) -> Syntax:
    return Syntax(
        query=read_query(__file__, *queries),
        identifiers=frozenset(
            {"identifier", "field_identifier", "type_identifier", "namespace_identifier"}
        ),
        members={"field_expression": ("argument", "field")},
        paths=frozenset(
            {"nested_namespace_specifier", "qualified_identifier", "template_function"}
            | {"template_method", "template_type"}
        ),
        separators=separators,
        read_import=_read_import,
        unbound=_unbound,
        imports=frozenset({"namespace_alias_definition", "using_declaration"}),
        skipped=frozenset({"template_argument_list"}),
        calls={"call_expression": "function"},
        constructors={"cast_expression": "type", "new_expression": "type"},
        wrappers=frozenset(
            {"parenthesized_expression", "pointer_expression", "struct_specifier"}
            | {"type_descriptor"}
        ),
        holders=_HOLDERS,
        bare_members=True,
        silent=frozenset(
            {
                ("field_declaration", "declarator"),
                ("field_designator", ""),
                ("goto_statement", "label"),
            }
        ),
        receivers=frozenset({"this"}),
        made=_made,
        base=_base,
        forms=lambda owner, member: (f"{owner}.{member}",),
    )


_C = resolver(_syntax((".", "."), "c.scm"))
_CPP = resolver(_syntax(("::", "::"), "c.scm", "cpp.scm"))


def resolve(parsed: Parsed, offset: int) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; see `symbols.symbol_in`."""
    return (_C if parsed.language == "c" else _CPP)(parsed, offset)
