"""How Kotlin writes things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.facts import (
    CALL,
    EXTENSION,
    FUNCTION,
    NEW,
    SELF,
    SUPER,
    Import,
    Term,
)
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import (
    LambdaPosition,
    ResultParts,
    Syntax,
    names_of,
    read_query,
)

_TermOf = Callable[[Node | None], Term | None]
# What a companion object is called where its source does not say.
COMPANION = "Companion"
_TYPES = frozenset({"function_type", "nullable_type", "parenthesized_type", "user_type"})
# How many nodes around a name lambdas are looked for in.
_FARTHEST = 100


def _imports(node: Node) -> Iterator[Import]:
    """Read ``import a.b.C as D``; of a body with a companion, that it has the companion's names."""
    if node.type != "import":
        for companion in _of_type(node, "companion_object"):
            own = companion.child_by_field_name("name")
            target = text_of(own) if own is not None else COMPANION
            yield Import("*", "", (target,), is_exported=True)
        return
    path = next(_of_type(node, "qualified_identifier"), None)
    parts = names_of(path) if path is not None else ()
    if any(child.type == "*" for child in node.children):
        yield Import("*", ".".join(parts))
    elif len(parts) > 1:
        alias = next(_of_type(node, "identifier"), None)
        name = text_of(alias) if alias is not None else parts[-1]
        yield Import(name, ".".join(parts[:-1]), parts[-1:])


def _of_type(node: Node, kind: str) -> Iterator[Node]:
    return (child for child in node.named_children if child.type == kind)


def _is_public(node: Node, name: str) -> bool:
    modifiers = next(_of_type(node, "modifiers"), None)
    shown = _of_type(modifiers, "visibility_modifier") if modifiers is not None else ()
    return all(text_of(modifier) != "private" for modifier in shown)


def _parameter(node: Node) -> Node | None:
    """Return the type of a parameter, or the name of a type parameter."""
    inner = [child for child in node.named_children if child.type != "type_parameter_modifiers"]
    if node.type == "type_parameter":
        return inner[0] if inner else None
    return inner[1] if node.type == "parameter" and len(inner) > 1 else None


def _call(node: Node, term: _TermOf) -> Term | None:
    """``function<T>(arguments)``, perhaps with a lambda behind it."""
    inner = node.named_children
    whole = term(inner[0]) if inner else None
    if whole is None:
        return None
    if inner[0].type == "call_expression" and inner[-1].type == "annotated_lambda":
        return whole
    arguments = next(_of_type(node, "type_arguments"), None)
    args = tuple(term(arg) or Term(()) for arg in arguments.named_children) if arguments else ()
    return Term((*whole.steps, CALL), args or whole.args)


def _this(node: Node, term: _TermOf) -> Term | None:
    """``this`` or ``this@Outer``."""
    label = next(_of_type(node, "identifier"), None)
    return Term((text_of(label), NEW) if label is not None else (SELF, NEW))


def _super(node: Node, term: _TermOf) -> Term | None:
    """``super`` or ``super<Base>``."""
    base = next(_of_type(node, "user_type"), None)
    named = term(base)
    return Term((*named.steps, NEW)) if named is not None else Term((SELF, SUPER, NEW))


def _last(node: Node, term: _TermOf) -> Term | None:
    """``out Type``."""
    return term(node.named_children[-1]) if node.named_children else None


def _elvis(node: Node, term: _TermOf) -> Term | None:
    """``value ?: other``."""
    is_elvis = any(child.type == "?:" for child in node.children)
    return term(node.named_children[0]) if is_elvis and node.named_children else None


def _delegate(node: Node, term: _TermOf) -> Term | None:
    """``by lazy { value }``."""
    call = node.named_children[0] if node.named_children else None
    if call is None or call.type != "call_expression" or call.named_child_count < 2:
        return None
    function, behind = call.named_children[0], call.named_children[-1]
    if text_of(function) != "lazy" or behind.type != "annotated_lambda":
        return None
    literal = behind.named_children[-1]
    return term(literal.named_children[-1]) if literal.named_children else None


def _key_owner(path: Sequence[Node]) -> Node | None:
    """Return what is called with a named argument, or what stands before an infix function."""
    argument, leaf = path[-2:]
    if argument.type == "infix_expression":
        inner = argument.named_children
        return inner[0] if len(inner) > 1 and inner[1].id == leaf.id else None
    is_named = any(child.type == "=" for child in argument.children)
    if not is_named or argument.named_children[0].id != leaf.id or len(path) < 4:
        return None
    call = path[-4]
    return call.named_children[0] if call.named_children else None


def _function_type(node: Node, term: _TermOf) -> Term | None:
    """``(A, B) -> C`` or ``A.(B) -> C``, a type with the arguments A, B and C."""
    parameters = next(_of_type(node, "function_type_parameters"), None)
    inner = parameters.named_children if parameters is not None else []
    given = [child.named_children[-1] if child.type == "parameter" else child for child in inner]
    receiver = next(_of_type(node, "user_type"), None)
    has_receiver = any(child.type == "." for child in node.children) and receiver is not None
    kind = f"={EXTENSION}" if has_receiver else FUNCTION
    result = node.named_children[-1] if node.named_children else None
    types = [receiver, *given, result] if has_receiver else [*given, result]
    return Term((kind,), tuple(term(child) or Term(()) for child in types))


def _lambda_position(name: Node) -> LambdaPosition | None:
    """Return the position of the lambda that a parameter or an ``it`` belongs to."""
    around, position = name.parent, 0
    if around is not None and around.parent is not None and text_of(name) != "it":
        parameters = around.parent
        if around.type != "variable_declaration" or parameters.type != "lambda_parameters":
            return None
        position = parameters.named_children.index(around)
    while around is not None and not _is_lambda(around, has_parameters=text_of(name) != "it"):
        around = around.parent
    return _position_of(around, position) if around is not None else None


def _position_of(around: Node, position: int) -> LambdaPosition | None:
    outer = around.parent
    if outer is None:
        return None
    if outer.type == "property_declaration":
        return LambdaPosition(position, type=_declared_type(outer))
    if outer.type == "annotated_lambda":
        return _argument(outer.parent, position, -1)
    if outer.type == "value_argument" and outer.parent is not None:
        arguments = outer.parent
        return _argument(arguments.parent, position, arguments.named_children.index(outer))
    return None


def _lambdas_around(node: Node) -> Iterator[LambdaPosition]:
    """Yield the positions of the lambdas around a name."""
    around = node.parent
    for _ in range(_FARTHEST):
        if around is None or around.type in ("class_body", "function_declaration"):
            return
        if (
            around.type == "lambda_literal"
            and (lambda_position := _position_of(around, 0)) is not None
        ):
            yield _with_receiver(lambda_position)
        around = around.parent


def _with_receiver(lambda_position: LambdaPosition) -> LambdaPosition:
    """Add what the functions `apply`, `run` and `with` make the receiver."""
    call = lambda_position.call
    while call is not None and call.type == "call_expression":
        inner = call.named_children
        function = inner[0]
        if function.type == "navigation_expression" and len(function.named_children) > 1:
            is_receiver = text_of(function.named_children[-1]) in ("apply", "run")
            return (
                replace(lambda_position, receiver=function.named_children[0])
                if is_receiver
                else lambda_position
            )
        if text_of(function) == "with":
            arguments = inner[1].named_children if len(inner) > 1 else []
            given = arguments[0].named_children if arguments else []
            return replace(lambda_position, receiver=given[0]) if given else lambda_position
        call = function
    return lambda_position


def _is_lambda(node: Node, *, has_parameters: bool) -> bool:
    if node.type != "lambda_literal":
        return False
    return any(_of_type(node, "lambda_parameters")) == has_parameters


def _result(node: Node) -> ResultParts | None:
    """Read a function inside of another, a function without a name, or a lambda."""
    if node.type == "lambda_literal":
        return None, node.named_children[-1] if node.named_children else None
    if node.type not in {"anonymous_function", "function_declaration"}:
        return None
    body = next(_of_type(node, "function_body"), None)
    declared = next((child for child in node.named_children if child.type in _TYPES), None)
    return declared, body.named_children[0] if body and body.named_children else None


def _declared_type(declaration: Node) -> Node | None:
    variable = next(_of_type(declaration, "variable_declaration"), None)
    return variable.named_children[-1] if variable is not None else None


def _argument(call: Node | None, parameter: int, argument: int) -> LambdaPosition | None:
    if call is None or call.type != "call_expression":
        return None
    return LambdaPosition(parameter, call, argument)


SYNTAX = Syntax(
    facts=read_query(__file__, "facts.scm"),
    locals=read_query(__file__, "locals.scm"),
    identifiers=frozenset({"identifier"}),
    members={"callable_reference": ("", ""), "navigation_expression": ("", "")},
    paths=frozenset({"qualified_identifier", "user_type"}),
    arguments=frozenset({"type_arguments"}),
    literals={
        "multiline_string_literal": "kotlin.String",
        "string_literal": "kotlin.String",
    },
    constructors={"as_expression": "right"},
    elements={"index_expression": ""},
    wrappers=frozenset(
        {
            "constructor_invocation",
            "delegation_specifier",
            "explicit_delegation",
            "nullable_type",
            "parenthesized_expression",
            "parenthesized_type",
            "unary_expression",
        }
    ),
    types=frozenset({"user_type"}),
    special={
        "binary_expression": _elvis,
        "call_expression": _call,
        "function_type": _function_type,
        "property_delegate": _delegate,
        "super_expression": _super,
        "this_expression": _this,
        "type_projection": _last,
    },
    silent=frozenset(
        {
            ("label", ""),
            ("return_expression", "label"),
            ("this_expression", ""),
            ("type_parameter", ""),
        }
    ),
    keys={"infix_expression": "", "value_argument": ""},
    open_keys=frozenset({"infix_expression"}),
    key_owner=_key_owner,
    keeps_local_types=True,
    unnamed={"companion_object": COMPANION},
    lambda_position=_lambda_position,
    implicit=frozenset({"it"}),
    result=_result,
    lambdas_around=_lambdas_around,
    imports=_imports,
    is_public=_is_public,
    parameter=_parameter,
)
