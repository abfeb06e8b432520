"""Links from documentation to symbols: which chunks document the symbol under a cursor.

A section says which names it documents, and of which domain. A name is linked to a symbol by
resolving it in the graph like code would: through modules, re-exports and members; a bare name to
what the project exports under it, if that is one symbol. Nothing is linked by spelling alone, but
for symbols that no source of the workspace declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from askdocs_indexer.grammars import is_source
from askdocs_indexer.languages.facts import Names
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.project import External, Identity, Target
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.storage.outline_table import OutlineTable
from askdocs_indexer.storage.symbol_table import DocumentedName, SymbolTable, last_part, parts_of
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.view import View

# Folders whose sources use a project's names, or repeat them, and do not export any.
_ASIDE = words(
    "__tests__ bench benches benchmark benchmarks demo demos doc docs docs_src example examples "
    "fixtures mock mocks sample samples spec specs test testing tests third_party vendor"
)
# The default exports of a module go by other names.
_ANY_NAME = frozenset({"default"})


@dataclass(frozen=True, slots=True)
class Link:
    """Chunks, in no order, that document a symbol under one name.

    `is_exact` says that it is that name for certain, `is_overridden` that the symbol takes the
    place of the documented one in a type that inherits it.
    """

    name: str
    chunk_ids: tuple[str, ...]
    is_exact: bool = True
    is_overridden: bool = False


class Links:
    """Finds the documentation of symbols. Safe to use from any thread."""

    def __init__(self, graph: SymbolGraph, symbols: SymbolTable, outline: OutlineTable) -> None:
        self._graph = graph
        self._symbols = symbols
        self._outline = outline

    def of(self, symbol: Symbol) -> Link | None:
        """Return the link to the documentation of the first that a symbol may stand for."""
        with self._graph.lock:
            view = View(self._graph, "", family=symbol.family)
            for identity in symbol.identities:
                for target, is_overridden in _chain(view, identity):
                    if isinstance(target, External):
                        link = self._outside(target.names, symbol.family)
                    else:
                        link = self._inside(view, target, symbol.name)
                    if link is not None:
                        return replace(link, is_overridden=is_overridden)
        return self._outside(symbol.candidates, symbol.family)

    # -- symbols of the workspace -------------------------------------------------------------

    def _inside(self, view: View, identity: Identity, written: str) -> Link | None:
        name = identity.names[-1] if identity.names else ""
        pages: dict[str, list[str]] = {}
        for last in dict.fromkeys((name, written)):
            for documented in self._symbols.ending(last):
                if self._documents(view, documented, identity):
                    pages.setdefault(documented.name, []).append(documented.chunk_id)
        own = [*self._own(identity)]
        ids = (*(one for ids in pages.values() for one in ids), *own)
        if not ids:
            return None
        shown = next(iter(pages), "") or self._own_name(own[0], name)
        return Link(shown, tuple(dict.fromkeys(ids)))

    def _documents(self, view: View, documented: DocumentedName, identity: Identity) -> bool:
        """Return whether a page's name stands for a symbol."""
        if documented.domain not in ("", identity.family) or is_source(documented.path):
            return False
        return resolved(view, documented.name, documented.path) == identity

    def _own(self, identity: Identity) -> Iterator[str]:
        """Yield the chunks of the comments at a symbol's declarations."""
        declared = self._graph.family(identity.family).declared(identity.names)
        for path in sorted(declared):
            entries = self._outline.of(path)
            for line in {declaration.line for declaration in declared[path]}:
                for chunk_id, entry in entries.items():
                    is_there = entry.start_line <= line <= entry.end_line
                    if is_there and self._names(chunk_id, identity):
                        section = entry.heading_path
                        yield from (one for one in entries if entries[one].heading_path == section)

    def _names(self, chunk_id: str, identity: Identity) -> bool:
        """Return whether a comment's chunk is about a symbol and not about its neighbour."""
        name = identity.names[-1] if identity.names else ""
        last = {last_part(one.name) for one in self._symbols.of(chunk_id)}
        return name in last or name in _ANY_NAME

    def _own_name(self, chunk_id: str, name: str) -> str:
        names = [one.name for one in self._symbols.of(chunk_id)]
        return next((one for one in names if last_part(one) == name), name)

    # -- symbols outside of it ----------------------------------------------------------------

    def _outside(self, names: Sequence[str], family: str) -> Link | None:
        """Return the link of the first name that pages document, whole or by a single ending.

        A bare name is too weak for a page that does not say which language it is about.
        """
        return self._spelled(names, lambda one: _may_mean(one, family))

    def named(self, names: Sequence[str]) -> Link | None:
        """Return the link of the first name that anything documents, or stands for what is."""
        link = self._spelled(names, lambda one: True, may_end=False)
        with self._graph.lock:
            for family in self._graph.families() if link is None else ():
                view = View(self._graph, "", family=family)
                for name in names:
                    identity = resolved(view, name, "")
                    if identity and (link := self._inside(view, identity, last_part(name))):
                        return link
        return link or self._spelled(names, lambda one: True)

    def _spelled(
        self,
        names: Sequence[str],
        is_meant: Callable[[DocumentedName], bool],
        *,
        may_end: bool = True,
    ) -> Link | None:
        for name in names:
            if known := [one for one in self._symbols.exact(name) if is_meant(one)]:
                return Link(name, tuple(one.chunk_id for one in known))
        for name in names if may_end else ():
            parts = parts_of(name)
            endings = self._symbols.ending(parts[-1]) if len(parts) > 1 else ()
            known = [one for one in endings if _ends_in(one.name, parts) and is_meant(one)]
            ids: dict[str, set[str]] = {}
            for one in known:
                ids.setdefault(one.name, set()).add(one.chunk_id)
            # Several names for the same sections are aliases, not a choice.
            if len({frozenset(chunks) for chunks in ids.values()}) == 1:
                chunks = tuple(dict.fromkeys(one.chunk_id for one in known))
                return Link(known[0].name, chunks, is_exact=False)
        return None


def _may_mean(documented: DocumentedName, family: str) -> bool:
    """Return whether a page's name can be that of a symbol outside of the workspace."""
    if is_source(documented.path):
        return False
    is_qualified = len(parts_of(documented.name)) > 1
    return documented.domain == family or (not documented.domain and is_qualified)


def _ends_in(name: str, parts: Names) -> bool:
    return parts_of(name)[-len(parts) :] == parts


def _chain(view: View, identity: Identity) -> Iterator[tuple[Target, bool]]:
    """Yield what documents a symbol: itself, what it is an alias of, what it overrides (True)."""
    seen: set[Target] = set()
    left: list[tuple[Target, bool]] = [(identity, False)]
    while left:
        target, is_overridden = left.pop(0)
        if target in seen:
            continue
        seen.add(target)
        yield target, is_overridden
        if isinstance(target, Identity):
            if any(one.kind == "alias" for one in view.declarations(target)):
                left += [(value.target, is_overridden) for value in view.values_of((target,))]
            left += [(base, True) for base in view.overridden(target)]


def resolved(view: View, name: str, page: str) -> Identity | None:
    """Return the symbol that a page's documented name stands for; None where that is open."""
    parts = parts_of(name)
    identities: set[Identity] = set()
    # A file is often called like what it exports: alone, the name is that of the export.
    exported = _exported(view, parts[0]) if len(parts) == 1 else set()
    for module, used in view.rules.documented(parts, page, view) if not exported else ():
        identities |= _walked(view, Identity(view.family, module), parts[used:])
    if not identities:
        for head in exported or _exported(view, parts[0]):
            identities |= _walked(view, head, parts[1:])
    return _nearest(view, identities, page)


def _walked(view: View, head: Identity, names: Names) -> set[Identity]:
    targets: tuple[Target, ...] = (head,)
    for name in names:
        targets = view.select(view.values_of(targets), name)
    return {target for target in targets if isinstance(target, Identity)}


def _exported(view: View, name: str) -> set[Identity]:
    """Return the symbol that the project exports under a bare name, if there is one."""
    exported = {
        identity
        for identity in view.public(name)
        if view.rules.is_exported(identity.names, _files(view, identity), view)
    }
    main = {one for one in exported if not all(map(_is_aside, _files(view, one)))}
    return main or exported


def _files(view: View, identity: Identity) -> tuple[str, ...]:
    return tuple(path for path, _ in view.declared(identity.names))


def _is_aside(path: str) -> bool:
    return not _ASIDE.isdisjoint(PurePosixPath(path.lower()).parts[:-1])


def _nearest(view: View, identities: set[Identity], page: str) -> Identity | None:
    """Return the only symbol, or the only one whose files stand nearest to a page."""
    if len(identities) < 2:
        return next(iter(identities), None)
    near = {
        one: max((_shared(path, page) for path in _files(view, one)), default=0)
        for one in identities
    }
    best = [one for one, common in near.items() if common == max(near.values())]
    return best[0] if len(best) == 1 else None


def _shared(one: str, other: str) -> int:
    """Return how many folders two paths share."""
    pairs = zip(PurePosixPath(one).parts[:-1], PurePosixPath(other).parts[:-1], strict=False)
    common = 0
    for left, right in pairs:
        if left != right:
            break
        common += 1
    return common
