"""The facts of all files as one namespace for each family of languages.

The graph is a pure function of the facts: it holds them under the names that they declare, and
nothing that depends on the order in which files came. `view.py` follows its edges.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from askdocs_indexer.languages.facts import FILE, Declaration, FileFacts, Import, Names
from askdocs_indexer.languages.registry import family_of

ByPath = dict[str, list[Declaration]]
_Symbols = Callable[[str, FileFacts], Iterator[tuple[str, Names]]]
_NOTHING: Mapping[str, list[Declaration]] = {}


class Family:
    """The symbols of one family of languages, by the names that lead to them. Not thread-safe."""

    def __init__(self) -> None:
        self._declared: dict[Names, ByPath] = {}
        self._imported: dict[Names, dict[str, list[Import]]] = {}
        self._files: dict[Names, set[str]] = {}
        self._folders: dict[Names, int] = {}
        self._endings: dict[str, set[Names]] = {}
        self._inside: dict[Names, set[str]] = {}
        self._public: dict[str, dict[Names, int]] = {}
        self._members: dict[str, dict[Names, int]] = {}
        self._extensions: dict[str, dict[Names, int]] = {}
        self._named: dict[str, set[str]] = {}
        self._packages: dict[str, tuple[str, Names, dict[str, str]]] = {}

    # -- reading ----------------------------------------------------------------------------

    def declared(self, names: Names) -> Mapping[str, list[Declaration]]:
        """Return the declarations of a symbol by the paths of their files.

        Behind `FILE` and a path, names lead to what that file declares by them.
        """
        rows = self._declared.get(names, _NOTHING)
        if rows or not names or not names[0].startswith(FILE):
            return rows
        path = names[0].removeprefix(FILE)
        rows = self._declared.get(names[1:], _NOTHING)
        return {path: rows[path]} if path in rows else _NOTHING

    def imported(self, names: Names) -> Iterator[tuple[str, Import]]:
        """Yield what is bound inside a module or type for others to see, with its file."""
        for path, imports in self._imported.get(names, {}).items():
            yield from ((path, imported) for imported in imports)

    def has(self, names: Names) -> bool:
        """Return whether a file, or a folder of files, is this module."""
        return names in self._folders

    def files(self, names: Names) -> frozenset[str]:
        """Return the paths of the files that are this module."""
        return frozenset(self._files.get(names, ()))

    def ending(self, name: str) -> Iterable[Names]:
        """Return the modules whose last name this is."""
        return tuple(self._endings.get(name, ()))

    def inside(self, names: Names) -> Iterable[str]:
        """Return the last names of the modules right below one."""
        return tuple(self._inside.get(names, ()))

    def public(self, name: str) -> Iterable[Names]:
        """Return the symbols of a name that stand in a module for others to use."""
        return tuple(self._public.get(name, ()))

    def members(self, name: str) -> Iterable[Names]:
        """Return the public members of a name that types declare."""
        return tuple(self._members.get(name, ()))

    def extensions(self, name: str) -> Iterable[Names]:
        """Return the extensions of what has this name where they stand."""
        return tuple(self._extensions.get(name, ()))

    def named(self, name: str) -> frozenset[str]:
        """Return the paths of the files with a file name."""
        return frozenset(self._named.get(name, ()))

    def packages(self, language: str) -> Iterator[tuple[Names, dict[str, str]]]:
        """Yield the package files of a kind: (names of the folder, what the file says)."""
        for kind, folder, package in self._packages.values():
            if kind == language:
                yield folder, package

    def all_packages(self) -> Iterator[tuple[Names, dict[str, str]]]:
        """Yield the package files of all kinds, as `packages` does."""
        for _, folder, package in self._packages.values():
            yield folder, package

    # -- writing ----------------------------------------------------------------------------

    def add(self, path: str, facts: FileFacts) -> None:
        """Take the facts of a file that is not here."""
        if facts.package:
            self._packages[path] = (facts.language, facts.module, dict(facts.package))
            return
        self._files.setdefault(facts.module, set()).add(path)
        self._named.setdefault(PurePosixPath(path).name, set()).add(path)
        for end in range(len(facts.module) + 1):
            self._count_folder(facts.module[:end], 1)
        for declaration in facts.declarations:
            names = (*facts.module, *declaration.names)
            self._declared.setdefault(names, {}).setdefault(path, []).append(declaration)
        for imported in facts.imports:
            if imported.is_exported:
                names = (*facts.module, *imported.scope)
                self._imported.setdefault(names, {}).setdefault(path, []).append(imported)
        for table, symbols in self._tables():
            for name, names in symbols(path, facts):
                counts = table.setdefault(name, {})
                counts[names] = counts.get(names, 0) + 1

    def remove(self, path: str, facts: FileFacts) -> None:
        """Forget a file, whose facts are those that it was added with."""
        if facts.package:
            self._packages.pop(path, None)
            return
        _discard(self._files, facts.module, path)
        _discard(self._named, PurePosixPath(path).name, path)
        for end in range(len(facts.module) + 1):
            self._count_folder(facts.module[:end], -1)
        for names in {(*facts.module, *declaration.names) for declaration in facts.declarations}:
            _discard(self._declared, names, path)
        for names in {
            (*facts.module, *imported.scope) for imported in facts.imports if imported.is_exported
        }:
            _discard(self._imported, names, path)
        for table, symbols in self._tables():
            for name, names in symbols(path, facts):
                counts = table[name]
                counts[names] -= 1
                if not counts[names]:
                    _discard(table, name, names)

    def _tables(self) -> tuple[tuple[dict[str, dict[Names, int]], _Symbols], ...]:
        """Return the tables of symbols by a name, each with what reads its rows."""
        return (
            (self._public, _public),
            (self._members, _members),
            (self._extensions, _extensions),
        )

    def _count_folder(self, names: Names, step: int) -> None:
        count = self._folders.get(names, 0) + step
        if count:
            self._folders[names] = count
        else:
            del self._folders[names]
        if names and count == step > 0:
            self._endings.setdefault(names[-1], set()).add(names)
            self._inside.setdefault(names[:-1], set()).add(names[-1])
        elif names and not count:
            _discard(self._endings, names[-1], names)
            _discard(self._inside, names[:-1], names[-1])


def _discard(table: dict[Any, Any], key: Any, item: Any) -> None:
    """Take an item out of a table's entry, and the entry with its last one."""
    items = table[key]
    if isinstance(items, set):
        items.discard(item)
    else:
        items.pop(item, None)
    if not items:
        del table[key]


def _extensions(path: str, facts: FileFacts) -> Iterator[tuple[str, Names]]:
    """Yield the extensions of a file, each by the declared name of what it extends."""
    renamed = {imported.name: imported.target[-1] for imported in facts.imports if imported.target}
    for declaration in facts.declarations:
        if declaration.kind == "extension":
            for term in declaration.types:
                name = renamed.get(term.steps[-1], term.steps[-1])
                yield name, (*facts.module, *declaration.names)


def _public(path: str, facts: FileFacts) -> Iterator[tuple[str, Names]]:
    """Yield the names, behind their last ones, under which others can use what a file has."""
    modules = {
        declaration.names for declaration in facts.declarations if declaration.kind == "module"
    }
    for declaration in facts.declarations:
        outer = declaration.names[:-1]
        if (
            declaration.is_public
            and declaration.kind != "module"
            and (not outer or outer in modules)
        ):
            yield declaration.names[-1], (*facts.module, *declaration.names)
    # Every name that a Python module imports can be used from there; a package means it.
    if facts.language != "python" or PurePosixPath(path).stem == "__init__":
        for taken in facts.imports:
            if taken.is_exported and taken.name != "*":
                yield taken.name, (*facts.module, *taken.scope, taken.name)


def _members(path: str, facts: FileFacts) -> Iterator[tuple[str, Names]]:
    """Yield the names of public members, behind their last ones, of what can be a type.

    The type may be declared in another file.
    """
    others = {row.names for row in facts.declarations if row.kind not in ("extension", "type")}
    for declaration in facts.declarations:
        is_member = declaration.kind in ("function", "value") and len(declaration.names) > 1
        if declaration.is_public and is_member and declaration.names[:-1] not in others:
            yield declaration.names[-1], (*facts.module, *declaration.names)


class SymbolGraph:
    """The facts of a workspace. Safe to use from any thread: hold `lock` while following edges."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.generation = 0
        self._facts: dict[str, FileFacts] = {}
        self._families: dict[str, Family] = {}

    def put(self, path: str, facts: FileFacts | None) -> None:
        """Take the facts of a file in place of those it had; None for a file without any."""
        with self.lock:
            before = self._facts.pop(path, None)
            if before == facts:
                if facts is not None:
                    self._facts[path] = facts
                return
            self.generation += 1
            if before is not None:
                self.family(family_of(before.language)).remove(path, before)
            if facts is not None:
                self._facts[path] = facts
                self.family(family_of(facts.language)).add(path, facts)

    def facts(self, path: str) -> FileFacts | None:
        """Return the facts of a file, as it is on disk."""
        return self._facts.get(path)

    def family(self, name: str) -> Family:
        """Return the symbols of a family."""
        return self._families.setdefault(name, Family())

    def families(self) -> tuple[str, ...]:
        """Return the families that have facts."""
        return tuple(self._families)

    def __len__(self) -> int:
        """Return how many files have facts."""
        return len(self._facts)
