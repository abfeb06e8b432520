"""How Java writes things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.facts import CALL, NEW, Import, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import LambdaPosition, Syntax, names_of, read_query

_TermOf = Callable[[Node | None], Term | None]


def _imports(node: Node) -> Iterator[Import]:
    """Read ``import a.b.C``, ``import a.b.*`` and both with ``static``.

    Of a static import the type is in `target`, so that members can be told from types.
    """
    paths = [child for child in node.named_children if child.type.endswith("identifier")]
    if not paths:
        return
    parts = names_of(paths[0])
    is_static = any(child.type == "static" for child in node.children)
    if any(child.type == "asterisk" for child in node.named_children):
        inside = -1 if is_static else len(parts)
        yield Import("*", ".".join(parts[:inside]), parts[inside:])
    elif len(parts) > 1:
        yield Import(parts[-1], ".".join(parts[:-1]), parts[-1:])


def _is_public(node: Node, name: str) -> bool:
    modifiers = next((child for child in node.children[:1] if child.type == "modifiers"), None)
    return modifiers is None or all(child.type != "private" for child in modifiers.children)


def _parameter(node: Node) -> Node | None:
    """Return the type of a parameter, or the name of a type parameter."""
    if node.type == "type_parameter":
        return next((child for child in node.children if child.type == "type_identifier"), None)
    return node.child_by_field_name("type")


def _invoked(node: Node, term: _TermOf) -> Term | None:
    """``name()`` or ``object.name()``."""
    owner, name = node.child_by_field_name("object"), node.child_by_field_name("name")
    if name is None:
        return None
    if owner is None:
        return Term((text_of(name), CALL))
    whole = term(owner)
    return Term((*whole.steps, text_of(name), CALL)) if whole is not None else None


def _field(node: Node, term: _TermOf) -> Term | None:
    """``object.field``, or ``Outer.this``."""
    owner, name = node.child_by_field_name("object"), node.child_by_field_name("field")
    whole = term(owner)
    if whole is None or name is None:
        return None
    return Term((*whole.steps, NEW if name.type == "this" else text_of(name)))


def _either(node: Node, term: _TermOf) -> Term | None:
    """``condition ? a : b``, both of which are of one type."""
    return term(node.child_by_field_name("consequence")) or term(
        node.child_by_field_name("alternative")
    )


def _annotated(node: Node, term: _TermOf) -> Term | None:
    """``@Nullable Type``."""
    return term(node.named_children[-1]) if node.named_children else None


def _key_owner(path: Sequence[Node]) -> Node | None:
    """Return the name of the annotation that a key belongs to, or what a ``case`` is compared with.

    ``case`` is followed by an enum's constant, which is then written without its type.
    """
    if path[-2].type == "element_value_pair":
        above = next((node for node in reversed(path) if node.type == "annotation"), None)
        return above.child_by_field_name("name") if above is not None else None
    above = next((node for node in reversed(path) if node.type == "switch_expression"), None)
    return above.child_by_field_name("condition") if above is not None else None


def _lambda_position(name: Node) -> LambdaPosition | None:
    """Return the position of the lambda that a parameter belongs to."""
    around, position = name.parent, 0
    if around is not None and around.type == "inferred_parameters":
        position = around.named_children.index(name)
        around = around.parent
    outer = around.parent if around is not None else None
    if around is None or outer is None or around.type != "lambda_expression":
        return None
    if outer.type == "argument_list" and outer.parent is not None:
        argument = outer.named_children.index(around)
        is_call = outer.parent.type == "method_invocation"
        return LambdaPosition(position, outer.parent, argument) if is_call else None
    if outer.type == "variable_declarator" and outer.parent is not None:
        return LambdaPosition(position, type=outer.parent.child_by_field_name("type"))
    if outer.type == "cast_expression":
        return LambdaPosition(position, type=outer.child_by_field_name("type"))
    return None


SYNTAX = Syntax(
    facts=read_query(__file__, "facts.scm"),
    locals=read_query(__file__, "locals.scm"),
    identifiers=frozenset({"identifier", "type_identifier"}),
    members={
        "field_access": ("object", "field"),
        "method_invocation": ("object", "name"),
        "method_reference": ("", ""),
    },
    paths=frozenset({"generic_type", "scoped_identifier", "scoped_type_identifier"}),
    arguments=frozenset({"type_arguments"}),
    literals={
        "class_literal": "java.lang.Class",
        "string_literal": "java.lang.String",
    },
    constructors={"cast_expression": "type", "object_creation_expression": "type"},
    elements={"array_access": "array"},
    lists={"array_creation_expression": "type", "array_type": "element"},
    wrappers=frozenset({"parenthesized_expression", "wildcard"}),
    types=frozenset({"annotation", "marker_annotation", "type_identifier"}),
    unions=frozenset({"catch_type", "type_bound"}),
    receivers=frozenset({"this"}),
    parents=frozenset({"super"}),
    special={
        "annotated_type": _annotated,
        "field_access": _field,
        "method_invocation": _invoked,
        "ternary_expression": _either,
    },
    silent=frozenset(
        {
            ("break_statement", ""),
            ("continue_statement", ""),
            ("labeled_statement", ""),
            ("type_parameter", ""),
        }
    ),
    keys={"element_value_pair": "key", "switch_label": ""},
    key_owner=_key_owner,
    open_keys=frozenset({"switch_label"}),
    has_local_functions=False,
    keeps_local_types=True,
    lambda_position=_lambda_position,
    imports=_imports,
    is_public=_is_public,
    parameter=_parameter,
)
