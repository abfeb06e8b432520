"""How JavaScript and TypeScript write things, with their JSX forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.facts import CALL, ELEMENT, FUNCTION, NEW, RESULT, SELF, TYPE, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Syntax, read_query, result_fields
from askdocs_indexer.readers.decoding import words

Reader = Callable[[Node | None], Term | None]

# A type or value about whose members nothing can be said.
UNKNOWN = Term(())
_PREDEFINED = {
    "bigint": "BigInt",
    "boolean": "Boolean",
    "number": "Number",
    "string": "String",
    "symbol": "Symbol",
}
# Types whose members are those of their first argument.
_TRANSPARENT = words("Exclude Extract NoInfer NonNullable Omit Partial Pick Readonly Required")
_STEPS = {"Awaited": RESULT, "InstanceType": NEW, "ReturnType": CALL}
_EMPTY = frozenset({"null", "undefined"})


def _predefined(node: Node, term: Reader) -> Term:
    name = _PREDEFINED.get(text_of(node))
    return Term((f"={name}",)) if name is not None else UNKNOWN


def _function(node: Node, term: Reader) -> Term:
    """``(a: A) => B`` as a type."""
    result = term(node.child_by_field_name("return_type"))
    return Term((FUNCTION,), (result or Term(()),))


def _literal_type(node: Node, term: Reader) -> Term | None:
    inner = node.named_children[0] if node.named_children else None
    return term(inner) if inner is not None and inner.type not in _EMPTY else None


def _generic(node: Node, term: Reader) -> Term | None:
    """``Promise<T>``; the utility types of the language are what they make of ``T``."""
    name, arguments = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
    if name is None:
        return None
    inner = arguments.named_children if arguments is not None else []
    args = tuple(term(argument) or UNKNOWN for argument in inner if not argument.is_extra)
    text = text_of(name)
    if args and text in _TRANSPARENT:
        return args[0]
    if args and text in _STEPS:
        return Term((*args[0].steps, _STEPS[text]), args[0].args) if args[0].steps else UNKNOWN
    path = term(name)
    return Term(path.steps, args) if path is not None else None


def _lookup(node: Node, term: Reader) -> Term | None:
    """``Owner['member']`` as a type."""
    whole, key = [*node.named_children, None, None][:2]
    text = text_of(key).strip("\"'") if key is not None and key.type == "literal_type" else ""
    owner = term(whole)
    return Term((*owner.steps, NEW, text)) if owner is not None and text else None


def _conditional(node: Node, term: Reader) -> Term:
    """``A extends B ? Type : never``; where both branches are possible, neither is known."""
    listed = (node.child_by_field_name(name) for name in ("consequence", "alternative"))
    possible = [branch for branch in listed if branch is not None and text_of(branch) != "never"]
    return (term(possible[0]) if len(possible) == 1 else None) or UNKNOWN


def _query(node: Node, term: Reader) -> Term | None:
    """``typeof value`` as a type."""
    value = term(node.named_children[0]) if node.named_children else None
    return Term((*value.steps, TYPE)) if value is not None else None


def _subscript(node: Node, term: Reader) -> Term | None:
    owner, index = term(node.child_by_field_name("object")), node.child_by_field_name("index")
    if owner is None:
        return None
    step = text_of(index).strip("\"'") if index is not None and index.type == "string" else ELEMENT
    return Term((*owner.steps, step), owner.args)


def _new(node: Node, term: Reader) -> Term | None:
    made = term(node.child_by_field_name("constructor"))
    arguments = node.child_by_field_name("type_arguments")
    inner = arguments.named_children if arguments is not None else []
    args = tuple(term(argument) or UNKNOWN for argument in inner if not argument.is_extra)
    return Term((*made.steps, NEW), args) if made is not None else None


def _claimed(node: Node, term: Reader) -> Term | None:
    """``value as Type``, ``value satisfies Type``; ``value as const`` claims nothing."""
    children = [child for child in node.named_children if not child.is_extra]
    if len(children) == 1 or node.type == "satisfies_expression":
        return term(children[0])
    claimed = term(children[-1])
    return Term((*claimed.steps, NEW), claimed.args) if claimed is not None else None


def _asserted(node: Node, term: Reader) -> Term | None:
    """``<Type>value``."""
    arguments = node.named_children[0] if node.named_children else None
    claimed = term(arguments.named_children[0]) if arguments and arguments.named_children else None
    return Term((*claimed.steps, NEW), claimed.args) if claimed is not None else None


def _either(node: Node, term: Reader) -> Term | None:
    """``value ?? other``, ``value || other``: what the value is, where that is known."""
    operator = node.child_by_field_name("operator")
    is_default = operator is not None and text_of(operator) in {"??", "||"}
    return term(node.child_by_field_name("left")) if is_default else None


JAVASCRIPT = Syntax(
    facts="",
    locals=read_query(__file__, "locals.scm", "locals_javascript.scm"),
    identifiers=words(
        "identifier private_property_identifier property_identifier shorthand_property_identifier "
        "shorthand_property_identifier_pattern type_identifier"
    ),
    members={"member_expression": ("object", "property")},
    paths=words("generic_type nested_identifier nested_type_identifier"),
    arguments=frozenset({"type_arguments"}),
    literals={
        "array": "Array",
        "number": "Number",
        "regex": "RegExp",
        "string": "String",
        "template_string": "String",
    },
    calls={"call_expression": "function"},
    waits={"await_expression": ""},
    wrappers=words("non_null_expression parenthesized_expression"),
    receivers=frozenset({"this"}),
    parents=frozenset({"super"}),
    special={
        "binary_expression": _either,
        "new_expression": _new,
        "subscript_expression": _subscript,
    },
    result=result_fields(
        dict.fromkeys(
            words(
                "arrow_function function_declaration function_expression generator_function "
                "generator_function_declaration"
            ),
            ("return_type", "body"),
        )
    ),
    import_nodes=words("export_specifier import_statement namespace_export"),
)
TYPESCRIPT = replace(
    JAVASCRIPT,
    locals=read_query(__file__, "locals.scm", "locals_typescript.scm"),
    lists={"array_type": ""},
    wrappers=JAVASCRIPT.wrappers | words("parenthesized_type readonly_type type_annotation"),
    unions=words("intersection_type union_type"),
    special={
        **JAVASCRIPT.special,
        "as_expression": _claimed,
        "conditional_type": _conditional,
        "function_type": _function,
        "generic_type": _generic,
        "literal_type": _literal_type,
        "lookup_type": _lookup,
        "predefined_type": _predefined,
        "satisfies_expression": _claimed,
        "this_type": lambda node, term: Term((SELF,)),
        "type_assertion": _asserted,
        "type_query": _query,
    },
)


def syntax_of(language: str) -> Syntax:
    """Return how a language of the family writes things."""
    return JAVASCRIPT if language == "javascript" else TYPESCRIPT
