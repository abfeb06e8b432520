"""How C# writes things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.facts import ELEMENT, Import, Names, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Syntax, names_of, read_query, result_fields

# A class has no member of its own name but constructors; this is what the runtime calls them.
CONSTRUCTOR = ".ctor"
# Stands before the name of an extension method where its namespace gives it.
EXTENSION = "+"

_ARGUMENTS = frozenset({"type_argument_list"})
_TYPE_FIELDS = ("type", "returns")
_AROUND_TYPES = frozenset(
    {
        "alias_qualified_name",
        "array_type",
        "generic_name",
        "nullable_type",
        "pointer_type",
        "qualified_name",
        "ref_type",
    }
)
_TYPE_LISTS = frozenset(
    {
        "attribute",
        "base_list",
        "explicit_interface_specifier",
        "primary_constructor_base_type",
        "type_argument_list",
        "type_parameter_constraint",
    }
)
_HIDDEN = frozenset({"file", "internal", "private"})
_OPEN = frozenset({"protected", "public"})
_PREDEFINED = {
    "bool": "Boolean",
    "byte": "Byte",
    "char": "Char",
    "decimal": "Decimal",
    "double": "Double",
    "float": "Single",
    "int": "Int32",
    "long": "Int64",
    "nint": "IntPtr",
    "nuint": "UIntPtr",
    "object": "Object",
    "sbyte": "SByte",
    "short": "Int16",
    "string": "String",
    "uint": "UInt32",
    "ulong": "UInt64",
    "ushort": "UInt16",
}


def _imports(node: Node) -> Iterator[Import]:
    """Read ``using A.B;``, ``using static A.B;`` and ``using X = A.B;``, each perhaps global."""
    alias = node.child_by_field_name("name")
    named = [part for part in node.named_children if part != alias and not part.is_extra]
    names = names_of(named[-1], _ARGUMENTS) if named else ()
    is_exported = any(child.type == "global" for child in node.children[:1])
    if not names:
        return
    if alias is not None:
        target, module = names[-1:], ".".join(names[:-1])
        yield Import(text_of(alias), module, target, is_exported=is_exported)
    else:
        yield Import("*", ".".join(names), is_exported=is_exported)


def modifiers(node: Node) -> frozenset[str]:
    """Return the modifiers of a declaration."""
    return frozenset(text_of(child) for child in node.children if child.type == "modifier")


def is_shown(given: frozenset[str]) -> bool:
    """Return whether the modifiers of a declaration let others than its assembly use it."""
    if "private" in given and "protected" in given:
        return False
    return bool(given & _OPEN) or not given & _HIDDEN


def _is_public(node: Node, name: str) -> bool:
    return is_shown(modifiers(node))


def _own_names(node: Node, names: Names) -> Names:
    if node.type == "constructor_declaration":
        return (CONSTRUCTOR,)
    return (ELEMENT,) if node.type == "indexer_declaration" else names


def _is_type(path: Sequence[Node]) -> bool:
    """Return whether a name is part of a written type."""
    part = path[-1]
    for node in reversed(path[:-1]):
        if node.type in _TYPE_LISTS:
            return True
        if any(node.child_by_field_name(field) == part for field in _TYPE_FIELDS):
            return True
        if node.type not in _AROUND_TYPES:
            return node.type in {"as_expression", "is_expression"} and (
                node.child_by_field_name("right") == part
            )
        part = node
    return False


def _predefined(node: Node, term: Callable[[Node | None], Term | None]) -> Term | None:
    name = _PREDEFINED.get(text_of(node))
    return Term((f"=System.{name}",)) if name is not None else None


def _conditional_access(node: Node, term: Callable[[Node | None], Term | None]) -> Term | None:
    """Read ``a?.b`` like ``a.b``."""
    owner = term(node.child_by_field_name("condition"))
    binding = node.named_children[-1]
    if owner is None or not binding.type.endswith("_binding_expression"):
        return None
    if binding.type == "element_binding_expression":
        return Term((*owner.steps, ELEMENT))
    name = term(binding.child_by_field_name("name"))
    return Term((*owner.steps, *name.steps)) if name is not None else None


def _alternative(node: Node, term: Callable[[Node | None], Term | None]) -> Term | None:
    """Read ``a ? b : c`` like b, and ``a ?? b`` like a."""
    if node.type == "conditional_expression":
        return term(node.child_by_field_name("consequence"))
    operator = node.child_by_field_name("operator")
    is_default = operator is not None and operator.type == "??"
    return term(node.child_by_field_name("left")) if is_default else None


SYNTAX = Syntax(
    facts=read_query(__file__, "facts.scm"),
    locals=read_query(__file__, "locals.scm"),
    identifiers=frozenset({"identifier"}),
    members={"member_access_expression": ("expression", "name")},
    paths=frozenset({"qualified_name", "alias_qualified_name", "generic_name"}),
    arguments=_ARGUMENTS,
    literals={
        "boolean_literal": "System.Boolean",
        "character_literal": "System.Char",
        "integer_literal": "System.Int32",
        "interpolated_string_expression": "System.String",
        "raw_string_literal": "System.String",
        "real_literal": "System.Double",
        "string_literal": "System.String",
        "typeof_expression": "System.Type",
        "verbatim_string_literal": "System.String",
    },
    calls={"invocation_expression": "function"},
    constructors={
        "array_creation_expression": "type",
        "as_expression": "right",
        "cast_expression": "type",
        "default_expression": "type",
        "object_creation_expression": "type",
    },
    elements={"element_access_expression": "expression"},
    waits={"await_expression": ""},
    lists={"array_type": "type"},
    wrappers=frozenset(
        {
            "arrow_expression_clause",
            "checked_expression",
            "nullable_type",
            "parenthesized_expression",
            "postfix_unary_expression",
            "ref_expression",
            "ref_type",
            "with_expression",
        }
    ),
    receivers=frozenset({"this"}),
    parents=frozenset({"base"}),
    special={
        "binary_expression": _alternative,
        "conditional_access_expression": _conditional_access,
        "conditional_expression": _alternative,
        "predefined_type": _predefined,
    },
    silent=frozenset(
        {
            ("anonymous_object_creation_expression", ""),
            ("goto_statement", ""),
            ("labeled_statement", ""),
            ("tuple_element", "name"),
        }
    ),
    result=result_fields(
        {"lambda_expression": ("", "body"), "local_function_statement": ("type", "body")}
    ),
    imports=_imports,
    is_public=_is_public,
    own_names=_own_names,
    open_modules=frozenset({"file_scoped_namespace_declaration"}),
    is_type=_is_type,
    iterates_last=False,
)
