"""The words that a project's documents connect: which section links lead to, and in what words.

Like the tables of the outline and of symbols it lives in memory beside the store, is read from it
at opening and follows every write. A section's words are collected when they are asked for, from
the links whose targets have a name of the section's; what is collected stays until a chunk that has
to do with one of these names comes or goes.
"""

from __future__ import annotations

import posixpath
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from askdocs_indexer.storage.link_targets import (
    address_of,
    addresses_of,
    around,
    as_built,
    is_index_page,
    label_key,
    label_parts,
    last_part,
    nearest,
    own_name,
    repeated,
    slug_key,
    symbol_parts,
    target_names,
    title_keys,
)
from askdocs_indexer.storage.symbol_table import DocumentedName, SymbolTable
from askdocs_indexer.types import Destination, Link, SectionId

# A text that leads to more targets than this says nothing of any: "here", "docs", "Example".
_MOST_TARGETS = 3
# A symbol may be documented by a page and by its source; more sections are no target.
_MOST_SECTIONS = 3
# How many pages' outlines stay in memory.
_MOST_OUTLINES = 256
# What is left of an address of the built site once a folder of the site is taken off.
_LEAST_PARTS = 2
_SITE = "/"


@dataclass(frozen=True, slots=True)
class ConnectedChunk:
    """What the table knows of a chunk."""

    path: str
    heading_path: tuple[str, ...]
    start_line: int
    links: tuple[Link, ...] = ()
    labels: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A section's keywords, and the texts and contexts of the links that lead to it."""

    keywords: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


_UNSPOKEN = _Spoken()


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's sections in their order, and what fragments of its address lead to."""

    sections: tuple[tuple[str, ...], ...]
    labels: dict[str, tuple[str, ...]]
    titles: dict[str, list[tuple[str, ...]]]

    def section(self, fragment: str) -> tuple[str, ...] | None:
        """Return the section that a fragment leads to; None where none has that label or title."""
        labelled = self.labels.get(label_key(fragment))
        if labelled is not None:
            return labelled
        titled = self.titles.get(slug_key(fragment))
        if titled:
            return titled[0]
        again = repeated(fragment)
        titled = self.titles.get(slug_key(again[0]), []) if again else []
        return titled[again[1]] if again and 0 <= again[1] < len(titled) else None


class ConnectionTable:
    """The links, labels and keywords of all chunks. Safe to use from any thread.

    What it answers depends on the chunks in it alone, not on the order in which they came; symbols
    are those of the table that it is given.
    """

    def __init__(self, symbols: SymbolTable) -> None:
        self._symbols = symbols
        self._lock = threading.Lock()
        self._chunks: dict[str, ConnectedChunk] = {}
        self._pages: dict[str, dict[str, None]] = {}
        # Address -> the pages that have it, with how often they say so.
        self._addresses: dict[str, Counter[str]] = {}
        # The last part of an address -> such addresses.
        self._endings: dict[str, dict[str, None]] = {}
        # Label -> the chunks that have it.
        self._labels: dict[str, dict[str, None]] = {}
        # The name of a target -> the chunks that have a link to such a target.
        self._linking: dict[str, dict[str, None]] = {}
        # How many links have a text and a name of their target, and how many such names a text has.
        self._uses: Counter[tuple[str, str]] = Counter()
        self._spread: Counter[str] = Counter()
        # What was collected for a page, and the pages for which a name was looked at.
        self._spoken: dict[str, dict[tuple[str, ...], _Spoken]] = {}
        self._collected: dict[str, dict[str, None]] = {}
        self._outlines: dict[str, _Page] = {}

    # -- writes -----------------------------------------------------------------------------

    def add(self, chunk_id: str, chunk: ConnectedChunk) -> None:
        """Record a chunk, in place of any earlier one of its id."""
        with self._lock:
            self._remove(chunk_id)
            links = tuple(map(_shared, chunk.links))
            self._chunks[chunk_id] = chunk if not links else replace(chunk, links=links)
            self._count(chunk_id, chunk, 1)
            self._forget(chunk_id, chunk)

    def move(self, chunk_id: str, start_line: int) -> None:
        """Note the new first line of a chunk, if it is known."""
        with self._lock:
            if chunk := self._chunks.get(chunk_id):
                self._chunks[chunk_id] = replace(chunk, start_line=start_line)
                self._forget(chunk_id, chunk)

    def remove(self, chunk_id: str) -> None:
        """Forget a chunk, if it is known."""
        with self._lock:
            self._remove(chunk_id)

    def _remove(self, chunk_id: str) -> None:
        chunk = self._chunks.get(chunk_id)
        if chunk is not None:
            self._forget(chunk_id, chunk)
            del self._chunks[chunk_id]
            self._count(chunk_id, chunk, -1)

    # -- answers ----------------------------------------------------------------------------

    def words_of(self, path: str, heading_path: tuple[str, ...]) -> tuple[str, ...]:
        """Return in which other words a section is spoken of: by its authors, and where links lead.

        These are its keywords, then the texts of links to it from other sections and the sentences
        around them, each text but once. A link to a page leads to its first section.
        """
        with self._lock:
            spoken = self._spoken_of(path).get(heading_path, _UNSPOKEN)
            texts = (text for text, _ in spoken.links if self._spread[text] <= _MOST_TARGETS)
            contexts = (context for _, context in spoken.links)
            return tuple(filter(None, dict.fromkeys((*spoken.keywords, *texts, *contexts))))

    def leads_to(self, path: str, heading_path: tuple[str, ...]) -> tuple[SectionId, ...]:
        """Return the sections that a section's own links lead to, as (path, heading path)."""
        with self._lock:
            chunks = [
                chunk
                for chunk_id in self._pages.get(path, ())
                if (chunk := self._chunks[chunk_id]).heading_path == heading_path
            ]
            chunks.sort(key=lambda chunk: (chunk.start_line, chunk.labels, chunk.keywords))
            targets = (
                section
                for chunk in chunks
                for link in chunk.links
                for section in self._targets(path, link.target)
            )
            return tuple(key for key in dict.fromkeys(targets) if key != (path, heading_path))

    def target_of(self, path: str, link: Link) -> tuple[SectionId, ...]:
        """Return the sections that a link on the page at `path` leads to; mostly one, or none."""
        with self._lock:
            return self._targets(path, link.target)

    def destination(self, path: str, target: str) -> Destination | None:
        """Return where the section begins that a link on the page at `path` leads to, if any.

        Of several that document a symbol it is that of the first page.
        """
        with self._lock:
            for page, heading_path in self._targets(path, target)[:1]:
                chunks = (self._chunks[chunk_id] for chunk_id in self._pages[page])
                lines = [each.start_line for each in chunks if each.heading_path == heading_path]
                return Destination(page, min(lines))
        return None

    # -- where links lead -------------------------------------------------------------------

    def _targets(self, path: str, target: str) -> tuple[SectionId, ...]:
        if target.startswith(":"):
            return self._labelled(path, *label_parts(target))
        address, _, fragment = target.partition("#")
        if not address:
            section = self._outline(path).section(fragment)
            return ((path, section),) if section else ()
        page = self._page(path, address)
        section = self._outline(page).section(fragment) if page and fragment else None
        if page and section:
            return ((page, section),)
        # Generators call the anchors of symbols by their names, on pages that the sources fill.
        if "." in fragment and (documented := self._documenting(fragment)):
            return documented
        if page:
            return ((page, self._outline(page).sections[0]),)
        # Some let a link name a label as it would a page.
        return () if fragment else self._labelled(path, "", posixpath.basename(address))

    def _page(self, path: str, address: str) -> str | None:
        """Return the page that an address means on the page at `path`; None where it is unclear."""
        if address in self._pages:
            return address
        key = address_of(address)
        if address.startswith(_SITE):
            exact = (self._at(f"{folder.casefold()}{key}".rstrip("/")) for folder in around(path))
            return next(filter(None, exact), None) or self._ending(path, key)
        is_inside = not key.startswith("../")
        built = address_of(as_built(path, address))
        return (self._at(key) if is_inside else None) or self._at(built)

    def _at(self, address: str) -> str | None:
        """Return the page at an address; the page of a folder is its index before its readme."""
        pages = [*self._addresses.get(address, ())]
        if len(pages) > 1:
            pages = [page for page in pages if not is_index_page(page)] or [
                page for page in pages if "index" in posixpath.basename(page).casefold()
            ]
        return pages[0] if len(pages) == 1 else None

    def _ending(self, path: str, key: str) -> str | None:
        """Return the page whose address ends like that on the site, which has a folder of its own.

        The folder that the site is built into may be a part of the address, and is not the file's.
        """
        parts = key.split("/")
        for count in range(len(parts)):
            rest = "/".join(parts[count:])
            if count and len(parts) - count < _LEAST_PARTS:
                return None
            alike = (a for a in self._endings.get(parts[-1], ()) if f"/{a}".endswith(f"/{rest}"))
            pages = {page for address in alike if (page := self._at(address))}
            if pages:
                near = nearest(path, pages)
                return near[0] if len(near) == 1 else None
        return None

    def _labelled(self, path: str, kind: str, name: str) -> tuple[SectionId, ...]:
        if not kind and (section := self._outline(path).section(name)):
            return ((path, section),)
        chunks = self._labels.get(label_key(f"{kind}:{name}")) or self._labels.get(label_key(name))
        sections = {self._key(chunk_id) for chunk_id in chunks or ()}
        if sections:
            near = nearest(path, {page for page, _ in sections})
            chosen = [section for section in sections if section[0] in near]
            return (chosen[0],) if len(chosen) == 1 else ()
        return self._documenting(name.rsplit(maxsplit=1)[-1] if kind == "option" else name)

    def _documenting(self, name: str) -> tuple[SectionId, ...]:
        """Return the sections that document a symbol.

        It may be named without its owner, or by the package that exports it.
        """
        name = name.removesuffix("()")
        documented = self._symbols.exact(name) or self._alike(name)
        known = (each.chunk_id for each in documented if each.chunk_id in self._chunks)
        sections = sorted({self._key(chunk_id) for chunk_id in known})
        return tuple(sections) if len(sections) <= _MOST_SECTIONS else ()

    def _alike(self, name: str) -> tuple[DocumentedName, ...]:
        """Return where the only symbol is documented that a name may be short for."""
        parts = [part for part in symbol_parts(name) if part != "crate"]
        if not parts:
            return ()
        alike = [(each, symbol_parts(each.name)) for each in self._symbols.ending(parts[-1])]
        chosen = [(each, own) for each, own in alike if own[-len(parts) :] == parts]
        if not chosen and len(parts) > 1:
            package, inner = parts[0], parts[1:]
            exported = [
                (each, own)
                for each, own in alike
                if own[0].lstrip("_") == package and own[-len(inner) :] == inner
            ]
            least = min((len(own) for _, own in exported), default=0)
            chosen = [(each, own) for each, own in exported if len(own) == least]
        is_certain = len({each.name for each, _ in chosen}) == 1
        return tuple(each for each, _ in chosen) if is_certain else ()

    def _key(self, chunk_id: str) -> SectionId:
        chunk = self._chunks[chunk_id]
        return chunk.path, chunk.heading_path

    def _outline(self, path: str) -> _Page:
        """Return a page's sections and what leads to them; those above a text lead to that."""
        if path not in self._outlines:
            if len(self._outlines) >= _MOST_OUTLINES:
                self._outlines.clear()
            chunks = [self._chunks[chunk_id] for chunk_id in self._pages.get(path, ())]
            chunks.sort(key=lambda chunk: (chunk.start_line, chunk.heading_path))
            labels: dict[str, tuple[str, ...]] = {}
            firsts: dict[tuple[str, ...], tuple[str, ...]] = {}
            for chunk in chunks:
                for label in chunk.labels:
                    labels.setdefault(label_key(label), chunk.heading_path)
                for count in range(1, len(chunk.heading_path) + 1):
                    firsts.setdefault(chunk.heading_path[:count], chunk.heading_path)
            titles: dict[str, list[tuple[str, ...]]] = {}
            for prefix, section in firsts.items():
                for title in title_keys(prefix[-1]):
                    if title:
                        titles.setdefault(title, []).append(section)
            sections = tuple(dict.fromkeys(chunk.heading_path for chunk in chunks))
            self._outlines[path] = _Page(sections, labels, titles)
        return self._outlines[path]

    # -- what leads to a page ---------------------------------------------------------------

    def _spoken_of(self, path: str) -> dict[tuple[str, ...], _Spoken]:
        """Return in which words a page's sections are spoken of."""
        if path in self._spoken or path not in self._pages:
            return self._spoken.get(path, {})
        names: set[str] = set()
        keywords: dict[tuple[str, ...], set[str]] = {}
        for chunk_id in self._pages[path]:
            chunk = self._chunks[chunk_id]
            names.update(self._names_of(chunk_id))
            if chunk.keywords:
                keywords.setdefault(chunk.heading_path, set()).update(chunk.keywords)
        words: dict[tuple[str, ...], set[tuple[str, str]]] = {}
        for chunk_id in {each for name in names for each in self._linking.get(name, ())}:
            chunk = self._chunks[chunk_id]
            for link in chunk.links:
                if names.isdisjoint(target_names(chunk.path, link.target)):
                    continue
                for page, section in self._targets(chunk.path, link.target):
                    if page == path and (page, section) != (chunk.path, chunk.heading_path):
                        words.setdefault(section, set()).add((link.text, link.context))
        spoken = {
            section: _Spoken(
                tuple(sorted(keywords.get(section, ()))), tuple(sorted(words.get(section, ())))
            )
            for section in keywords.keys() | words.keys()
        }
        for name in names:
            self._collected.setdefault(name, {})[path] = None
        self._spoken[path] = spoken
        return spoken

    def _names_of(self, chunk_id: str) -> Iterator[str]:
        """Yield the names by which targets of links may mean a chunk."""
        chunk = self._chunks[chunk_id]
        yield own_name(chunk.path)
        yield from (posixpath.basename(address) for address in _addresses(chunk))
        yield from map(last_part, chunk.labels)
        yield from (last_part(each.name) for each in self._symbols.of(chunk_id))

    def _forget(self, chunk_id: str, chunk: ConnectedChunk) -> None:
        """Drop what was collected for pages that have to do with a chunk."""
        self._outlines.pop(chunk.path, None)
        names = {*self._names_of(chunk_id), *_names_linked(chunk)}
        for name in names:
            for path in self._collected.pop(name, ()):
                self._spoken.pop(path, None)

    # -- counts -----------------------------------------------------------------------------

    def _count(self, chunk_id: str, chunk: ConnectedChunk, change: int) -> None:
        """Note a chunk in all indexes, or take it out of them (-1)."""
        if change > 0:
            self._pages.setdefault(chunk.path, {})[chunk_id] = None
        else:
            _discard(self._pages, chunk.path, chunk_id)
        for address in _addresses(chunk):
            self._count_address(address, chunk.path, change)
        for label in map(label_key, chunk.labels):
            _note(self._labels, label, chunk_id, change)
        for name in _names_linked(chunk):
            _note(self._linking, name, chunk_id, change)
        for link in chunk.links:
            self._count_use(link.text, sys.intern(posixpath.basename(link.target)), change)

    def _count_use(self, text: str, target: str, change: int) -> None:
        before = self._uses[text, target]
        self._uses[text, target] += change
        self._spread[text] += (before + change > 0) - (before > 0)
        if before + change <= 0:
            del self._uses[text, target]
        if self._spread[text] <= 0:
            del self._spread[text]

    def _count_address(self, address: str, path: str, change: int) -> None:
        pages = self._addresses.setdefault(address, Counter())
        pages[path] += change
        if pages[path] <= 0:
            del pages[path]
        name = posixpath.basename(address)
        if pages:
            self._endings.setdefault(name, {})[address] = None
        else:
            del self._addresses[address]
            _discard(self._endings, name, address)


def _addresses(chunk: ConnectedChunk) -> Iterator[str]:
    """Yield the addresses of a chunk's page, as far as its path and the chunk tell."""
    yield from addresses_of(chunk.path)
    yield from (address_of(label) for label in chunk.labels if label.startswith(_SITE))


def _names_linked(chunk: ConnectedChunk) -> set[str]:
    return {name for link in chunk.links for name in target_names(chunk.path, link.target)}


def _shared(link: Link) -> Link:
    """Return a link whose short strings take memory once: many links have the same."""
    return Link(sys.intern(link.text), link.context, sys.intern(link.target))


def _note(index: dict[str, dict[str, None]], key: str, value: str, change: int) -> None:
    if change > 0:
        index.setdefault(key, {})[value] = None
    else:
        _discard(index, key, value)


def _discard(index: dict[str, dict[str, None]], key: str, value: str) -> None:
    if (values := index.get(key)) is not None:
        values.pop(value, None)
        if not values:
            del index[key]
