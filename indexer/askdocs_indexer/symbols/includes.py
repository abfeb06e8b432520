"""Which files' declarations a name means, in languages whose files include each other.

All files share one namespace there, but a program has only those that it includes: two programs of
a workspace may give one name to different things. A symbol that shares its names with others is
told apart by its files (`FILE`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Protocol

from askdocs_indexer.languages.facts import FILE, Declaration, FileFacts, Import, Names
from askdocs_indexer.languages.project import Identity, Target, Targets
from askdocs_indexer.languages.rules import Rules

# Following more files than this is useless: what is declared so far away is not looked for.
_MOST_FILES = 3000
_MOST_DEFINITIONS = 40

_Rows = Mapping[str, list[Declaration]]


class Sources(Protocol):
    """What the view of the graph from a file says of all files."""

    path: str
    facts: FileFacts
    family: str
    rules: Rules

    def declared(self, names: Names) -> list[tuple[str, Declaration]]:
        """Return the declarations of a symbol with their files."""

    def facts_of(self, path: str) -> FileFacts:
        """Return the facts of a file."""

    def named(self, name: str) -> frozenset[str]:
        """Return the paths of the files with a file name."""


class Includes:
    """The files that the file in hand includes, and what they declare."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._direct: dict[str, list[frozenset[str]]] = {}
        self._seen: dict[Names, Targets] = {}
        self._own: list[str] | None = None
        self._imports: list[tuple[str, Import]] | None = None
        self._closures: dict[str, tuple[set[str], set[str]]] = {}

    def seen(self, names: Names) -> Targets:
        """Return the symbol of these names that the file's own includes lead to."""
        if names not in self._seen:
            self._seen[names] = self._find(names)
        return self._seen[names]

    def _find(self, names: Names) -> Targets:
        rows = self._rows(names)
        certain, possible = self._closure(self._sources.path)
        for path in self._own_files():
            own = (f"{FILE}{path}", *names)
            if path not in rows and self._sources.declared(own):
                return (self._identity(own),)
        if not rows or all(_is_module(row) for row in rows.values()):
            return (self._identity(names),) if rows else ()
        if near := rows.keys() & certain:
            return self._targets(names, near, rows)
        if near := rows.keys() & possible:
            return self._targets(names, near, rows) if self._alike(names, near) else ()
        return ()

    def elsewhere(self, names: Names) -> Targets:
        """Return the symbol of these names where no include leads to it, if there is only one.

        A source whose own includes are all known has no other way to it.
        """
        rows = self._rows(names)
        if not rows or self._is_whole(self._sources.path):
            return ()
        headers = {path for path in rows if self._sources.rules.is_header(path)}
        if not headers and not self._sources.facts.language:
            headers = set(rows)
        if not headers or not self._alike(names, headers):
            return ()
        return self._targets(names, headers, rows)

    def _own_files(self) -> list[str]:
        """Return the sources among the included files, whose names are seen here alone."""
        if self._own is None:
            included = sorted(self._closure(self._sources.path)[0])
            self._own = [path for path in included if not self._sources.rules.is_header(path)]
        return self._own

    def imports(self) -> list[tuple[str, Import]]:
        """Return what the included files bind outside of any scope, with their paths."""
        if self._imports is None:
            self._imports = [
                (path, imported)
                for path in sorted(self._closure(self._sources.path)[0])
                for imported in self._sources.facts_of(path).imports
                if imported.name and not imported.scope
            ]
        return self._imports

    def nearest(self, targets: Iterable[Target]) -> Targets:
        """Return those of several targets that the file's includes lead to; if none, the known."""
        reached = set().union(*self._closure(self._sources.path))
        files = {
            identity: {path for path, _ in self._sources.declared(identity.names)}
            for identity in targets
            if isinstance(identity, Identity)
        }
        known = tuple(identity for identity in files if files[identity])
        near = tuple(identity for identity in known if not files[identity].isdisjoint(reached))
        return near or known or tuple(targets)

    def _rows(self, names: Names) -> dict[str, list[Declaration]]:
        rows: dict[str, list[Declaration]] = {}
        for path, declaration in self._sources.declared(names):
            rows.setdefault(path, []).append(declaration)
        return rows

    def _identity(self, names: Names) -> Identity:
        return Identity(self._sources.family, names)

    def _targets(self, names: Names, near: Iterable[str], rows: _Rows) -> Targets:
        """Return the symbol that some files declare, with its definitions in other files.

        Where yet others declare another symbol by these names, it is theirs in those files alone.
        """
        near = set(near)
        headers = {path for path in near if self._sources.rules.is_header(path)}
        for path in sorted(rows.keys() - near)[:_MOST_DEFINITIONS] if headers else ():
            if self._sources.rules.is_header(path):
                is_same = self._alike(names, {path, *headers})
            else:
                is_same = self._uses(path, headers)
            if is_same:
                near.add(path)
        if near == rows.keys():
            return (self._identity(names),)
        return tuple(self._identity((f"{FILE}{path}", *names)) for path in sorted(near))

    def _uses(self, path: str, headers: set[str]) -> bool:
        certain, possible = self._closure(path)
        return bool(headers & certain or headers & possible)

    # -- what files include -------------------------------------------------------------------

    def _closure(self, path: str) -> tuple[set[str], set[str]]:
        """Return the files that a file includes, itself too, and those that it may include."""
        if path not in self._closures:
            certain = self._reached({path}, is_certain=True)
            self._closures[path] = certain, self._reached(certain, is_certain=False) - certain
        return self._closures[path]

    def _reached(self, paths: set[str], *, is_certain: bool) -> set[str]:
        reached, left = set(paths), sorted(paths)
        while left and len(reached) < _MOST_FILES:
            for files in self._included(left.pop()):
                if len(files) == 1 or not is_certain:
                    left += sorted(files - reached)
                    reached |= files
        return reached

    def _is_whole(self, path: str) -> bool:
        if self._sources.rules.is_header(path):
            return False
        taken = [
            imported.module
            for imported in self._sources.facts_of(path).imports
            if not imported.name
        ]
        missing = (
            include
            for include in taken
            if include.startswith('"') and not self._files(include, path)
        )
        return bool(self._included(path)) and not any(missing)

    def _included(self, path: str) -> list[frozenset[str]]:
        """Return what each include of a file leads to: one file, or several that it may mean."""
        if path not in self._direct:
            taken = (
                imported for imported in self._sources.facts_of(path).imports if not imported.name
            )
            candidates = (self._files(imported.module, path) for imported in taken)
            self._direct[path] = [files for files in candidates if files]
        return self._direct[path]

    def _files(self, include: str, path: str) -> frozenset[str]:
        name = include[1:-1]
        named = self._sources.named(posixpath.basename(name))
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if include.startswith('"') and beside in named:
            return frozenset({beside})
        ending = posixpath.normpath(name).lstrip("./")
        return frozenset(file for file in named if f"/{file}".endswith(f"/{ending}"))

    # -- whether files declare the same -------------------------------------------------------

    def _alike(self, names: Names, paths: Iterable[str]) -> bool:
        """Return whether files declare names in the same way: copies, or a type again."""
        shapes = [self._shape(names, path) for path in paths]
        defined = [shape for shape in shapes if not _is_plain_type(shape)]
        if len({_kinds(shape) for shape in shapes}) > 1:
            return False
        return all(shape == defined[0] for shape in defined) or all(map(_is_overload, defined))

    def _shape(self, names: Names, path: str) -> frozenset[tuple[object, ...]]:
        """Return what a file declares by names and below, without lines."""
        facts = self._sources.facts_of(path)
        count = len(names)
        is_c = facts.language == "c"
        return frozenset(
            (
                declaration.names[count:],
                declaration.kind,
                declaration.types,
                declaration.parameters if is_c else (),
                is_c,
            )
            for declaration in facts.declarations
            if declaration.names[:count] == names
        )


def _is_module(declarations: Iterable[Declaration]) -> bool:
    return all(declaration.kind == "module" for declaration in declarations)


def _kinds(shape: frozenset[tuple[object, ...]]) -> frozenset[object]:
    return frozenset(row[1] for row in shape if not row[0])


def _is_plain_type(shape: frozenset[tuple[object, ...]]) -> bool:
    return len(shape) == 1 and all(row[1] == "type" for row in shape)


def _is_overload(shape: frozenset[tuple[object, ...]]) -> bool:
    return all(row[1] == "function" and not row[-1] for row in shape)
