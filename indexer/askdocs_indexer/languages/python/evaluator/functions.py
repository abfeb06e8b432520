"""The file's own functions: what their parameters hold and what calling them gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.decorators import (
    ACCESSORS,
    CLASS_METHODS,
    CONTEXT_MANAGERS,
    PROPERTIES,
    decorators,
)
from askdocs_indexer.languages.python.evaluator import calls, hints, members
from askdocs_indexer.languages.python.evaluator.bindings import Binding
from askdocs_indexer.languages.python.evaluator.recovery import unfinished_bases
from askdocs_indexer.languages.python.evaluator.scopes import Scope
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    Member,
    OwnClass,
    OwnFunction,
    OwnInstance,
    Value,
    Values,
    merge,
)
from askdocs_indexer.languages.python.terms import CALLABLE

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.infer import Engine


def is_property(node: Node) -> bool:
    """Whether a function is an attribute, or sets or deletes one."""
    return any(name in PROPERTIES or name in ACCESSORS for name in decorators(node))


def parameter(engine: Engine, row: Binding, scope: Scope) -> Values:
    """What a parameter without a (useful) annotation holds.

    The first one of a method is the instance or the class; others may tell by their default, by
    the method of a known base class that they override, or as a pytest fixture.
    """
    if row.target:
        inner = "tuple" if row.target == "*" else "dict"
        return (Instance(inner, ((), ()) if inner == "dict" else ()),)
    outer = scope.parent
    if outer is not None and outer.is_class and scope.is_function:
        names = decorators(scope.node)
        if row.index == 0 and "staticmethod" not in names:
            cls = OwnClass(outer)
            is_class = "classmethod" in names or scope.name in CLASS_METHODS
            return (cls,) if is_class else (OwnInstance(cls),)
        inherited = _overridden(engine, OwnClass(outer), scope.name, row.index)
        if inherited:
            return inherited
    elif row.index == 0 and outer is not None and scope.is_function:
        bases = unfinished_bases(scope.node)
        if bases:
            return merge(*(hints.values(engine, base, outer) for base in bases))
    if row.source is not None:
        return engine.values(row.source, outer or scope)
    handed = calls.handed(engine, scope, row.index) if scope.node.type == "lambda" else ()
    return handed or _decorated(engine, row, scope) or _mock(scope) or _fixture(engine, row, scope)


def _decorated(engine: Engine, row: Binding, scope: Scope) -> Values:
    """What the decorators of a function hand to it, by the types that they declare."""
    statement = scope.node.parent
    is_decorated = statement is not None and statement.type == "decorated_definition"
    if statement is None or not is_decorated or scope.parent is None:
        return ()
    groups: list[Values] = []
    for decorator in statement.named_children:
        if decorator.type == "decorator" and decorator.named_children:
            for value in engine.infer(decorator.named_children[0], scope.parent):
                groups += (_callback(taken, row.index) for taken in calls.taken(engine, value))
    return merge(*groups)


def _callback(function: Value, index: int) -> Values:
    """What a function of a declared type is given at a position."""
    is_callable = isinstance(function, Instance) and function.name.endswith(CALLABLE)
    args = function.args[:-1] if isinstance(function, Instance) and is_callable else ()
    return args[index] if index < len(args) else ()


def _mock(scope: Scope) -> Values:
    """What ``@patch`` hands to a test."""
    parent = scope.node.parent
    if not scope.is_function or parent is None or parent.type != "decorated_definition":
        return ()
    called = [c for d in parent.named_children for c in d.named_children if c.type == "call"]
    names = [text_of(node.child_by_field_name("function") or node) for node in called]
    is_patched = any("patch" in name.split(".")[-2:] for name in names)
    return (Instance("unittest.mock.MagicMock"),) if is_patched else ()


def _overridden(engine: Engine, cls: OwnClass, method: str, index: int) -> Values:
    """What a base class hands to the `index`-th parameter of the method that is overridden."""
    for base in members.owners_of(engine, cls)[1]:
        handed = Member(Instance(base), method)
        if values := engine.sources.member_called(handed, operand=str(index)):
            return values
    return ()


def _fixture(engine: Engine, row: Binding, scope: Scope) -> Values:
    """A test's parameter is a pytest fixture: the file's own, or one of pytest's."""
    if not scope.is_function:
        return ()
    name = text_of_name(scope, row)
    if not scope.name.startswith("test") and "fixture" not in decorators(scope.node):
        return ()
    for own in engine.scopes.module.bindings.names.get(name, []):
        if own.kind == "function" and own.source is not None:
            function = OwnFunction(engine.scopes.child(own.source, engine.scopes.module))
            if "fixture" in decorators(own.source):
                return merge(returned(engine, function), _yielded(engine, function.scope))
    written = engine.sources.tables.types.get(f"pytest fixture.{name}")
    return engine.sources.workspace.fixture(name) or (engine.written(written) if written else ())


def text_of_name(scope: Scope, row: Binding) -> str:
    """The name that a binding of the scope binds."""
    for name, rows in scope.bindings.names.items():
        if any(other is row for other in rows):
            return name
    return ""


def returned(engine: Engine, function: OwnFunction) -> Values:
    """What calling a function of the file gives: as annotated, else as its statements say."""
    return engine.guarded(lambda: _returned(engine, function))


def _returned(engine: Engine, function: OwnFunction) -> Values:
    scope = function.scope
    outer = scope.parent or scope
    names = decorators(scope.node)
    annotation = scope.node.child_by_field_name("return_type")
    values = hints.values(engine, annotation, outer)
    if not values:
        if scope.bindings.yields:
            values = (Instance("generator", (_yielded(engine, scope),)),)
        else:
            values = merge(*(engine.values(node, scope) for node in scope.bindings.returns[:6]))
    if any(name in CONTEXT_MANAGERS for name in names):
        elements = merge(*(v.args[0] for v in values if isinstance(v, Instance) and v.args))
        return (Instance("contextlib.AbstractContextManager", (elements,)),)
    return values


def _yielded(engine: Engine, scope: Scope) -> Values:
    nodes = [child for node in scope.bindings.yields[:4] for child in node.named_children[:1]]
    return merge(*(engine.values(node, scope) for node in nodes))
