"""What resolution asks of the project around a file, and the values that go back and forth.

The symbol graph gives the answers (`symbols/view.py`); a language only knows this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from askdocs_indexer.languages.facts import Declaration, FileFacts, Import, Names, Term


@dataclass(frozen=True, slots=True)
class Identity:
    """A symbol of the workspace: the family of its language, and the names that lead to it.

    The names begin with those of its module (`FileFacts.module`). A member that its type does not
    declare may have an identity too: a page can document it.
    """

    family: str
    names: Names


@dataclass(frozen=True, slots=True)
class External:
    """A symbol that no source of the workspace declares, by its qualified names, best first."""

    names: Names


Target = Identity | External
Targets = tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression may be: `target` itself or, if `is_instance`, an instance of it.

    `args` are the values of its type arguments; `owner` is what a function was selected from.
    """

    target: Target
    is_instance: bool = False
    args: tuple[Values, ...] = ()
    owner: Value | None = None


Values = tuple[Value, ...]


def instances(values: Iterable[Value]) -> Values:
    """Return an instance of each value, which is a type; instances as they are."""
    return tuple(replace(value, is_instance=True, owner=None) for value in values)


def elements(values: Iterable[Value]) -> Values:
    """Return what values that hold others of one type hold."""
    return tuple(element for value in values if value.args for element in instances(value.args[-1]))


class Project(Protocol):
    """The project as it is seen from one file, whose facts may be newer than those on disk."""

    path: str
    facts: FileFacts
    family: str
    # The names of the file's scope that is looked from, which decides what extensions are seen.
    scope: Names

    def look_up(self, scope: Names, name: str) -> Targets:
        """Return what a name stands for in a scope of the file's module, other than a local."""

    def meant(self, names: Names) -> Targets:
        """Return the symbol that names, from the file's module on, lead to by declarations."""

    def imported(self, imported: Import) -> Targets:
        """Return what an import of the file gives."""

    def select(self, values: Values, name: str) -> Targets:
        """Return the members of a name that values have."""

    def initial(self, target: Target) -> Targets:
        """Return what a value is another name for, by what it is set to at first."""

    def maker(self, target: Target) -> Targets:
        """Return the function whose result a value is at first."""

    def values_of(self, targets: Iterable[Target]) -> Values:
        """Return what targets are as values: an instance of its type for a variable."""

    def called(self, values: Values) -> Values:
        """Return what calling values gives."""

    def expected(self, functions: Values, argument: int) -> Values:
        """Return the types of a parameter of functions, by its position; -1 for the last."""

    def received(self, types: Values) -> Values:
        """Return what names without an owner are members of in a lambda of a type."""

    def given(self, types: Values, parameter: int) -> Values:
        """Return what a lambda of a type is given as a parameter, by its position."""

    def handed(self, owner: Values, method: str) -> Values:
        """Return what a method outside of the workspace hands to its lambda."""

    def parameters(self, values: Values, index: int) -> Values:
        """Return what calling values takes at a position."""

    def follow(self, values: Values, steps: Sequence[str]) -> Values:
        """Return what a chain of steps, as a term has them, makes of values."""

    def iterated(self, values: Values) -> Values:
        """Return what a loop over values goes through."""

    def denoted(self, term: Term, scope: Names, *, is_type: bool = False) -> Targets:
        """Return what a term, whose steps are names, stands for in a scope."""

    def evaluate(self, term: Term, scope: Names, *, is_type: bool = False) -> Values:
        """Return what a term of the file is; `is_type` says that only a type can stand there."""

    def aliased(self, target: Target) -> Targets:
        """Return what an alias without arguments of its own stands for, one step on."""

    def bases(self, target: Target) -> Targets:
        """Return the types that a type inherits from directly."""

    def declarations(self, target: Target) -> tuple[Declaration, ...]:
        """Return how a symbol is declared; none for one outside of the workspace."""

    def overridden(self, target: Target) -> Targets:
        """Return the members of bases that a member stands for as well, the nearest first."""
