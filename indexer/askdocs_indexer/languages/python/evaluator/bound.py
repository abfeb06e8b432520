"""What the names of a scope hold: from bindings to values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.evaluator import functions, hints, operators
from askdocs_indexer.languages.python.evaluator.bindings import REST, Binding
from askdocs_indexer.languages.python.evaluator.scopes import Scope
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    OwnClass,
    OwnFunction,
    Thing,
    Values,
    merge,
)
from askdocs_indexer.languages.python.evaluator.workspace import is_canonical
from askdocs_indexer.languages.python.imports import of_module

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.infer import Engine


def name_values(engine: Engine, name: str, scope: Scope, use: int) -> Values:
    """What `name` may stand for at byte `use` of `scope`."""
    lookup = engine.scopes.look_up(scope, name, use)
    if lookup is None:
        return outside(engine, name)
    owner, rows = lookup
    if imports := imported(engine, rows):
        return imports
    values = merge(*(binding_values(engine, row, owner) for row in rows))
    if values or any(row.kind == "parameter" for row in rows):
        return values
    # Only None or unknown values so far: whatever else the scope binds it to will do.
    every = owner.bindings.names.get(name, [])
    late = engine.scopes.late_globals(name) if owner.parent is None else []
    return merge(
        *(binding_values(engine, row, owner) for row in every if row not in rows),
        *(binding_values(engine, row, where) for where, row in late),
    )


def imported(engine: Engine, rows: list[Binding]) -> Values:
    """What the imports among some bindings give."""
    imports = (row.taken for row in rows if row.taken is not None)
    return merge(*(engine.sources.workspace.imported(taken) for taken in imports))


def outside(engine: Engine, name: str) -> Values:
    """What a name that the file does not bind stands for: from a star import, or a builtin."""
    if known := engine.sources.workspace.outside(name):
        return known
    for star in reversed(engine.scopes.module.bindings.stars):
        for module in engine.sources.workspace.imported(of_module(star)):
            if not isinstance(module, Thing) or is_canonical(module.name):
                continue
            if module.name not in engine.sources.tables.modules:
                return (Thing(f"{module.name}.{name}"),)
    return ()


def binding_values(engine: Engine, row: Binding, scope: Scope) -> Values:
    """What one binding, made in `scope`, gives."""
    if row.annotation is not None:
        values = hints.values(engine, row.annotation, scope)
        if row.kind == "parameter":
            values = _starred(row, values)
        if values:
            return values
    values = _bound_by(engine, row, scope)
    for step in row.path:
        values = _unpacked(engine, values, step)
    return values


def _bound_by(engine: Engine, row: Binding, scope: Scope) -> Values:
    """What a binding gives before unpacking."""
    if row.kind == "import":
        return imported(engine, [row])
    if row.kind == "parameter":
        return functions.parameter(engine, row, scope)
    if row.kind in ("class", "function") and row.source is not None:
        inner = engine.scopes.child(row.source, scope)
        return (OwnClass(inner) if row.kind == "class" else OwnFunction(inner),)
    if row.kind in ("except", "pattern"):
        return _instances(engine, row.source, scope)
    values = engine.values(row.source, scope)
    if row.kind == "loop":
        values = operators.elements(engine, values)
    elif row.kind == "with":
        values = operators.entered(engine, values)
    return values


def _starred(row: Binding, values: Values) -> Values:
    if row.target == "*":
        return (Instance("tuple", (values,)),)
    if row.target == "**":
        return (Instance("dict", ((Instance("str"),), values)),)
    return values


def _instances(engine: Engine, source: Node | None, scope: Scope) -> Values:
    """Instances of the class, or of any class of the tuple, that `source` names."""
    if source is None:
        return ()
    if source.type == "parenthesized_expression" and source.named_children:
        source = source.named_children[0]
    nodes = source.named_children if source.type == "tuple" else [source]
    return merge(*(hints.values(engine, node, scope) for node in nodes))


def _unpacked(engine: Engine, values: Values, step: int) -> Values:
    groups: list[Values] = []
    for value in values:
        items = value.args if isinstance(value, Instance) and value.name == "tuple" else ()
        if len(items) > 1 and 0 <= step < len(items):
            groups.append(items[step])
            continue
        elements = operators.elements(engine, (value,))
        groups.append((Instance("list", (elements,)),) if step == REST else elements)
    return merge(*groups)


def narrowed(engine: Engine, node: Node) -> Values:
    """What an ``isinstance`` check around the cursor says about this expression."""
    start, end = engine.narrowed_span
    if not engine.narrowed or not start <= node.start_byte < end:
        return ()
    check = engine.narrowed.get(text_of(node))
    return _instances(engine, *check) if check else ()
