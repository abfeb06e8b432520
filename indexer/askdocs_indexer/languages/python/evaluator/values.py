"""What an expression may stand for, and the small language that types are written in.

A type is written as in an annotation, with fully qualified names: ``list[str]``, ``A | None``,
``type[X]`` (the class itself). A few names stand for parts of the use:

- ``Self``: the receiver; ``T0``, ``T1``: the receiver's type arguments
- ``$0``: the first argument; ``@0``: an element of it; ``!0``: an instance of the class it names
- ``*0``: what calling it returns
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.scopes import Scope


@dataclass(frozen=True, slots=True)
class Thing:
    """A module, class, function or constant known by its qualified name."""

    name: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of the class `name`; `args` holds what each of its type arguments may be."""

    name: str
    args: tuple[Values, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """The attribute `name` of `owner`, whose class is defined outside the file.

    The owner may be a class of the workspace itself: what its methods give can depend on it.
    """

    owner: Instance | Thing
    name: str


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class of the file itself; `scope` is its body."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class OwnInstance:
    """An instance of a class of the file itself."""

    cls: OwnClass


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function or method of the file itself; `scope` is its body."""

    scope: Scope
    receiver: OwnInstance | OwnClass | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """What ``super()`` gives inside the class `cls`."""

    cls: OwnClass


Value = Thing | Instance | Member | OwnClass | OwnInstance | OwnFunction | Parent
Values = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TypeExpression:
    """One alternative of a written type: a name and what stands in its brackets."""

    name: str
    args: tuple[tuple[TypeExpression, ...], ...] = ()


_TOKEN = re.compile(r"[\w.$@!*]+|[\[\],|]")


@cache
def parse_type(text: str) -> tuple[TypeExpression, ...]:
    """Read a written type into its alternatives; what is not understood is left out."""
    stack: list[tuple[list[tuple[TypeExpression, ...]], list[TypeExpression]]] = [([], [])]
    for token in _TOKEN.findall(text):
        items, alternatives = stack[-1]
        if token == "[":
            stack.append(([], []))
        elif token == ",":
            items.append(tuple(alternatives))
            alternatives.clear()
        elif token == "]":
            if len(stack) == 1:
                break
            items.append(tuple(alternatives))
            stack.pop()
            outer = stack[-1][1]
            if outer:
                outer[-1] = TypeExpression(outer[-1].name, tuple(items))
        elif token not in ("|", "None"):
            alternatives.append(TypeExpression(token))
    return tuple(stack[0][1])


def merge(*groups: Values) -> Values:
    """Join alternatives, each once, in order; a long union says nothing, so it is cut."""
    return tuple(dict.fromkeys(value for group in groups for value in group))[:8]
