"""How Go writes things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.facts import CALL, FUNCTION, NEW, Import, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Syntax, read_query

_NAMED_TYPES = frozenset({"generic_type", "qualified_type", "type_identifier"})
_VERSION = re.compile(r"v\d+")


def package_name(path: str) -> str:
    """Return the name that the package of an import path commonly has."""
    parts = path.split("/")
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    return parts[-1].removeprefix("go-").partition(".")[0]


def _imports(node: Node) -> Iterator[Import]:
    """Read ``import alias "path"``."""
    path_node, alias = node.child_by_field_name("path"), node.child_by_field_name("name")
    if path_node is None:
        return
    path = text_of(path_node).strip('"`')
    if alias is not None and alias.type == "dot":
        yield Import("*", path)
    elif alias is None or alias.type != "blank_identifier":
        yield Import(text_of(alias) if alias is not None else package_name(path), path)


def _is_public(node: Node, name: str) -> bool:
    return name[:1].isupper()


def _new(node: Node, term: Callable[[Node | None], Term | None]) -> Term | None:
    """A call; `new(T)` and `make(T)` give what their argument says."""
    function = node.child_by_field_name("function")
    if function is not None and text_of(function) in {"make", "new"}:
        arguments = node.child_by_field_name("arguments")
        made = term(arguments.named_children[0]) if arguments and arguments.named_children else None
        return Term((*made.steps, NEW), made.args) if made is not None else None
    called = term(function)
    return Term((*called.steps, CALL)) if called is not None else None


def _first_result(node: Node, term: Callable[[Node | None], Term | None]) -> Term | None:
    """A list of results; what is assigned to one name is the first of them."""
    return term(node.named_children[0].child_by_field_name("type")) if node.named_children else None


def _function(node: Node, term: Callable[[Node | None], Term | None]) -> Term:
    """A type of functions, or a function without a name."""
    result = term(node.child_by_field_name("result"))
    return Term((FUNCTION,), (result or Term(()),))


def _key_owner(path: Sequence[Node]) -> Node | None:
    """Return the literal of a struct whose field a key names."""
    *above, pair, element, _ = path
    key = pair.child_by_field_name("key") if pair.type == "keyed_element" else None
    if key is None or key.id != element.id or len(above) < 2:
        return None
    literal = above[-2]
    kind = literal.child_by_field_name("type") if literal.type == "composite_literal" else None
    return literal if kind is not None and kind.type in _NAMED_TYPES else None


SYNTAX = Syntax(
    facts=read_query(__file__, "facts.scm"),
    locals=read_query(__file__, "locals.scm"),
    identifiers=frozenset(
        {"identifier", "field_identifier", "type_identifier", "package_identifier"}
    ),
    members={"selector_expression": ("operand", "field")},
    paths=frozenset({"qualified_type", "generic_type"}),
    arguments=frozenset({"type_arguments"}),
    constructors={"composite_literal": "type", "type_assertion_expression": "type"},
    elements={"index_expression": "operand", "slice_expression": "operand"},
    lists={
        "array_type": "element",
        "slice_type": "element",
        "map_type": "value",
        "channel_type": "value",
        "variadic_parameter_declaration": "type",
    },
    wrappers=frozenset(
        {
            "expression_list",
            "literal_element",
            "negated_type",
            "parenthesized_expression",
            "parenthesized_type",
            "pointer_type",
            "type_elem",
            "unary_expression",
        }
    ),
    special={
        "call_expression": _new,
        "func_literal": _function,
        "function_type": _function,
        "parameter_list": _first_result,
    },
    silent=frozenset({("label_name", ""), ("labeled_statement", "")}),
    keys={"literal_element": ""},
    key_owner=_key_owner,
    import_nodes=frozenset({"import_spec"}),
    imports=_imports,
    is_public=_is_public,
)
