"""What connects a document with others, beside its text: links, the labels that links lead to, and
the words that its authors index it under.

Readers find these in the lines of the document, where renderers would find them too, and not in
the text that they show: that has no need of targets and labels.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import unquote

from askdocs_indexer.types import Link, Section
from askdocs_indexer.words.sentences import sentence_ends

# Nobody reads more links than this in a section; a generated list has thousands.
_MOST_LINKS = 300
_MOST_KEYWORDS = 100
# Nor is there a paragraph with more marks of links than this that somebody has written.
MOST_MARKS = 2000
_TEXT_CHARACTERS = 160
_CONTEXT_CHARACTERS = 200
_KEYWORDS_CHARACTERS = 400
# How far from a link its sentence is looked for.
_AROUND = 240
_PAGE = 0

_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z\d+.-]*:|//|\\\\)")
# What is shown or downloaded, and never read.
_ASSET = re.compile(
    r"\.(?:avif|bmp|bz2|css|eot|exe|gif|gz|ico|jar|jpe?g|mov|mp[34]|ogg|otf|png|svg|tar|tgz|tiff?"
    r"|ttf|wav|webm|webp|whl|woff2?|xz|zip)$",
    re.IGNORECASE,
)
_WORD_SEPARATOR = re.compile(r"[\W_]+")

_Value = TypeVar("_Value")


@dataclass(slots=True)
class Connections:
    """Collects what a document has of these, each with its 1-based line."""

    links: list[tuple[int, Link]] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    keywords: list[tuple[int, str]] = field(default_factory=list)

    def link(self, line: int, text: str, context: str, target: str) -> None:
        """Add a link, unless it leads nowhere, or shows no more than the file that it leads to."""
        is_file = target[:1] not in {"", "#", ":"} and target.endswith(text.lstrip("./") or "?")
        if target and (context or not is_file):
            link = Link(_shortened(text, _TEXT_CHARACTERS), context, target)
            self.links.append((line, link))

    def label(self, line: int, name: str) -> None:
        """Add a label of the section that a line belongs to."""
        if name := " ".join(name.split())[:_TEXT_CHARACTERS]:
            self.labels.append((line, name))

    def index(self, words: str, line: int = _PAGE) -> None:
        """Add words for the section that a line belongs to, or for the page."""
        if words := _shortened(words, _KEYWORDS_CHARACTERS):
            self.keywords.append((line, words))

    def former(self, address: str) -> None:
        """Add an address that the page once had, whose name is also a keyword."""
        path = address.partition("#")[0].strip()
        if not _ADDRESS.match(path) and (words := words_of_address(path)):
            self.index(words)
            self.label(_PAGE, f"/{path.strip('/')}")

    def add(self, others: Connections, lines: Sequence[int]) -> None:
        """Add what a piece of the document has, whose lines are these lines of the document."""

        def moved(values: Iterable[tuple[int, _Value]]) -> Iterator[tuple[int, _Value]]:
            last = len(lines)
            return ((lines[min(n, last) - 1] if n else _PAGE, value) for n, value in values)

        self.links += moved(others.links)
        self.labels += moved(others.labels)
        self.keywords += moved(others.keywords)

    def attached(self, sections: tuple[Section, ...]) -> tuple[Section, ...]:
        """Return sections with what belongs to their lines."""
        if not sections or not (self.links or self.labels or self.keywords):
            return sections
        order = sorted(range(len(sections)), key=lambda i: sections[i].start_line)
        starts = [sections[index].start_line for index in order]

        def by_section(values: Sequence[tuple[int, _Value]]) -> dict[int, dict[_Value, None]]:
            owned: dict[int, dict[_Value, None]] = {}
            for line, value in values:
                index = order[max(bisect_right(starts, line) - 1, 0)]
                owned.setdefault(0 if line == _PAGE else index, {})[value] = None
            return owned

        links, labels = by_section(self.links), by_section(self.labels)
        keywords = by_section(self.keywords)
        return tuple(
            replace(
                section,
                links=tuple(links.get(index, ()))[:_MOST_LINKS],
                labels=tuple(labels.get(index, ())),
                keywords=tuple(_others(section.title, keywords.get(index, ()))),
            )
            if index in links or index in labels or index in keywords
            else section
            for index, section in enumerate(sections)
        )


def _others(title: str, keywords: Iterable[str]) -> list[str]:
    """Return keywords that say more than a section's title."""
    others = [words for words in keywords if words.casefold() != title.casefold()]
    return others[:_MOST_KEYWORDS]


def target_within(path: str, written: str) -> str:
    """Return where a link on the page at `path` leads, as `Link.target`; "" for elsewhere.

    `written` is an address as the page has it, relative to the page's folder or to its site.
    """
    written = written.strip()
    if not written or _ADDRESS.match(written):
        return ""
    address, mark, fragment = written.partition("#")
    address = unquote(address.partition("?")[0])
    fragment = f"#{unquote(fragment)}" if fragment else ""
    if not address:
        return fragment if mark else ""
    if _ASSET.search(address) or "\n" in address:
        return ""
    if address[0] == "/":
        return posixpath.normpath(f"/{address.lstrip('/')}") + fragment
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), address)) + fragment


def words_of_address(address: str) -> str:
    """Return the words in the last part of an address: `/guide/error-pages/` -> `error pages`."""
    name = posixpath.basename(re.sub(r"(?:/index)?(?:\.\w{1,8})?/?$", "", address.strip()))
    return " ".join(_WORD_SEPARATOR.split(name)).strip()


def context_of(
    text: str,
    start: int,
    end: int,
    plain: Callable[[str], str],
    without_links: Callable[[str], str],
) -> str:
    """Return the sentence around the link at [start, end) of a paragraph; "" in a list of links.

    `plain` takes the markup off, `without_links` what the sentence's links show.
    """
    first, last = max(start - _AROUND, 0), min(end + _AROUND, len(text))
    window = text[first:last]
    begin, stop = 0, len(window)
    for boundary in sentence_ends(window):
        if boundary <= start - first:
            begin = boundary
        elif boundary >= end - first:
            stop = boundary
            break
    if not any(map(str.isalpha, without_links(window[begin:stop]))):
        return ""
    if stop - begin > _CONTEXT_CHARACTERS:
        before = plain(window[begin : start - first])
        link = plain(window[start - first : end - first])
        after = plain(window[end - first : stop])
        room = max(_CONTEXT_CHARACTERS - len(link), 0)
        before = _ending(before, max(room // 2, room - len(after)))
        whole = " ".join(filter(None, (before, link, after)))
        return _shortened(whole, _CONTEXT_CHARACTERS)
    return " ".join(plain(window[begin:stop]).split())


def _ending(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    return text[len(text) - size :].partition(" ")[2] if size > 0 else ""


def _shortened(text: str, size: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= size else text[:size].rpartition(" ")[0] or text[:size]
