"""What the symbol graph holds, with the text in hand in place of its file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from askdocs_indexer.languages.facts import FILE, Declaration, FileFacts, Import, Names, Term
from askdocs_indexer.languages.project import External, Identity, Target, Targets, Values
from askdocs_indexer.languages.registry import family_of, rules_of
from askdocs_indexer.symbols.graph import Family, SymbolGraph
from askdocs_indexer.symbols.includes import Includes

# No sensible code needs more: what does is a cycle, or made to be slow.
DEEPEST = 40
MOST_STEPS = 5000


class Sources(ABC):
    """What files say, and the memory of a look-up, which follows no edge twice at a time."""

    def __init__(
        self, graph: SymbolGraph, path: str, facts: FileFacts | None = None, family: str = ""
    ) -> None:
        self.path = path
        self.facts = facts or graph.facts(path) or FileFacts("", ())
        self.family = family or family_of(self.facts.language)
        self.rules = rules_of(self.family)
        self._at = path
        self._graph = graph
        self._stored = graph.family(self.family)
        self._own = Family()
        if facts is not None:
            self._own.add(path, facts)
        self._is_edited = facts is not None
        self._open: set[object] = set()
        self._memo: dict[object, Targets] = {}
        self._steps = 0
        self._includes = Includes(self) if self.rules.includes else None

    def declared(self, names: Names) -> list[tuple[str, Declaration]]:
        """Return the declarations of a symbol with their files, in the order of paths."""
        stored = self._stored.declared(names)
        rows = {path: stored[path] for path in stored if not self._is_own(path)}
        rows |= self._own.declared(names)
        return [
            (path, declaration)
            for path in sorted(rows)
            for declaration in rows[path]
            if path == self._at or not self._is_hidden(declaration)
        ]

    def _is_hidden(self, declaration: Declaration) -> bool:
        """Return whether a declaration is seen in its own file only."""
        is_in_module = len(declaration.names) == 1
        return self.rules.has_file_scope and is_in_module and not declaration.is_public

    @contextmanager
    def _seen_from(self, path: str) -> Iterator[None]:
        before, self._at = self._at, path
        try:
            yield
        finally:
            self._at = before

    def declarations(self, target: Target) -> tuple[Declaration, ...]:
        """Return how a symbol is declared; none for one outside of the workspace."""
        if isinstance(target, External):
            return ()
        return tuple(declaration for _, declaration in self.declared(target.names))

    def has(self, names: Names) -> bool:
        """Return whether a file, or a folder of files, is this module."""
        return self._stored.has(names) or self._own.has(names)

    def files(self, names: Names) -> frozenset[str]:
        """Return the paths of the files that are this module."""
        return self._stored.files(names) | self._own.files(names)

    def ending(self, name: str) -> Iterable[Names]:
        """Return the modules whose last name this is."""
        return {*self._stored.ending(name), *self._own.ending(name)}

    def inside(self, names: Names) -> Iterable[str]:
        """Return the last names of the modules right below one."""
        return {*self._stored.inside(names), *self._own.inside(names)}

    def named(self, name: str) -> frozenset[str]:
        """Return the paths of the files with a file name."""
        return self._stored.named(name) | self._own.named(name)

    def packages(self, language: str) -> Iterable[tuple[Names, dict[str, str]]]:
        """Return the package files of a kind: (names of the folder, what the file says)."""
        return self._stored.packages(language)

    def all_packages(self) -> Iterable[tuple[Names, dict[str, str]]]:
        """Return the package files of all kinds, as `packages` does."""
        return self._stored.all_packages()

    def is_known(self, identity: Identity) -> bool:
        """Return whether a source declares a symbol, or is it."""
        return bool(self.declared(identity.names)) or self.has(identity.names)

    def members(self, name: str) -> set[Identity]:
        """Return the public members of a name that types of the workspace declare."""
        families = (self._stored, self._own)
        marked = [f"{name}{mark}" for mark in self.rules.marks]
        rows = {names for family in families for key in marked for names in family.members(key)}
        return {
            Identity(self.family, names)
            for names in rows
            if self._is_type(Identity(self.family, names[:-1]))
        }

    def _is_own(self, path: str) -> bool:
        return self._is_edited and path == self.path

    def facts_of(self, path: str) -> FileFacts:
        """Return the facts of a file; empty ones for a file that has none."""
        facts = self.facts if path == self.path else self._graph.facts(path)
        return facts or FileFacts("", ())

    def _bound(self, names: Names) -> list[tuple[str, Import]]:
        stored = [row for row in self._stored.imported(names) if not self._is_own(row[0])]
        rows = sorted([*stored, *self._own.imported(names)], key=lambda row: row[0])
        if self._includes is not None:  # Copies of a header say the same.
            rows = [
                (path, imported)
                for imported, path in {imported: path for path, imported in rows}.items()
            ]
        return rows

    def _scope(self, path: str, target: Identity) -> Names:
        names = target.names
        if names and names[0].startswith(FILE):
            names = names[1:]
        return names[len(self.facts_of(path).module) :]

    def _is_declared(self, target: Target) -> bool:
        if isinstance(target, External):
            return True
        return bool(self.declared(target.names) or self.files(target.names))

    def _is_type(self, target: Target) -> bool:
        return any(declaration.kind == "type" for declaration in self.declarations(target))

    def _is_module(self, names: Names) -> bool:
        return any(declaration.kind == "module" for _, declaration in self.declared(names))

    def _is_public(self, target: Target) -> bool:
        declarations = self.declarations(target)
        return not declarations or any(declaration.is_public for declaration in declarations)

    # -- edges --------------------------------------------------------------------------------

    def _once(self, key: object, find: Callable[[], Targets]) -> Targets:
        """Follow an edge once; nothing for one that is being followed: it runs in a cycle."""
        if self.rules.has_file_scope:
            key = (self._at, key)
        if key in self._memo:
            return self._memo[key]
        self._steps += 1
        if key in self._open or len(self._open) > DEEPEST or self._steps > MOST_STEPS:
            return ()
        self._open.add(key)
        try:
            targets = find()
        finally:
            self._open.discard(key)
        # What was found inside of a cycle may lack what the cycle itself will give.
        if not self._open or targets:
            self._memo[key] = targets
        return targets

    @abstractmethod
    def bases(self, target: Target) -> Targets:
        """Return the types that a type inherits from directly."""

    @abstractmethod
    def ancestors(self, target: Target) -> Iterator[Target]:
        """Yield the types that a type inherits from, the nearest first, each once."""

    @abstractmethod
    def values_of(self, targets: Iterable[Target]) -> Values:
        """Return what targets are as values: an instance of its type for a variable."""

    @abstractmethod
    def select(self, values: Values, name: str) -> Targets:
        """Return the members of a name that values have."""

    @abstractmethod
    def _outside(self, owner: External, name: str, *, is_instance: bool) -> Names:
        """Return the qualified names of a member of something outside of the workspace."""

    @abstractmethod
    def _evaluate(self, path: str, term: Term, scope: Names, *, is_type: bool = False) -> Values:
        """Return what a term of a file is in one of its scopes."""
