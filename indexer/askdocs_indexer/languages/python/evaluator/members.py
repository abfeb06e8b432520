"""Attributes: of external things by name, of the file's own classes by looking into them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from askdocs_indexer.languages.python.evaluator import bound, functions
from askdocs_indexer.languages.python.evaluator.bindings import Binding
from askdocs_indexer.languages.python.evaluator.knowledge import TEST_CASE, is_test_method
from askdocs_indexer.languages.python.evaluator.scopes import Scope
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    Member,
    OwnClass,
    OwnFunction,
    OwnInstance,
    Parent,
    Thing,
    Value,
    Values,
    merge,
)

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.infer import Engine


def attribute(engine: Engine, owners: Values, name: str) -> Values:
    """What ``owner.name`` may stand for, for each of the owners."""
    return merge(*(engine.guarded(partial(_attribute, engine, owner, name)) for owner in owners))


def _attribute(engine: Engine, owner: Value, name: str) -> Values:
    values: Values = ()
    if name == "__class__":
        values = _class_of(owner)
    elif isinstance(owner, Thing):
        values = engine.sources.attribute(owner, name)
    elif isinstance(owner, Instance):
        values = (Member(owner, name),)
    elif isinstance(owner, (OwnInstance, OwnClass)):
        values = _own_attribute(engine, owner, name)
    elif isinstance(owner, OwnFunction):
        values = (Member(Instance("types.FunctionType"), name),)
    elif isinstance(owner, Parent):
        values = _inherited(engine, OwnInstance(owner.cls), name, owner.cls)
    return values


def _class_of(owner: Value) -> Values:
    if isinstance(owner, Instance):
        return (Thing(owner.name),)
    return (owner.cls,) if isinstance(owner, OwnInstance) else ()


def realised(engine: Engine, value: Value) -> Values:
    """The values that a typed attribute or constant holds; other values as they are."""
    values: Values = ()
    if isinstance(value, Thing):
        values = _known(engine, value, engine.sources.held(value.name))
    elif isinstance(value, Member):
        values = _known(engine, value, engine.sources.member_held(value))
    elif isinstance(value, OwnFunction) and functions.is_property(value.scope.node):
        return functions.returned(engine, value)
    return values or (value,)


def _known(engine: Engine, value: Value, held: Values) -> Values:
    """What is held, where that is a variable of another file in turn: what this one holds."""
    groups = [
        engine.guarded(partial(realised, engine, inner)) if isinstance(inner, Thing) else (inner,)
        for inner in held
        if inner != value
    ]
    return merge(*groups)


def owners_of(engine: Engine, cls: OwnClass) -> tuple[list[OwnClass], list[str]]:
    """The file's own classes that `cls` inherits from, itself first, and its external bases.

    Where a class has no external base, those of the file's subclasses stand in: a mixin is used
    through the class it is mixed into.
    """
    known = engine.owners.get(cls.scope)
    if known is None:
        own, external = _bases(engine, [cls])
        if not external:
            children = engine.scopes.subclasses(cls.scope.name)
            external = _bases(engine, [OwnClass(scope) for scope in children])[1]
        known = engine.owners[cls.scope] = own, external
    return known


def _bases(engine: Engine, classes: list[OwnClass]) -> tuple[list[OwnClass], list[str]]:
    own: list[OwnClass] = []
    external: list[str] = []
    queue = list(classes)
    while queue and len(own) < 50:
        cls = queue.pop(0)
        if cls in own:
            continue
        own.append(cls)
        superclasses = cls.scope.node.child_by_field_name("superclasses")
        outer = cls.scope.parent
        if superclasses is None or outer is None:
            continue
        for node in superclasses.named_children:
            if node.type == "keyword_argument":
                continue
            for value in engine.infer(node, outer):
                if isinstance(value, OwnClass):
                    queue.append(value)
                elif isinstance(value, (Thing, Instance)) and value.name != "object":
                    external.append(engine.sources.class_name(value.name))
    return own, list(dict.fromkeys(external))


def own_bindings(engine: Engine, cls: OwnClass, name: str) -> list[tuple[Scope, Binding]]:
    """Where the class's body or its methods (``self.name = ...``) bind the attribute."""
    rows = [(cls.scope, row) for row in cls.scope.bindings.names.get(name, [])]
    return rows + engine.scopes.assigned(cls.scope).get(name, [])


def _own_attribute(engine: Engine, owner: OwnInstance | OwnClass, name: str) -> Values:
    cls = owner.cls if isinstance(owner, OwnInstance) else owner
    own, external = owners_of(engine, cls)
    if any(base.startswith("enum.") for base in external):
        rows = own_bindings(engine, cls, name)
        if rows and all(row.kind == "value" for _, row in rows):
            return (OwnInstance(cls),)
    return _bound_in(engine, own, owner, name) or _outside(owner, external, name)


def _inherited(engine: Engine, receiver: OwnInstance, name: str, cls: OwnClass) -> Values:
    own, external = owners_of(engine, cls)
    return _bound_in(engine, own[1:], receiver, name) or _outside(receiver, external, name)


def _bound_in(
    engine: Engine, classes: list[OwnClass], receiver: OwnInstance | OwnClass, name: str
) -> Values:
    """What the first of the classes that binds the attribute holds in it."""
    for cls in classes:
        rows = own_bindings(engine, cls, name)
        if rows:
            groups = (bound.binding_values(engine, row, scope) for scope, row in rows)
            return tuple(
                OwnFunction(value.scope, receiver) if isinstance(value, OwnFunction) else value
                for value in merge(*groups)
            )
    return ()


def _outside(owner: OwnInstance | OwnClass, external: list[str], name: str) -> Values:
    """The attribute of the external bases, and for special names of every class or object."""
    bases = list(external)
    if name.startswith("__") and name.endswith("__"):
        bases.append("type" if isinstance(owner, OwnClass) else "object")
    elif not bases and is_test_method(name):
        bases.append(TEST_CASE)
    return tuple(Member(Instance(base), name) for base in bases)


def is_own(engine: Engine, owner: Value, name: str) -> bool:
    """Whether a class of the file itself binds the attribute of this owner."""
    cls = owner if isinstance(owner, OwnClass) else getattr(owner, "cls", None)
    if not isinstance(cls, OwnClass):
        return False
    own = owners_of(engine, cls)[0]
    classes = own[1:] if isinstance(owner, Parent) else own
    return any(own_bindings(engine, c, name) for c in classes)
