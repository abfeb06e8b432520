"""From a document's items, in reading order, to its sections.

Every reader turns its format into the same few items; this module alone knows how headings nest,
where a section's own text ends, and what a document without a title is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from askdocs_indexer.readers.mentions import listed, titled
from askdocs_indexer.types import Block, Section

# A "title" can be a whole line of a generated file: it must not outgrow a chunk.
TITLE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Heading:
    """A section title; level 1 is the outermost."""

    level: int
    title: str
    start_line: int
    end_line: int
    symbols: tuple[str, ...] = ()
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A documented symbol (or several that share a text), with the entries nested in it.

    `domain` is as in `Section`, here and in the other items.
    """

    title: str
    start_line: int
    end_line: int
    symbols: tuple[str, ...]
    items: tuple[Item, ...]
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Documents:
    """A statement without text of its own: the section around it documents these symbols."""

    symbols: tuple[str, ...]
    domain: str = ""


@dataclass(frozen=True, slots=True)
class SectionsEnd:
    """The end of the sections at this level and below it: text goes on in the one around them."""

    level: int


Item = Block | Heading | Entry | Documents | SectionsEnd


@dataclass(slots=True)
class _Draft:
    """A section being built; it is rooted if a heading of level 1 begins its path.

    `owner` is the symbol that the section or the nearest heading above it is about, if it is one.
    """

    path: tuple[str, ...]
    is_rooted: bool
    start_line: int
    end_line: int
    symbols: list[str] = field(default_factory=list)
    domain: str = ""
    owner: str = ""
    blocks: list[Block] = field(default_factory=list)

    def finish(self, document: str, *, is_page: bool) -> Section:
        path = self.path if self.is_rooted else (document, *self.path)
        symbols = [*self.symbols, *(self._mentioned(path[-1]) if is_page else ())]
        last = max((block.end_line for block in self.blocks), default=self.end_line)
        return Section(
            title=path[-1],
            heading_path=path,
            blocks=tuple(self.blocks),
            start_line=self.start_line,
            end_line=max(last, self.end_line),
            symbols=tuple(dict.fromkeys(symbols)),
            domain=self.domain,
        )

    def _mentioned(self, title: str) -> Iterable[str]:
        names = [] if self.symbols else [*titled(title, self.blocks)]
        return [*names, *(listed(self.owner, self.blocks) if self.owner else ())]


class _Outline:
    """Collects drafts. Text that follows a nested entry opens a new draft under the old heading,
    so that no section's span covers another's lines."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.headings: list[tuple[int, str, str]] = []
        self._heading: _Draft | None = None
        # What documents stand for above their first heading.
        self._waiting: list[Documents] = []

    def add(self, items: Iterable[Item], parent: _Draft | None = None) -> None:
        path = parent.path if parent else ()
        draft = parent
        for item in items:
            match item:
                case Block():
                    if draft is None:
                        draft = self._open(path, item.start_line, item.end_line)
                    draft.blocks.append(item)
                case Entry():
                    title = _clipped(item.title)
                    entry = self._open(
                        (*_enclosing(path, title), title), item.start_line, item.end_line
                    )
                    entry.symbols.extend(item.symbols)
                    entry.domain = item.domain
                    self.add(item.items, entry)
                    draft = None
                case Heading():
                    draft = self._open_heading(item)
                    path = draft.path
                case SectionsEnd():
                    self._close_headings(item.level)
                    path = tuple(title for _, title, _ in self.headings)
                    draft = None
                case Documents():
                    if self._heading is None:
                        self._waiting.append(item)
                    else:
                        self._heading.symbols.extend(item.symbols)
                        self._heading.domain = self._heading.domain or item.domain

    def _open(self, path: tuple[str, ...], start_line: int, end_line: int) -> _Draft:
        is_rooted = bool(self.headings) and self.headings[0][0] == 1
        draft = _Draft(path, is_rooted, start_line, end_line)
        self.drafts.append(draft)
        return draft

    def _close_headings(self, level: int) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()

    def _open_heading(self, heading: Heading) -> _Draft:
        self._close_headings(heading.level)
        title = _clipped(heading.title)
        owner = self.headings[-1][2] if self.headings else ""
        if heading.symbols:
            owner = heading.symbols[0] if len(heading.symbols) == 1 else ""
        self.headings.append((heading.level, title, owner))
        path = tuple(title for _, title, _ in self.headings)
        draft = self._open(path, heading.start_line, heading.end_line)
        if title != " ".join(heading.title.split()):
            # A search still finds the words that are cut from a title.
            draft.blocks.append(Block(heading.title, heading.start_line, heading.end_line))
        above = [name for documents in self._waiting for name in documents.symbols]
        domains = [documents.domain for documents in self._waiting]
        draft.symbols = [*above, *heading.symbols]
        draft.domain = next(filter(None, [heading.domain, *domains]), "")
        draft.owner = owner
        self._waiting.clear()
        self._heading = draft
        return draft


def sections_of(
    items: Iterable[Item], path: str, title: str = "", *, is_page: bool = True
) -> tuple[Section, ...]:
    """Return the sections of the document at `path`, in reading order.

    `title` is what the document calls itself outside its headings, if anything. Where no heading
    of level 1 is above a section, that title or else the file's name begins its heading path. A
    source is not a page: it does not document what it mentions.
    """
    outline = _Outline()
    outline.add(items)
    document = _clipped(title) or PurePosixPath(path).stem or path or "untitled"
    return tuple(draft.finish(document, is_page=is_page) for draft in outline.drafts)


def _enclosing(path: tuple[str, ...], title: str) -> tuple[str, ...]:
    """Leave out the entries that a qualified name repeats: `a.B` around `a.B.method`."""
    while path and title.startswith(f"{path[-1]}."):
        path = path[:-1]
    return path


def _clipped(title: str) -> str:
    title = " ".join(title[: 4 * TITLE_CHARACTERS].split())
    if len(title) <= TITLE_CHARACTERS:
        return title
    return f"{title[: TITLE_CHARACTERS - 1].rstrip()}…"
