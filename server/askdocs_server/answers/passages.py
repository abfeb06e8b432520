"""Passages as the answer uses them: numbered citations and their excerpts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from askdocs_indexer.types import Hit, Link
from askdocs_server.text.markdown import open_fence
from askdocs_server.text.sanitize import safe_markdown

EXCERPT_CHARACTERS = 1200
_MIN_SHARE = 0.25

_OPEN_LINK = re.compile(r"!?\[[^\]]*(?:\](?:\([^)]*)?)?$")


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """Words of a passage that a statement rests on, as they stand there.

    Lines are 1-based and inclusive. `before_start` and `before_end` are what stands in front of the
    words' beginning and of their end, in the first line and in the last: positions in any encoding
    follow from them. They are None where the file does not hold the words in this form; the lines
    are the passage's then.
    """

    text: str
    start_line: int
    end_line: int
    before_start: str | None = None
    before_end: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage under its number in the answer.

    `path` is relative to the root, lines are 1-based and inclusive. `breadcrumb` is the path of
    headings that leads to it. `text` is the whole passage and `excerpt` its beginning, both
    Markdown. `verified` says whether it holds the words of a statement that cites it, and `quotes`
    are these words; None where no statement cites it. `links` are those of its section.
    """

    number: int
    path: str
    start_line: int
    end_line: int
    title: str
    text: str
    excerpt: str
    score: float
    breadcrumb: str = ""
    verified: bool | None = None
    quotes: tuple[QuotedWords, ...] = ()
    links: tuple[Link, ...] = ()


def cite(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Number the hits from 1, best first."""
    return tuple(
        Citation(
            number=number,
            path=hit.chunk.path,
            start_line=hit.chunk.start_line,
            end_line=hit.chunk.end_line,
            title=hit.chunk.title,
            text=hit.chunk.text,
            excerpt=excerpt(hit.chunk.text),
            score=hit.score,
            breadcrumb=hit.chunk.breadcrumb,
            links=hit.chunk.links,
        )
        for number, hit in enumerate(hits, start=1)
    )


def excerpt(markdown: str) -> str:
    """Return the beginning of a passage as Markdown that is safe to show."""
    return safe_markdown(shorten(markdown, EXCERPT_CHARACTERS))


def shorten(text: str, characters: int) -> str:
    """Cut Markdown between paragraphs, else at a line's end, closing a code block cut open.

    A link that was cut is left out.
    """
    if len(text) <= characters:
        return text
    beginning = text[:characters]
    for border in ("\n\n", "\n"):
        if (end := beginning.rfind(border)) >= characters * _MIN_SHARE:
            beginning = beginning[:end]
            break
    if (fence := open_fence(beginning)) is not None:
        return f"{beginning}\n{fence.closing_line}\n…"
    link = _OPEN_LINK.search(beginning, int(characters * _MIN_SHARE))
    if link and (not beginning.endswith("]") or text[len(beginning) :].startswith("(")):
        beginning = beginning[: link.start()].rstrip()
    return f"{beginning}\n…"
