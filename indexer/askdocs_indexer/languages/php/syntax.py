"""How PHP writes things.

A property is declared as `$name`, apart from a method `name`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from askdocs_indexer.languages.facts import CALL, NEW, SELF, Import, Names, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.php.types import (
    CLASS,
    CONSTANT,
    FUNCTION,
    OWN,
    class_term,
    tagged_types,
)
from askdocs_indexer.languages.syntax import Syntax, names_of, read_query, result_fields
from askdocs_indexer.readers.decoding import words

NAMES = frozenset({"name", "qualified_name", "relative_name"})
ACCESSES = frozenset({"member_access_expression", "nullsafe_member_access_expression"})
CALLS = frozenset({"member_call_expression", "nullsafe_member_call_expression"})
STATICS = words(
    "class_constant_access_expression scoped_call_expression scoped_property_access_expression"
)
_PROPERTIES = frozenset({"property_element", "property_promotion_parameter"})
_USED = frozenset({"name", "qualified_name"})
_ROLES = {"function": FUNCTION, "const": CONSTANT}

Reader = Callable[[Node | None], Term | None]


def written(node: Node) -> str:
    """Return a name as written, without blanks."""
    return "".join(text_of(node).split())


def _imports(node: Node) -> Iterator[Import]:
    """Read ``use A\\B;``, ``use A\\B as C;``, ``use function A\\b;`` and ``use A\\{B, C};``."""
    body = node.child_by_field_name("body")
    outer = node.child_by_field_name("type")
    group = body.named_children if body is not None else node.named_children
    outer_names = [names_of(part) for part in node.named_children if part.type == "namespace_name"]
    prefix = next(iter(outer_names), ())
    for clause in group:
        if clause.type != "namespace_use_clause":
            continue
        alias = clause.child_by_field_name("alias")
        kind = clause.child_by_field_name("type") or outer
        named = [part for part in clause.named_children if part.type in _USED]
        names = (*prefix, *names_of(named[0])) if named else ()
        if names:
            role = _ROLES.get(kind.type if kind is not None else "", CLASS)
            bound = text_of(alias) if alias is not None else names[-1]
            yield Import(f"{role}{bound}", "\\".join(names[:-1]), names[-1:])


def _own_names(node: Node, names: Names) -> Names:
    return (f"${names[-1]}",) if node.type in _PROPERTIES and names else names


def _name(node: Node, term: Reader) -> Term | None:
    return class_term(written(node))


def _variable(node: Node, term: Reader) -> Term | None:
    name = text_of(node)
    return Term((SELF, NEW)) if name == "$this" else Term((name,))


def _relative(node: Node, term: Reader) -> Term | None:
    steps = OWN.get(text_of(node).lower())
    return Term(steps) if steps is not None else None


def parts_of(node: Node) -> tuple[Node | None, Node | None]:
    """Return the owner and the name of a member, by its node."""
    if node.type == "class_constant_access_expression":
        inside = node.named_children
        return (inside[0], inside[-1]) if len(inside) > 1 else (None, None)
    owner = node.child_by_field_name("scope") or node.child_by_field_name("object")
    return owner, node.child_by_field_name("name")


def step_of(node: Node, name: Node) -> str:
    """Return under which name a member is declared; "" for one that is computed."""
    if node.type in ACCESSES and name.type == "name":
        return f"${text_of(name)}"
    is_property = node.type == "scoped_property_access_expression"
    is_written = name.type == ("variable_name" if is_property else "name")
    return text_of(name) if is_written else ""


def _member(node: Node, term: Reader) -> Term | None:
    owner, name = parts_of(node)
    whole = term(owner)
    step = step_of(node, name) if name is not None else ""
    if whole is None or not step:
        return None
    call = (CALL,) if node.type in CALLS or node.type == "scoped_call_expression" else ()
    return Term((*whole.steps, step, *call))


def _function_call(node: Node, term: Reader) -> Term | None:
    function = node.child_by_field_name("function")
    if function is None:
        return None
    if function.type in NAMES:
        return Term((f"{FUNCTION}{written(function)}", CALL))
    called = term(function)
    return Term((*called.steps, CALL)) if called is not None else None


def _alternative(node: Node, term: Reader) -> Term | None:
    """Read ``$a ?? $b`` like $a, ``$a ? $b : $c`` like $b, and ``$a = $b`` like $b."""
    if node.type == "assignment_expression":
        return term(node.child_by_field_name("right"))
    if node.type == "conditional_expression":
        body = node.child_by_field_name("body") or node.child_by_field_name("condition")
        return term(body)
    operator = node.child_by_field_name("operator")
    is_default = operator is not None and operator.type == "??"
    return term(node.child_by_field_name("left")) if is_default else None


def _comment(node: Node, term: Reader) -> Term | None:
    types = tagged_types(text_of(node), "var")
    return types[0] if len(types) == 1 else None


SYNTAX = Syntax(
    facts=read_query(__file__, "facts.scm"),
    locals=read_query(__file__, "locals.scm"),
    identifiers=frozenset({"name"}),
    constructors={"object_creation_expression": ""},
    elements={"subscript_expression": ""},
    wrappers=frozenset(
        {"clone_expression", "named_type", "optional_type", "parenthesized_expression"}
    ),
    unions=frozenset(
        {"disjunctive_normal_form_type", "intersection_type", "type_list", "union_type"}
    ),
    special={
        **dict.fromkeys(NAMES, _name),
        **dict.fromkeys(ACCESSES | CALLS | STATICS, _member),
        "assignment_expression": _alternative,
        "binary_expression": _alternative,
        "comment": _comment,
        "conditional_expression": _alternative,
        "function_call_expression": _function_call,
        "relative_scope": _relative,
        "variable_name": _variable,
    },
    result=result_fields(
        dict.fromkeys(("anonymous_function", "arrow_function"), ("return_type", "body"))
    ),
    imports=_imports,
    own_names=_own_names,
    open_modules=frozenset({"namespace_definition"}),
    hoisted=frozenset({"property_promotion_parameter"}),
)
