"""The text of PDF files, as `decode_pdf` has it. Lines are pages: a PDF has no other places.

Headings are those of the outline; without one, each page is a section. Running heads, the numbers
of pages and tables of contents are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from askdocs_indexer.readers.markdown_writer import literal, without_blocks
from askdocs_indexer.readers.pdf.decoding import HEADING, PAGE_BREAK, title_letters
from askdocs_indexer.readers.sections import Heading, Item, sections_of
from askdocs_indexer.types import Block, Include, Section, nothing_included

_HEADING = re.compile(rf"{HEADING}(?P<level>\d) (?P<title>.*)$")
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"^\d{1,5}\s+|\s+\d{1,5}$")
_LEADERS = re.compile(r"(?:\. ?){5,}\s*(?:\d{1,5}|[ivxlc]{1,7})\s*$")
_NUMBER = re.compile(r"[-–—|\s]*(?:\d{1,5}|[ivxlc]{1,7})[-–—|\s]*$", re.IGNORECASE)
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_A-Z])")
_BULLET = re.compile(r"[•▪◦‣·∙]\s*|\(?\d{1,2}[.)]\s")
_SENTENCE_END = (".", "!", "?", ":", "。")
# A running head stands on at least so many pages; it is sought in so many lines of each edge.
_LEAST_PAGES = 3
_EDGE = 2
# A line that ends a sentence this much earlier than others do ends a paragraph.
_SHORT = 0.8


def read_pdf(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a PDF's text."""
    title, *pages = text.split(PAGE_BREAK)
    lines = _without_running_heads([page.split("\n") for page in pages])
    return sections_of(_items(lines), path, title, is_page=False)


def _items(pages: Sequence[Sequence[str]]) -> Iterator[Item]:
    has_outline = any(_HEADING.match(line) for page in pages for line in page)
    for number, page in enumerate(pages, 1):
        if not has_outline and any(map(str.strip, page)):
            yield Heading(2, f"Page {number}", number, number)
        run: list[str] = []
        for line in page:
            heading = _HEADING.match(line)
            if heading is None:
                run.append(line)
                continue
            yield from _paragraphs(run, number)
            run = []
            yield Heading(int(heading["level"]) + 1, heading["title"], number, number)
        yield from _paragraphs(run, number)


def _without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """Drop the numbers of pages, and lines at their edges that are titles or stand on others."""
    headings = (_HEADING.match(line) for page in pages for line in page)
    titles = {title_letters(heading["title"]) for heading in headings if heading}
    seen = Counter(head for page in pages for head in {_head(page[i]) for i in _edges(page)})

    def is_repeated(line: str) -> bool:
        is_title = title_letters(_PAGE_NUMBER.sub("", line)) in titles
        return is_title or seen[_head(line)] >= _LEAST_PAGES

    return [
        [
            line
            for index, line in enumerate(page)
            if not (
                _LEADERS.search(line)
                or (index in edges and (_NUMBER.match(line) or is_repeated(line)))
            )
        ]
        for page, edges in ((page, _edges(page)) for page in pages)
    ]


def _edges(page: Sequence[str]) -> set[int]:
    """Return the indexes of a page's first and last lines of text."""
    filled = [i for i, line in enumerate(page) if line.strip() and not _HEADING.match(line)]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _head(line: str) -> str:
    return _DIGITS.sub("", line).strip()


def _paragraphs(lines: Sequence[str], page: int) -> Iterator[Block]:
    width = max(map(len, lines), default=0)
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if paragraph and (not line.strip() or _BULLET.match(line)):
            yield _block(paragraph, page)
            paragraph = []
        if line.strip():
            paragraph.append(line.strip())
            if line.rstrip().endswith(_SENTENCE_END) and len(line) < _SHORT * width:
                yield _block(paragraph, page)
                paragraph = []


def _block(lines: Sequence[str], page: int) -> Block:
    text = _HYPHENATED.sub("", "\n".join(lines))
    shown = without_blocks(literal(text))
    bullet = re.match(r"[•▪◦‣·∙]\s*", shown)
    return Block(f"- {shown[bullet.end() :]}" if bullet else shown, page, page)
