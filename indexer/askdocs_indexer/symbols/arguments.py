"""Type parameters that facts give by their positions, and what stands in their place."""

from __future__ import annotations

from dataclasses import replace

from askdocs_indexer.languages.facts import PARAMETER
from askdocs_indexer.languages.project import External, Identity, Value, Values, instances

_DEEPEST = 40


def _position(value: Value) -> int | None:
    """Return the position of the type parameter that a value stands for; None for others."""
    name = "".join(value.target.names[:1]) if isinstance(value.target, External) else ""
    position = name.removeprefix(PARAMETER)
    return int(position) if position != name and position.isdecimal() else None


def filled(value: Value, args: tuple[Values, ...]) -> Values:
    """Return a value with type arguments in the place of type parameters."""
    position = _position(value)
    if position is not None and position < len(args):
        return instances(args[position]) if value.is_instance else args[position]
    if position is not None or not value.args:
        return (value,)
    inner = (
        tuple(argument for part in arg for argument in filled(part, args)) for arg in value.args
    )
    return (replace(value, args=tuple(inner)),)


def bounded(values: Values) -> Values:
    """Return values with what type parameters extend in the place of those parameters."""
    bounded: list[Value] = []
    left = list(values)
    for _ in range(_DEEPEST):
        if not left:
            break
        value = left.pop(0)
        if _position(value) is None:
            bounded.append(value)
        else:
            bound = value.args[0] if value.args else ()
            left += instances(bound) if value.is_instance else bound
    return tuple(bounded)


def is_inside(value: Value, owner: Value) -> bool:
    """Return whether a value's type has no name but that of a member or parameter of its owner."""
    names = owner.target.names
    is_own = isinstance(value.target, Identity) and isinstance(owner.target, Identity)
    return is_own and value.target != owner.target and value.target.names[: len(names)] == names
