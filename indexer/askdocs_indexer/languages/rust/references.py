"""Rust: use trees, paths, declared types and constructor functions."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.generic import resolver
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Index, Names, Syntax, names_in, read_query

# Where the names of the standard prelude come from.
_PRELUDE = {
    "Box": "std::boxed::Box",
    "Clone": "std::clone::Clone",
    "Default": "std::default::Default",
    "Drop": "std::ops::Drop",
    "Err": "std::result::Result::Err",
    "From": "std::convert::From",
    "Into": "std::convert::Into",
    "Iterator": "std::iter::Iterator",
    "None": "std::option::Option::None",
    "Ok": "std::result::Result::Ok",
    "Option": "std::option::Option",
    "Result": "std::result::Result",
    "Some": "std::option::Option::Some",
    "String": "std::string::String",
    "ToString": "std::string::ToString",
    "Vec": "std::vec::Vec",
}
_CONSTRUCTORS = ("bind", "builder", "connect", "create", "default", "from", "new", "open")
# Their methods are seldom called; those of what they hold are called through them.
_HOLDERS = frozenset({"Arc", "Box", "Rc"})


def _read_import(node: Node, index: Index) -> None:
    """Read a use tree: groups, ``as``, ``self`` and ``*``."""
    stack: list[tuple[Node, tuple[str, ...]]] = [(node, ())]
    while stack:
        part, prefix = stack.pop()
        if part.type in ("scoped_use_list", "use_list"):
            path = part.child_by_field_name("path")
            inner = (*prefix, *_names(path)) if path is not None else prefix
            items = part.child_by_field_name("list") if part.type == "scoped_use_list" else part
            stack.extend((child, inner) for child in (items.named_children if items else ()))
            continue
        if part.type == "use_wildcard":
            index.opened.append("::".join((*prefix, *_names(part))))
            continue
        alias = part.child_by_field_name("alias") if part.type == "use_as_clause" else None
        written = part.child_by_field_name("path") if part.type == "use_as_clause" else part
        names = (*prefix, *_names(written)) if written is not None else prefix
        if names and names[-1] == "self":
            names = names[:-1]
        if names:
            local = text_of(alias) if alias is not None else names[-1]
            index.imports[local] = ("::".join(names), names[-1])


def _names(node: Node) -> tuple[str, ...]:
    return tuple(text_of(part) for part in names_in(node, frozenset({"type_arguments"})))


def _unbound(name: str, index: Index) -> Names:
    """A name of the prelude, of a glob import, or of the crate."""
    if name in _PRELUDE:
        return (_PRELUDE[name], name)
    return (*(f"{module}::{name}" for module in index.opened), name)


def _made(name: str) -> str:
    """``Vec::with_capacity`` makes a ``Vec``, by the convention of the language."""
    owner, _, function = name.rpartition("::")
    is_constructor = function in _CONSTRUCTORS or function.startswith(("with_", "from_", "new_"))
    return owner if is_constructor else ""


resolve = resolver(
    Syntax(
        query=read_query(__file__, "bindings.scm"),
        identifiers=frozenset({"identifier", "field_identifier", "type_identifier"}),
        members={"field_expression": ("value", "field")},
        paths=frozenset({"scoped_identifier", "scoped_type_identifier", "generic_type"}),
        separators=("::", "::"),
        read_import=_read_import,
        unbound=_unbound,
        imports=frozenset({"use_declaration"}),
        skipped=frozenset({"lifetime", "mutable_specifier", "type_arguments"}),
        literals={
            "array_expression": "slice",
            "char_literal": "char",
            "raw_string_literal": "str",
            "string_literal": "str",
        },
        calls={"call_expression": "function"},
        constructors={"struct_expression": "name", "type_cast_expression": "type"},
        holders=_HOLDERS,
        wrappers=frozenset(
            {
                "await_expression",
                "dynamic_type",
                "parenthesized_expression",
                "reference_expression",
                "reference_type",
                "try_expression",
            }
        ),
        silent=frozenset(
            {
                ("enum_variant", "name"),
                ("field_declaration", "name"),
                ("field_initializer", "field"),
                ("field_pattern", "name"),
            }
        ),
        receivers=frozenset({"self"}),
        made=_made,
        forms=lambda owner, member: (f"{owner}.{member}",),
    )
)
