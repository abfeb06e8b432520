"""What the symbol graph asks a language: where imports lead, and how names outside are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from askdocs_indexer.languages.facts import FileFacts, Import, Names
from askdocs_indexer.languages.project import Targets, Value, Values

# The path of a file outside of the workspace -> its facts; None where it cannot be read.
ReadFacts = Callable[[str], FileFacts | None]
# The import of what every file sees without one.
GLOBAL = Import("", "")


class Modules(Protocol):
    """The modules of one family in the workspace."""

    def has(self, names: Names) -> bool:
        """Return whether a file, or a folder of files, is this module."""

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
    names. `shares_names` says that a package can export different symbols under one name, which its
    pages mean all at once. `holders` are types that are waited for or unwrapped to get what their
    first argument is; `pointers` are those that are used as if they were it. `dereference` and
    `subscript` are the members by which a type of the workspace is unwrapped, and gives its
    elements; `iterator` is the one that a loop begins with. A file sees the names of those that it
    includes, if `includes`. `constructors` are members that a type has for itself, whatever its
    bases have. `singleton` is the name of the type, declared inside of a type, that the type itself
    is an instance of.

    Where not `has_plain_members`, code inside of a type does not see what it inherits as plain
    names, and its functions and variables only where nothing else has their name.
    `callables` are types outside of the workspace that say last what calling one gives.
    `givers` are methods of types outside of the workspace that give an element of what they are
    called on, `visitors` those that give each to a lambda, `lenders` those that give it the whole,
    `keepers` those that give something else with the same elements. `dictionaries` are types
    outside of the workspace whose elements are their members. `has_extensions` says that functions
    can be declared for other types and called like their members,
    `has_implicit_owner` that methods call each other by their names alone,
    `parts_types` that a type and a value of one name do not hide each other, `has_file_scope` that
    other files of a module do not see what it declares and does not make public.

    `has_exports` says that modules show others what they export and nothing else, under names that
    only others see, and that members are never seen without their type. `whole` is the name under
    which a module exports all that it is at once. `is_untyped` says that pages may document members
    of values and results whose types no code declares, `numbers_parameters` that facts give the
    parameters of a type by their positions.

    In `closed_modules` nothing that stands around the module, or inside of a type, is seen by its
    bare name. A name may stand for several things there that are apart from each other: the names
    of some end in one of the `marks`. What ends in `inherited_mark` is seen in the modules inside
    of the one that declares it as well. `root_word` leads to the root of a package.
    """

    separators: tuple[str, str] = (".", ".")
    shares_names: bool = False
    holders: frozenset[str] = frozenset()
    pointers: frozenset[str] = frozenset()
    dereference: str = ""
    subscript: str = ""
    iterator: str = ""
    includes: bool = False
    constructors: frozenset[str] = frozenset()
    singleton: str = ""
    has_plain_members: bool = True
    callables: frozenset[str] = frozenset()
    givers: frozenset[str] = frozenset()
    keepers: frozenset[str] = frozenset()
    dictionaries: frozenset[str] = frozenset()
    visitors: frozenset[str] = frozenset()
    lenders: frozenset[str] = frozenset()
    has_extensions: bool = False
    has_implicit_owner: bool = False
    parts_types: bool = False
    has_file_scope: bool = False
    has_exports: bool = False
    whole: str = ""
    is_untyped: bool = False
    numbers_parameters: bool = False
    closed_modules: bool = False
    marks: Names = ("",)
    inherited_mark: str = ""
    root_word: str = ""

    def locate(self, module: str, path: str, modules: Modules) -> tuple[Names, ...]:
        """Return the modules that an import in the file at `path` means, the nearest first.

        None where it leads out of the workspace; several where the choice is unclear.
        """
        return ()

    def relative(self, name: str, module: Names, modules: Modules) -> Names | None:
        """Return the module that a word such as `super` means inside of a module, if it is one."""
        return None

    def unimported(self, name: str, path: str, modules: Modules) -> Targets | None:
        """Return the package that a name means in a file which does not bind it.

        Nothing where it may be several; None where it is not a package.
        """
        return None

    def is_plain(self, value: Value) -> bool:
        """Return whether a value is an element of itself, as a pointer without operators is."""
        return False

    def is_header(self, path: str) -> bool:
        """Return whether a file is there to be included by others."""
        return True

    def written(self, names: Names) -> str:
        """Return the qualified name by which code and pages call a module or type.

        "" where none of its members can be outside of the workspace.
        """
        return self.separators[0].join(names)

    def documented(
        self, parts: Names, path: str, modules: Modules
    ) -> tuple[tuple[Names, int], ...]:
        """Return modules that a documented name may begin with: (names, how many parts they take).

        `path` is the page's.
        """
        return ()

    def is_exported(self, names: Names, paths: Sequence[str], modules: Modules) -> bool:
        """Return whether a public symbol, declared in files, is one that the project gives others.

        A heading with a bare name may then be about it.
        """
        return True

    def external(self, module: str, target: Names) -> Names:
        """Return the qualified names of what an import from outside of the workspace gives."""
        return (self.separators[0].join(part for part in (module, *target) if part),)

    def outside(
        self, path: str, name: str, modules: Modules, read: ReadFacts
    ) -> tuple[Import, ...] | None:
        """Return imports by which code has a name that a file outside of the workspace declares.

        They are those of its module, best first, `GLOBAL` for what needs none; nothing where the
        path does not say the module. None in a language whose files say it themselves. The path is
        relative to the workspace for files in it that are not its sources, such as built ones.
        """
        return None

    def root(self, name: str, facts: FileFacts, modules: Modules) -> Names:
        """Return the qualified names of a module that code names without an import, if it can."""
        return ()

    def is_inherited(self, name: str, facts: FileFacts) -> bool:
        """Return whether a name that nothing binds may be a member that the type around inherits.

        Only for a language whose functions name members without an owner.
        """
        return False

    def full(self, name: str, facts: FileFacts, scope: Names) -> tuple[Names, ...]:
        """Return the names from the root on that a name in a scope may mean, best first.

        None where scopes and imports are looked through for the name.
        """
        return ()

    def is_constant(self, name: str) -> bool:
        """Return whether a type has a member of this name for itself and no `singleton` does."""
        return False

    def lexical(self, scope: Names, facts: FileFacts) -> Names:
        """Return the part of a scope whose members go by their plain names inside of it."""
        return scope

    def unbound(self, name: str, facts: FileFacts) -> Names:
        """Return the qualified names of a name that nothing in the file or its module binds."""
        return ()

    def synonyms(self, name: str) -> Names:
        """Return other names by which a member may be declared, e.g. `getName` for `name`."""
        return ()

    def member(self, owner: str, name: str, *, is_instance: bool) -> Names:
        """Return the qualified names of a member of something outside of the workspace."""
        return (f"{owner}{self.separators[1]}{name}",)

    def starred(self, name: str) -> bool:
        """Return whether taking over all names of a module takes over this one."""
        return True

    def last(self, name: str) -> str:
        """Return the last part of a qualified name."""
        return name.rpartition(self.separators[0])[2].rpartition(self.separators[1])[2]

    def returned(self, function: str, owner: Value) -> Values:
        """Return what a method gives that no source of the workspace declares."""
        return ()

    def made(self, function: str) -> str:
        """Return the type outside of the workspace that calling a function gives; "" if unknown."""
        return ""
