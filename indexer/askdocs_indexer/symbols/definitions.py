"""What an identifier stands for by the definitions that another language server gives for it.

A definition is a cursor's position in some file: the symbol there is looked up as it is anywhere
else. In a file outside of the workspace it is what code has by an import of that file's module,
which may be one that the workspace has the source of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from askdocs_indexer.languages.definitions import declared_by, identifier_at
from askdocs_indexer.languages.facts import FILE, FileFacts, Names
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.project import External, Identity, Target, Targets, Value
from askdocs_indexer.languages.registry import family_of, resolver_of
from askdocs_indexer.languages.rules import GLOBAL, ReadFacts
from askdocs_indexer.storage.symbol_table import last_part, parts_of
from askdocs_indexer.symbols.facts import facts_of
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.names import external
from askdocs_indexer.symbols.resolution import symbol_in
from askdocs_indexer.symbols.view import View

# A 0-based line, and a character in code points.
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An identifier, and the file that it stands in.

    `symbol` is what it stands for as far as our own look-up knows, a bare name where that is not at
    all. `is_argument` says that it names an argument of a call.
    """

    symbol: Symbol
    path: str
    facts: FileFacts
    is_argument: bool = False


@dataclass(frozen=True, slots=True)
class DefinitionSpan:
    """Where a file defines something: the span of a name, of a declaration, or empty and at the
    start of either.

    The path of `parsed` is relative to the workspace, or absolute outside of it.
    """

    parsed: Parsed
    start: Position
    end: Position


def occurrence_in(
    parsed: Parsed, line: int, character: int, graph: SymbolGraph
) -> Occurrence | None:
    """Return the identifier at a position; None for keywords, literals and comments."""
    symbol, offset = symbol_in(parsed, line, character, graph), parsed.offset_of(line, character)
    identifier = identifier_at(parsed, offset) if offset is not None else None
    if symbol is None and identifier is not None:
        start, end = map(parsed.position_of, (identifier.start, identifier.end))
        symbol = Symbol(identifier.name, (), start, end, family_of(parsed.language))
    if symbol is None:
        return None
    is_argument = identifier is not None and identifier.is_argument
    return Occurrence(symbol, parsed.path, facts_of(parsed), is_argument)


def defined(
    occurrence: Occurrence, definition: DefinitionSpan, graph: SymbolGraph, read: ReadFacts
) -> Symbol | None:
    """Return what an identifier stands for by a definition; None where that says nothing.

    A local of a function has neither identities nor candidates.
    """
    if family_of(definition.parsed.language) != occurrence.symbol.family:
        return None
    with graph.lock:
        return _Look(occurrence, definition, graph, read).symbol()


class _Look:
    """One look-up of a definition. Hold the graph's lock around it."""

    def __init__(
        self,
        occurrence: Occurrence,
        definition: DefinitionSpan,
        graph: SymbolGraph,
        read: ReadFacts,
    ) -> None:
        self._own = occurrence.symbol
        self._is_argument = occurrence.is_argument
        self._definition = definition
        self._parsed = definition.parsed
        self._facts = facts_of(definition.parsed)
        self._is_inside = graph.facts(self._parsed.path) is not None
        known = graph if self._is_inside else SymbolGraph()
        self._there = View(known, self._parsed.path, self._facts)
        self._here = View(graph, occurrence.path, occurrence.facts)
        self._read = read

    def symbol(self) -> Symbol | None:
        """Return the symbol, as `defined` says."""
        symbol = self._declared()
        if symbol is None or not (symbol.identities or symbol.candidates):
            return symbol
        names = self._names(symbol.identities[0]) if symbol.identities else ()
        if not self._is_inside:
            symbol = self._taken_over(symbol)
        if not (symbol.identities or symbol.candidates):
            return None
        return self._with_own(symbol, names)

    def _declared(self) -> Symbol | None:
        """Return the symbol that the file declares there; without identities for a local."""
        start, end = map(self._offset, (self._definition.start, self._definition.end))
        resolve = resolver_of(self._parsed.language)
        if resolve is None or start is None:
            return None
        declared = declared_by(self._parsed, start, max(start, end or 0))
        is_start = self._definition.start == self._definition.end == (0, 0)
        if is_start and (declared is None or declared.name != self._own.name):
            module = Identity(self._own.family, self._facts.module)
            return replace(self._own, identities=(module,), candidates=())
        if declared is None:
            return None
        if self._is_argument and declared.name != self._own.name:
            # A function takes it under any name.
            return self._local()
        symbol = resolve(self._parsed, declared.start, self._there)
        if symbol is not None and (symbol.identities or symbol.candidates):
            return symbol
        return self._local() if declared.is_local else None

    def _local(self) -> Symbol:
        return replace(self._own, identities=(), candidates=())

    def _offset(self, position: Position) -> int | None:
        return self._parsed.offset_of(*position)

    def _names(self, identity: Identity) -> Names:
        """Return the names that lead to a symbol from the module of the definition's file."""
        marks = [mark for mark in self._there.rules.marks if mark]
        names = identity.names[len(self._facts.module) :]
        return tuple(
            name.removesuffix(next((mark for mark in marks if name.endswith(mark)), ""))
            for name in names
        )

    # -- outside of the workspace ---------------------------------------------------------------

    def _taken_over(self, symbol: Symbol) -> Symbol:
        """Return what code of the workspace has by imports of the definition's file."""
        targets: dict[Target, None] = {}
        for identity in symbol.identities:
            targets |= dict.fromkeys(self._imported(self._names(identity)))
        outside = [
            name for target in targets if isinstance(target, External) for name in target.names
        ]
        return replace(
            symbol,
            identities=tuple(target for target in targets if isinstance(target, Identity)),
            candidates=tuple(dict.fromkeys((*outside, *symbol.candidates))),
        )

    def _imported(self, names: Names) -> Iterator[Target]:
        rules, head = self._here.rules, "".join(names[:1])
        imports = rules.outside(self._parsed.path, head, self._here, self._read)
        if imports is None:
            yield from self._named(names)
        for taken in imports or ():
            if taken == GLOBAL:
                targets = external(rules.unbound(head, self._there.facts))
            else:
                whole = replace(taken, target=(*taken.target, *names[:1]))
                targets = self._here.imported(whole)
                if not (targets or taken.module):  # A path of Rust's in what is not imported yet.
                    targets = external(rules.external("", whole.target))
            yield from self._members(targets, names[1:])

    def _named(self, names: Names) -> Targets:
        """Return a symbol of a language whose files say to which package they belong."""
        module = self._facts.module
        if self._here.declared((*module, *names)):
            return (Identity(self._own.family, (*module, *names)),)
        head = self._here.rules.written((*module, *names[:1]))
        return self._members((External((head,)),), names[1:])

    def _members(self, targets: Targets, names: Names) -> Targets:
        for name in names:
            owners = tuple(Value(target, is_instance=True) for target in targets)
            targets = self._here.select(owners, name)
        return targets

    # -- beside our own look-up -----------------------------------------------------------------

    def _with_own(self, symbol: Symbol, names: Names) -> Symbol:
        """Return a definition's symbol with what our own look-up knows of the same one."""
        own, identities = self._own, symbol.identities
        if identities and own.identities:
            # Of several files that declare it for one platform each, all are meant.
            declared = tuple(name for name in identities[0].names if not name.startswith(FILE))
            # A class stands for its constructor as well.
            if own.identities[0].names in (declared, declared[:-1], identities[0].names):
                return own
        elif identities and identities[0].names[-2:-1] == (own.name,):
            identities = (*identities, Identity(own.family, identities[0].names[:-1]))
        alike = [name for name in own.candidates if not identities and _is_alike(name, names)]
        if not identities and self._here.rules.is_untyped and _are_of_one_package(own, symbol):
            # Pages may have a member by the function that gives its owner, whatever its type.
            alike = [*own.candidates]
        pages = [known for known in own.identities if not self._here.is_known(known)]
        is_same = bool(alike) if not identities else identities[0] in own.identities
        if not is_same and len(pages) < len(own.identities):
            pages = []
        return replace(
            own,
            identities=tuple(dict.fromkeys((*identities, *pages))),
            candidates=tuple(dict.fromkeys((*symbol.candidates, *alike))),
        )


def _is_alike(candidate: str, names: Names) -> bool:
    """Return whether a qualified name ends like the names of a symbol, or of what it makes."""
    parts = parts_of(candidate)
    endings = (names, names[:-1]) if len(names) > 1 else (names,)
    return any(ending and parts[-len(ending) :] == ending for ending in endings)


def _are_of_one_package(symbol: Symbol, other: Symbol) -> bool:
    """Return whether two symbols outside of the workspace have one name in one package."""
    roots = [
        {
            tuple(parts_of(name)[0].split("/")[: 2 if name.startswith("@") else 1])
            for name in known.candidates
            if last_part(name) == symbol.name
        }
        for known in (symbol, other)
    ]
    return not roots[0].isdisjoint(roots[1])


def last_name(symbol: Symbol) -> str:
    """Return what a symbol is called where it is declared."""
    if symbol.identities:
        return "".join(symbol.identities[0].names[-1:])
    return last_part(symbol.candidates[0]) if symbol.candidates else symbol.name
