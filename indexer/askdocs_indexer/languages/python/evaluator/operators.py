"""Subscripts, operators, iteration, ``with`` and ``await``: through the special methods' types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.python.evaluator import functions, members
from askdocs_indexer.languages.python.evaluator.scopes import Scope
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    Member,
    OwnClass,
    OwnFunction,
    OwnInstance,
    Thing,
    Value,
    Values,
    merge,
)

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.infer import Engine

NAMES = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "&": "and",
    "|": "or",
    "^": "xor",
    "<<": "lshift",
    ">>": "rshift",
}
NUMBERS = ("int", "bool", "float", "complex")
# Types whose operators give the same type again.
CLOSED = frozenset({"str", "bytes", "bytearray", "list", "tuple", "set", "frozenset", "dict"})


def special(engine: Engine, value: Value, method: str) -> Values | None:
    """What the special method gives; None where nothing is known of it."""
    if isinstance(value, Instance):
        return engine.sources.member_called(Member(value, method))
    if isinstance(value, OwnInstance):
        methods = members.attribute(engine, (value,), method)
        groups = [functions.returned(engine, f) for f in methods if isinstance(f, OwnFunction)]
        return merge(*groups) if groups else None
    return None


def elements(engine: Engine, values: Values) -> Values:
    """What iterating over the values gives."""
    groups: list[Values] = []
    for value in values:
        iterators = special(engine, value, "__iter__") or special(engine, value, "__aiter__")
        if iterators is not None:
            groups.extend(v.args[0] for v in iterators if isinstance(v, Instance) and v.args)
        elif isinstance(value, Instance) and value.name == "tuple":
            groups.extend(value.args)
        elif isinstance(value, Instance) and value.args:
            groups.append(value.args[0])
        elif isinstance(value, OwnClass):
            groups.append((OwnInstance(value),))
        elif isinstance(value, Thing) and engine.sources.is_enum(value.name):
            groups.append((Instance(value.name),))
    return merge(*groups)


def entered(engine: Engine, values: Values) -> Values:
    """What ``with value as name`` gives to the name."""
    groups: list[Values] = []
    for value in values:
        results = special(engine, value, "__enter__") or special(engine, value, "__aenter__")
        has_type = isinstance(value, Instance) and value.args
        groups.append(results or (() if has_type else (value,)))
    return merge(*groups)


def awaited(engine: Engine, node: Node, scope: Scope) -> Values:
    """``await value``: a coroutine is not distinguished from its result."""
    values = engine.values(node.named_children[0], scope) if node.named_children else ()
    groups: list[Values] = []
    for value in values:
        results = special(engine, value, "__await__")
        groups.append((value,) if results is None else merge(*map(_given, results)))
    return merge(*groups)


def _given(value: Value) -> Values:
    """What waiting gives: what the generator that ``__await__`` makes returns."""
    is_generator = isinstance(value, Instance) and value.name == "collections.abc.Generator"
    if isinstance(value, Instance) and is_generator and len(value.args) == 3:
        return value.args[2]
    return () if is_generator else (value,)


def subscript(engine: Engine, node: Node, scope: Scope) -> Values:
    """``value[key]``; a class with brackets is the class itself."""
    base = node.named_children[0] if node.named_children else None
    key = node.child_by_field_name("subscript")
    return merge(*(_item(engine, value, key) for value in engine.values(base, scope)))


def _item(engine: Engine, value: Value, key: Node | None) -> Values:
    if isinstance(value, (Thing, OwnClass)):
        return (value,)
    if isinstance(value, Instance):
        if key is not None and key.type == "slice":
            return (value,)
        if value.name == "tuple" and len(value.args) > 1:
            index = _index(key, len(value.args))
            return merge(*value.args) if index is None else value.args[index]
    items = special(engine, value, "__getitem__")
    if items is not None:
        return items
    return value.args[0] if isinstance(value, Instance) and len(value.args) == 1 else ()


def _index(key: Node | None, length: int) -> int | None:
    text = text_of(key).replace(" ", "") if key is not None else ""
    if not text.lstrip("-").isdigit():
        return None
    index = int(text)
    return index if -length <= index < length else None


def binary(engine: Engine, node: Node, scope: Scope) -> Values:
    """``left op right`` for each left value, else by the right one's reflected method."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        return ()
    name = NAMES.get(operator.type, "")
    # A long chain (a + b + c ...) nests to the left: its first operand tells as much.
    depth = 0
    while left.type == "binary_operator" and depth < 1000:
        inner = left.child_by_field_name("left")
        if inner is None or name not in ("add", "truediv", "or"):
            break
        left, depth = inner, depth + 1
    lefts, rights = engine.values(left, scope), engine.values(right, scope)
    groups = [_operated(engine, value, name, rights) for value in lefts]
    if not any(groups):
        groups = [special(engine, value, f"__r{name}__") or () for value in rights]
        if not lefts and name == "add":
            groups.append(tuple(v for v in rights if isinstance(v, Instance) and v.name in CLOSED))
    return merge(*groups)


def _operated(engine: Engine, value: Value, name: str, rights: Values) -> Values:
    if isinstance(value, Instance):
        for right in rights:
            if isinstance(right, Instance):
                method = Member(value, f"__{name}__")
                results = engine.sources.member_called(method, operand=right.name)
                if results is not None:
                    return results
        if value.name in NUMBERS:
            return _number(value, name, rights)
        if value.name in CLOSED:
            return (value,)
    if isinstance(value, Thing) and name == "or":
        return (value,)
    return special(engine, value, f"__{name}__") or ()


def _number(value: Instance, name: str, rights: Values) -> Values:
    others = [r.name for r in rights if isinstance(r, Instance)]
    if others and others[0] not in NUMBERS:
        # 2 * "text", 0.5 * Fraction: the other operand decides.
        return tuple(r for r in rights if isinstance(r, Instance))
    if value.name == "complex" or "complex" in others:
        return (Instance("complex"),)
    if name == "truediv" or "float" in others or value.name == "float":
        return (Instance("float"),)
    return (Instance("int"),)
