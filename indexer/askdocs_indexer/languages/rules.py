"""What the symbol graph asks a language: where imports lead, and how names outside are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from askdocs_indexer.languages.facts import FileFacts, Names


class Modules(Protocol):
    """The modules of one family in the workspace."""

    def has(self, names: Names) -> bool:
        """Return whether a file, or a folder of some, is this module."""

    def files(self, names: Names) -> frozenset[str]:
        """Return the paths of the files that are this module."""

    def ending(self, name: str) -> Iterable[Names]:
        """Return the modules whose last name this is."""

    def inside(self, names: Names) -> Iterable[str]:
        """Return the last names of the modules right below one."""

    def packages(self, language: str) -> Iterable[tuple[Names, dict[str, str]]]:
        """Return the package files of a kind: (names of the folder, what the file says)."""


@dataclass(frozen=True)
class Rules:
    """The rules of one family of languages; every language has its own in `modules.py`.

    `separators` join the names of modules and types, and a type with its members, in qualified
    names. `holders` are types that are waited for or unwrapped to get what their first argument is.
    `dereference` and `subscript` are the members by which a type of the workspace does so, and
    gives its elements; `iterator` is the one that a loop begins with. A file sees the names of
    those that it includes, if `includes`.
    """

    separators: tuple[str, str] = (".", ".")
    holders: frozenset[str] = frozenset()
    dereference: str = ""
    subscript: str = ""
    iterator: str = ""
    includes: bool = False

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the modules that an import in the file at `path` means, the nearest first.

        None where it leads out of the workspace; several where the choice is open.
        """
        return ()

    def is_plain(self, names: Names) -> bool:
        """Return whether a type outside of the workspace has no operators of its own."""
        return False

    def is_header(self, path: str) -> bool:
        """Return whether a file is there to be included by others."""
        return True

    def written(self, names: Names) -> str:
        """Return the qualified name by which code and pages call a module or type."""
        return self.separators[0].join(names)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return modules that a documented name may begin with: (names, how many parts they take).

        `path` is the page's.
        """
        return ()

    def external(self, module: str, target: Names) -> Names:
        """Return the qualified names of what an import from outside of the workspace gives."""
        return (self.separators[0].join(part for part in (module, *target) if part),)

    def lexical(self, scope: Names, facts: FileFacts) -> Names:
        """Return the part of a scope whose members go by their plain names inside of it."""
        return scope

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return the qualified names of a name that nothing in the file or its module binds."""
        return ()

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return the qualified names of a member of something outside of the workspace."""
        return (f"{owner}{self.separators[1]}{name}",)

    def last(self, name: str) -> str:
        """Return the last part of a qualified name."""
        return name.rpartition(self.separators[0])[2].rpartition(self.separators[1])[2]

    def made(self, function: str) -> str:
        """Return the type outside of the workspace that calling a function gives; "" if unknown."""
        return ""
