"""Passages as the answer uses them: numbered citations, their excerpts, and their sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from askdocs_indexer.types import Hit
from askdocs_server.safe_markdown import safe_markdown

EXCERPT_CHARACTERS = 1200
_MIN_LABEL_WORDS = 6

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_RULE_ROW = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_SENTENCE_END = re.compile(
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<=[.!?])[\"')\]`*]*\s+(?=[\"'(`*\[]*[A-Z0-9])"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage under its number in the answer.

    `path` is relative to the root, lines are 1-based and inclusive. `text` is the whole passage
    and `excerpt` its beginning, both Markdown. `verified` says whether the sentences that cite it
    are supported by it; None where none does.
    """

    number: int
    path: str
    start_line: int
    end_line: int
    title: str
    text: str
    excerpt: str
    score: float
    verified: bool | None = None

    @property
    def place(self) -> str:
        """`path:line`, as editors and terminals link it."""
        return f"{self.path}:{self.start_line}"


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
        )
        for number, hit in enumerate(hits, start=1)
    )


def excerpt(markdown: str) -> str:
    """Return the beginning of a passage as Markdown that is safe to show."""
    return safe_markdown(shorten(markdown, EXCERPT_CHARACTERS))


def shorten(text: str, characters: int) -> str:
    """Cut Markdown at a line's end, closing a code block that is cut open."""
    if len(text) <= characters:
        return text
    lines = text[:characters].split("\n")
    kept = "\n".join(lines[:-1]) if len(lines) > 1 else lines[0]
    fences = [match[1] for line in kept.split("\n") if (match := _FENCE.match(line))]
    closing = f"\n{fences[-1]}" if len(fences) % 2 else ""
    return f"{kept}{closing}\n…"


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item or table row of a passage; `header` is the table's header row."""

    text: str
    header: str = ""


def units(text: str) -> list[Unit]:
    """Split a Markdown passage into what can be quoted; code, headings and markup are left out."""
    found: list[Unit] = []
    for lines in _paragraphs(text):
        if any("|" in line and line.strip().startswith("|") for line in lines):
            found.extend(_rows(lines))
            continue
        prose = " ".join(_LIST_MARK.sub("", _TAG.sub("", line)).strip() for line in lines)
        found.extend(Unit(part) for part in split_sentences(prose) if _says_something(part))
    return found


def _says_something(sentence: str) -> bool:
    """Neither a label ("Search parameters"), nor an announcement of code, nor code itself."""
    if sentence.endswith(":") or sentence.startswith(">>>"):
        return False
    return sentence.endswith((".", "!", "?", ")")) or len(sentence.split()) >= _MIN_LABEL_WORDS


def split_sentences(prose: str) -> list[str]:
    """Split one paragraph of prose at its sentences' ends."""
    return [part.strip() for part in _SENTENCE_END.split(prose) if part.strip()]


def first_sentences(text: str, characters: int, *, at_least_one: bool = False) -> str:
    """Return the beginning of a paragraph up to a size, cut where a sentence ends; "" for none.

    The first sentence is returned whatever its length where at least one is asked for.
    """
    if len(text) <= characters:
        return text
    found = [text[: match.end()].rstrip() for match in _SENTENCE_END.finditer(text)]
    whole = [one for one in found if _is_closed(one)]
    fitting = [one for one in whole if len(one) <= characters]
    if fitting:
        return fitting[-1]
    if not at_least_one:
        return ""
    return whole[0] if whole else text


def _is_closed(text: str) -> bool:
    """Whether no code span, link or bold text is open at the end."""
    opened = text.count("`") % 2 or text.count("**") % 2
    return not opened and text.count("[") == text.count("]")


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Runs of lines that belong together: a paragraph, a list item, a table."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1]
        borders = fence or match or not line.strip() or _HEADING.match(line)
        if (borders or _LIST_MARK.match(line)) and lines:
            yield lines
            lines = []
        if not borders:
            lines.append(line)
    if lines:
        yield lines


def _rows(lines: Sequence[str]) -> Iterator[Unit]:
    rows = [line for line in lines if line.strip().startswith("|")]
    has_header = len(rows) > 1 and bool(_RULE_ROW.match(rows[1]))
    header = " ".join(_cells(rows[0])) if has_header else ""
    for row in rows[2:] if has_header else rows:
        if cells := _cells(row):
            first, rest = cells[0], "; ".join(cell.rstrip(".") for cell in cells[1:])
            yield Unit(f"{first}: {rest}" if rest else first, header)


def _cells(row: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", row.strip().strip("|"))
    return [" ".join(_TAG.sub(" ", cell).split()) for cell in cells if cell.strip()]
