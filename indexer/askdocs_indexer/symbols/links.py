"""Links from documentation to symbols: which chunks document the symbol under a cursor.

A section says which names it documents, and of which domain. A name is linked to a symbol by
resolving it in the graph like code would: through modules, re-exports and members; a bare name to
what the project exports under it, if that is one symbol. Nothing is linked by spelling alone, but
for symbols that no source of the workspace declares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePosixPath

from askdocs_indexer.grammars import is_source
from askdocs_indexer.languages.facts import Names
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.project import External, Identity, Target
from askdocs_indexer.languages.registry import rules_of
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.heading_symbols import nearness, words_of
from askdocs_indexer.storage.outline_table import OutlineEntry, OutlineTable
from askdocs_indexer.storage.symbol_table import DocumentedName, SymbolTable, last_part, parts_of
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.view import View

# Folders whose sources use a project's names, or repeat them, and do not export any.
_ASIDE = words(
    "__tests__ bench benches benchmark benchmarks demo demos doc docs docs_src example examples "
    "fixtures mock mocks sample samples spec specs test testing tests third_party vendor"
)
# How pages that describe symbols one by one are called.
API_PAGE = re.compile(r"(?:^|[/._-])(?:apis?|ref|reference)(?:[/._-]|$)", re.IGNORECASE)
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
        """Return the link of the first identity or candidate of a symbol that is documented."""
        with self._graph.lock:
            view = View(self._graph, "", family=symbol.family)
            for identity in symbol.identities:
                for target, is_overridden in _chain(view, identity):
                    link = self._to(view, target, symbol)
                    if link is not None:
                        link = self._with_pages(view, link, symbol)
                        return replace(link, is_overridden=is_overridden)
            return self._outside(view, symbol.candidates)

    def _to(self, view: View, target: Target, symbol: Symbol) -> Link | None:
        if isinstance(target, External):
            return self._outside(view, target.names)
        return self._inside(view, target, symbol.name)

    def _with_pages(self, view: View, link: Link, symbol: Symbol) -> Link:
        """Add pages about the same thing under a name that no source declares: an option by its
        function, a member by the factory of its owner."""
        ids = dict.fromkeys(link.chunk_ids)
        for identity in symbol.identities:
            if not view.declarations(identity):
                page = self._inside(view, identity, symbol.name)
                ids |= dict.fromkeys(page.chunk_ids if page is not None else ())
        return replace(link, chunk_ids=tuple(ids))

    # -- symbols of the workspace -------------------------------------------------------------

    def _inside(self, view: View, identity: Identity, written: str) -> Link | None:
        name = _plain(identity)
        pages: dict[str, list[str]] = {}
        for last in dict.fromkeys((name, written)):
            for documented in self._symbols.ending(last):
                if self._documents(view, documented, identity):
                    pages.setdefault(documented.name, []).append(documented.chunk_id)
        own = [*self._own(identity)]
        if not pages and not own:
            pages = self._titled(view, identity, name)
        ids = (*chain.from_iterable(pages.values()), *own)
        if not ids:
            return None
        shown = next(iter(pages), "") or self._own_name(own[0], name)
        return Link(shown, tuple(dict.fromkeys(ids)))

    def _documents(self, view: View, documented: DocumentedName, identity: Identity) -> bool:
        """Return whether a page's name stands for a symbol."""
        if documented.domain not in ("", identity.family) or is_source(documented.path):
            return False
        targets = resolved(view, documented.name, documented.path)
        if identity in targets or view.declared(identity.names):
            return identity in targets
        own = _of_function(view, identity)
        return any(_of_function(view, target) == own for target in targets)

    def _titled(self, view: View, identity: Identity, name: str) -> dict[str, list[str]]:
        """Return API pages that are about a member or a callback's parameter as a whole.

        They say its bare name, of several words, which nothing that is exported has, and no other
        member.
        """
        is_telling = len(words_of(name)) > 1 and view.declared(identity.names)
        if not is_telling or view.members(name) - {identity}:
            return {}
        ids = [
            documented.chunk_id
            for documented in self._symbols.exact(name)
            if documented.domain in ("", identity.family)
            and API_PAGE.search(documented.path)
            and self._is_title(documented)
            and not view.public(name)
            # A file is often called like what it declares.
            and all(_is_module(view, named) for named in resolved(view, name, documented.path))
        ]
        return {name: ids} if ids else {}

    def _is_title(self, documented: DocumentedName) -> bool:
        """Return whether a page's name is in its title."""
        entry = self._outline.of(documented.path).get(documented.chunk_id)
        return entry is not None and len(entry.heading_path) == 1

    def _own(self, identity: Identity) -> Iterator[str]:
        """Yield the chunks of the comments at a symbol's declarations, or at the top of files."""
        family = self._graph.family(identity.family)
        declared = family.declared(identity.names)
        files = family.files(identity.names)
        for path in sorted({*declared, *files}):
            entries = self._outline.of(path)
            lines = {declaration.line for declaration in declared.get(path, ())}
            if path in files:
                lines |= self._top(path, entries)
            for line in lines:
                for chunk_id, entry in entries.items():
                    is_there = entry.start_line <= line <= entry.end_line
                    if is_there and self._names(chunk_id, identity):
                        section = entry.heading_path
                        yield from (
                            sibling
                            for sibling in entries
                            if entries[sibling].heading_path == section
                        )

    def _top(self, path: str, entries: Mapping[str, OutlineEntry]) -> set[int]:
        """Return the line of a file's first comment, unless it belongs to a declaration."""
        facts = self._graph.facts(path)
        declared = (
            [declaration.line for declaration in facts.declarations if declaration.names]
            if facts
            else []
        )
        first = next(iter(entries.values()), None)
        if first is None or any(first.start_line <= line <= first.end_line for line in declared):
            return set()
        return {first.start_line}

    def _names(self, chunk_id: str, identity: Identity) -> bool:
        """Return whether a comment's chunk is about a symbol and not about its neighbour."""
        name = _plain(identity)
        last = {last_part(documented.name) for documented in self._symbols.of(chunk_id)}
        return name in last or name in _ANY_NAME

    def _own_name(self, chunk_id: str, name: str) -> str:
        names = [documented.name for documented in self._symbols.of(chunk_id)]
        return next((candidate for candidate in names if last_part(candidate) == name), name)

    # -- symbols outside of the workspace -----------------------------------------------------

    def _outside(self, view: View, names: Sequence[str]) -> Link | None:
        """Return the link of the first name that pages document, whole or by a single ending.

        A bare name is too weak for a page that does not say which language it is about, unless the
        project hands the symbol on, or code imports it and the page is not about the project.
        """
        imported = {last_part(name) for name in names if len(parts_of(name)) > 1}

        def is_meant(documented: DocumentedName) -> bool:
            if _may_mean(documented, view.family):
                return True
            if documented.domain or is_source(documented.path):
                return False
            is_imported = documented.name in imported and not self._is_about_project(
                view, documented.path
            )
            return is_imported or _is_passed_on(view, documented.name, names)

        return self._spelled(names, is_meant)

    def _is_about_project(self, view: View, page: str) -> bool:
        """Return whether a page documents any symbol of the workspace."""
        names = {
            documented.name
            for chunk in self._outline.spans(page)
            for documented in self._symbols.of(chunk)
        }
        return any(view.public(name) or resolved(view, name, page) for name in sorted(names))

    def named(self, names: Sequence[str]) -> Link | None:
        """Return the link of the first name that is documented, or stands for what is."""
        link = self._spelled(names, lambda documented: True, may_end=False)
        with self._graph.lock:
            for family in self._graph.families() if link is None else ():
                view = View(self._graph, "", family=family)
                for name in names:
                    for identity in sorted(
                        resolved(view, name, ""), key=lambda target: target.names
                    ):
                        if link := self._inside(view, identity, last_part(name)):
                            return link
        return link or self._spelled(names, lambda documented: True)

    def _spelled(
        self,
        names: Sequence[str],
        is_meant: Callable[[DocumentedName], bool],
        *,
        may_end: bool = True,
    ) -> Link | None:
        for name in names:
            if known := [
                documented for documented in self._symbols.exact(name) if is_meant(documented)
            ]:
                return Link(name, tuple(documented.chunk_id for documented in known))
        for name in names if may_end else ():
            parts = parts_of(name)
            endings = self._symbols.ending(parts[-1]) if len(parts) > 1 else ()
            known = [
                documented
                for documented in endings
                if _ends_in(documented.name, parts) and is_meant(documented)
            ]
            ids: dict[str, set[str]] = {}
            for documented in known:
                ids.setdefault(documented.name, set()).add(documented.chunk_id)
            # Several names for the same sections are aliases, not a choice.
            if len({frozenset(chunks) for chunks in ids.values()}) == 1:
                chunks = tuple(dict.fromkeys(documented.chunk_id for documented in known))
                return Link(known[0].name, chunks, is_exact=False)
        return None


def _aliased(view: View, identity: Identity) -> tuple[Target, ...]:
    """Return what an alias stands for; nothing for one of several types."""
    if all(declaration.kind != "alias" for declaration in view.declarations(identity)):
        return ()
    targets = {value.target for value in view.values_of((identity,))}
    return tuple(targets) if len(targets) == 1 else ()


def _of_function(view: View, identity: Identity) -> Identity:
    """Return what no source declares as a member of the function, or object, that its owner is.

    Two names for the result of one factory have the same options.
    """
    names, end = identity.names, len(identity.names) - 1
    while end > 0 and not view.declared(names[:end]):
        end -= 1
    owner = Identity(identity.family, names[:end])
    rows = view.declarations(owner)
    is_set = bool(rows) and all(row.kind == "value" and not row.types for row in rows)
    targets = {value.target for value in view.values_of((owner,))} if is_set else set()
    target = targets.pop() if len(targets) == 1 else None
    known = target.names if isinstance(target, Identity) else owner.names
    return Identity(identity.family, (*known, *names[end:]))


def _plain(identity: Identity) -> str:
    """Return a symbol's own name as documentation writes it, without a language's mark."""
    name = identity.names[-1] if identity.names else ""
    marks = (mark for mark in rules_of(identity.family).marks if mark and name.endswith(mark))
    return name.removesuffix(next(marks, "")).removeprefix("#")


def _may_mean(documented: DocumentedName, family: str) -> bool:
    """Return whether a page's name can be that of a symbol outside of the workspace."""
    if is_source(documented.path):
        return False
    name = documented.name
    # C has no qualified names: the prefix of a library does what they do elsewhere.
    is_prefixed = family == "c" and "_" in name.strip("_")
    is_qualified = len(parts_of(name)) > 1 or is_prefixed
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
            left += [(aliased, is_overridden) for aliased in _aliased(view, target)]
            left += [(base, True) for base in view.overridden(target)]


def _is_passed_on(view: View, name: str, names: Sequence[str]) -> bool:
    """Return whether a project exports a symbol from outside of it under a bare name."""
    outside = (target for target in view.public(name) if isinstance(target, External))
    return any(not set(target.names).isdisjoint(names) for target in outside)


def resolved(view: View, name: str, page: str) -> frozenset[Identity]:
    """Return the symbol that a page's documented name stands for; none where that is unclear.

    There are several only where a package exports them all under the name.
    """
    parts = parts_of(name)
    identities: set[Identity] = set()
    # A file is often called like what it exports: alone, the name is that of the export.
    exported = _exported(view, parts[0]) if len(parts) == 1 else set()
    for module, used in view.rules.documented(parts, page, view) if not exported else ():
        identities |= _walked(view, Identity(view.family, module), parts[used:])
    if not identities:
        heads = exported or _exported(view, parts[0])
        for head in sorted(heads, key=lambda head: head.names):
            identities |= _walked(view, head, parts[1:])
    if not identities:
        identities = _declared(view, parts, page)
    if not identities:
        return _nearest(view, _of_instance(view, parts), page)
    if view.rules.shares_names and len(identities) > 1 and _are_of_one_package(view, identities):
        return frozenset(identities)
    return _nearest(view, identities, page)


def _declared(view: View, parts: Names, page: str) -> set[Identity]:
    """Return what is declared under exactly this name, in one way or several: a page means all."""
    modules = view.rules.documented(parts, page, view)
    candidates = ((*module, *parts[used:]) for module, used in modules)
    return {Identity(view.family, names) for names in candidates if view.declared(names)}


def _of_instance(view: View, parts: Names) -> set[Identity]:
    """Return the members of types that pages call by a word of theirs: `client.get`, `c.get`."""
    if len(parts) != 2 or not parts[0][0].islower():
        return set()
    near: dict[int, set[Identity]] = {}
    for member in _main(view, view.members(parts[1])):
        near.setdefault(nearness(parts[0], member.names[-2]), set()).add(member)
    near.pop(0, None)
    return near[max(near)] if near else set()


def _are_of_one_package(view: View, identities: set[Identity]) -> bool:
    folders = [folder for folder, package in view.all_packages() if "name" in package]
    nearest = {
        max((folder for folder in folders if path[: len(folder)] == folder), key=len, default=())
        for identity in identities
        for path in (PurePosixPath(file).parts[:-1] for file in _files(view, identity))
    }
    return len(nearest) == 1


def _walked(view: View, head: Identity, names: Names) -> set[Identity]:
    """Return the members that names lead to, or what no source declares of the last that one does:
    a page may tell of a function's option, or of a member of what it gives."""
    known = [head]
    for i, name in enumerate(names):
        targets = view.select(view.values_of(known), name)
        members = [
            target for target in targets if isinstance(target, Identity) and view.is_known(target)
        ]
        if not members:
            owners = [owner for owner in known if not _is_module(view, owner)]
            return {Identity(view.family, (*owner.names, *names[i:])) for owner in owners}
        known = members
    return set(known)


def _is_module(view: View, identity: Identity) -> bool:
    return all(declaration.kind == "module" for declaration in view.declarations(identity))


def _exported(view: View, name: str) -> set[Identity]:
    """Return the symbol that the project exports under a bare name, if there is one."""
    exported = {
        identity
        for identity in view.public(name)
        if isinstance(identity, Identity)
        and view.rules.is_exported(identity.names, _files(view, identity), view)
    }
    return _main(view, exported)


def _main(view: View, identities: set[Identity]) -> set[Identity]:
    """Leave out what stands aside of a project, in its examples or tests, if anything does not."""
    main = {known for known in identities if not all(map(_is_aside, _files(view, known)))}
    return main or identities


def _files(view: View, identity: Identity) -> tuple[str, ...]:
    """Return the files that declare a symbol or, if none does, its owner."""
    names = identity.names
    while names and not view.declared(names):
        names = names[:-1]
    return tuple(path for path, _ in view.declared(names))


def _is_aside(path: str) -> bool:
    return not _ASIDE.isdisjoint(PurePosixPath(path.lower()).parts[:-1])


def _nearest(view: View, identities: set[Identity], page: str) -> frozenset[Identity]:
    """Return the only symbol, or the only one whose files stand nearest to a page."""
    if len(identities) < 2:
        return frozenset(identities)
    near = {
        identity: max((_shared(path, page) for path in _files(view, identity)), default=0)
        for identity in identities
    }
    best = [identity for identity, common in near.items() if common == max(near.values())]
    return frozenset(best if len(best) == 1 else ())


def _shared(path: str, other: str) -> int:
    """Return how many folders two paths share."""
    pairs = zip(PurePosixPath(path).parts[:-1], PurePosixPath(other).parts[:-1], strict=False)
    common = 0
    for left, right in pairs:
        if left != right:
            break
        common += 1
    return common
