"""JavaScript and TypeScript, with their JSX forms."""

from __future__ import annotations

from tree_sitter import Node

from askdocs_indexer.languages.generic import resolver
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.syntax import Index, Names, Syntax, read_query

TYPES = {"string": "String", "number": "Number", "boolean": "Boolean", "any": "", "void": ""}


def _read_import(node: Node, index: Index) -> None:
    """ES imports, ``import x = require()`` and ``const x = require()``."""
    if node.type == "variable_declarator":
        value = node.child_by_field_name("value")
        if value is not None:
            _bind_required(node.child_by_field_name("name"), value, index)
        return
    source = node.child_by_field_name("source")
    for clause in node.named_children:
        if clause.type == "import_require_clause":
            source = clause.child_by_field_name("source")
    if source is None:
        return
    for clause in node.named_children:
        if clause.type in ("import_clause", "import_require_clause"):
            for part in clause.named_children:
                _bind(part, _module(source), index)


def _bind_required(name: Node | None, value: Node, index: Index) -> None:
    """``require("m")``, ``await import("m")`` and ``require("m").x``."""
    field = value.child_by_field_name("property")
    call = value.child_by_field_name("object") if field is not None else value
    if call is not None and call.type == "await_expression" and call.named_children:
        call = call.named_children[0]
    inside = call.child_by_field_name("arguments") if call is not None else None
    strings = inside.named_children if inside is not None else []
    module = _module(strings[0]) if strings and strings[0].type == "string" else ""
    if field is None:
        _bind(name, module, index)
    elif name is not None and name.type == "identifier" and module:
        index.imports[text_of(name)] = (f"{module}.{text_of(field)}", text_of(field))


def _bind(part: Node | None, module: str, index: Index) -> None:
    """Record what one part of an import makes known by which local name."""
    kind = part.type if part is not None else ""
    if part is None or not module:
        return
    if kind == "identifier":
        # The default export goes by the module's name or by the one it is commonly given.
        index.imports[text_of(part)] = (module, text_of(part))
    elif kind == "namespace_import" and part.named_children:
        index.imports[text_of(part.named_children[0])] = (module,)
    elif kind in ("named_imports", "object_pattern"):
        for child in part.named_children:
            _bind(child, module, index)
    elif kind in ("import_specifier", "pair_pattern"):
        fields = ("name", "alias") if kind == "import_specifier" else ("key", "value")
        name, alias = part.child_by_field_name(fields[0]), part.child_by_field_name(fields[1])
        if name is not None:
            index.imports[text_of(alias or name)] = (f"{module}.{text_of(name)}", text_of(name))
    elif kind == "shorthand_property_identifier_pattern":
        index.imports[text_of(part)] = (f"{module}.{text_of(part)}", text_of(part))


def _module(source: Node) -> str:
    """The module's name; "" for a relative path, whose file nobody here reads."""
    name = text_of(source).strip("\"'`").removeprefix("node:")
    return "" if name.startswith(".") else name


def _unbound(name: str, index: Index) -> Names:
    """A name that the file does not bind is a global: ``Math``, ``fetch``, ``console``."""
    return (name,)


def _base(node: Node) -> Node | None:
    if node.type not in ("class_declaration", "class"):
        return None
    for heritage in node.named_children:
        if heritage.type == "class_heritage" and heritage.named_children:
            clause = heritage.named_children[0]
            return clause.child_by_field_name("value") or clause
    return None


def _syntax(*queries: str) -> Syntax:
    return Syntax(
        query=read_query(__file__, "common.scm", *queries),
        identifiers=frozenset(
            {
                "identifier",
                "property_identifier",
                "shorthand_property_identifier",
                "shorthand_property_identifier_pattern",
                "type_identifier",
            }
        ),
        members={"member_expression": ("object", "property")},
        paths=frozenset({"nested_type_identifier", "nested_identifier"}),
        separators=(".", "."),
        read_import=_read_import,
        unbound=_unbound,
        imports=frozenset({"import_statement"}),
        skipped=frozenset({"type_arguments"}),
        literals={
            "array": "Array",
            "number": "Number",
            "regex": "RegExp",
            "string": "String",
            "template_string": "String",
            "array_type": "Array",
        },
        calls={"call_expression": "function"},
        constructors={
            "as_expression": "",
            "new_expression": "constructor",
            "satisfies_expression": "",
        },
        wrappers=frozenset(
            {
                "await_expression",
                "generic_type",
                "non_null_expression",
                "parenthesized_expression",
                "union_type",
            }
        ),
        silent=frozenset(
            {
                ("jsx_attribute", ""),
                ("pair", "key"),
                ("pair_pattern", "key"),
                ("method_definition", "name"),
                ("field_definition", "property"),
                ("public_field_definition", "name"),
                ("property_signature", "name"),
                ("method_signature", "name"),
                ("enum_body", "name"),
                ("enum_assignment", "name"),
            }
        ),
        receivers=frozenset({"super", "this"}),
        base=_base,
        forms=lambda owner, member: (f"{owner}.prototype.{member}", f"{owner}#{member}"),
    )


_JAVASCRIPT = resolver(_syntax("javascript.scm"))
_TYPESCRIPT = resolver(_syntax("typescript.scm"))


def resolve(parsed: Parsed, offset: int) -> Symbol | None:
    """Find and resolve the symbol at a byte offset; see `symbols.symbol_in`."""
    chosen = _JAVASCRIPT if parsed.language == "javascript" else _TYPESCRIPT
    return chosen(parsed, offset)
