"""Markdown's marks, each defined once: fences of code, list marks, and where a sentence ends.

Whole documents are read with a parser. This is for texts that a parser would misread: a passage
cut anywhere, a single line, an answer that is still being written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from askdocs_indexer.words import sentences

LIST_MARK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
"""A list item's beginning up to its text."""

FENCE_RUN = re.compile(r"`{3,}|~{3,}")
"""What a fence is made of; a text without one has no fence."""

CITATION = (
    r"\[\d{1,2}(?:\s*,\s*\d{1,2})*"
    r"(?:\s*[:,]?\s*[\"“”„«「『](?:(?!\n\s*\n|```)[\s\S]){0,500}?(?:[\"”“»」』]\s*\]|\Z)|\s*\])"
    r"(?![(\"])"
)
"""A pattern of a citation mark, `[1]`, or with words of the passage, `[1: "kept for a month"]`.

A text may break off within the words.
"""

CODE_SPAN = r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>[^\n]*?)(?<!`)(?P=ticks)(?!`)"
"""A pattern of code within a line."""

_MIN_FENCE = 3
_OPENING = re.compile(
    r"(?P<indent>[ \t]*)(?P<marks>(?P<character>[`~])(?P=character){2,})(?P<info>.*)"
)
_CODE_SPAN = re.compile(CODE_SPAN)


@dataclass(frozen=True, slots=True)
class Fence:
    """What opens a block of code: a run of one character, then the info string.

    `indent` may be of any width, as in a list item.
    """

    character: str
    length: int
    info: str = ""
    indent: str = ""

    @property
    def closing_line(self) -> str:
        """The line that ends the block."""
        return f"{self.indent}{self.character * self.length}"

    @property
    def closing(self) -> re.Pattern[str]:
        """Finds a line that ends the block: at least as many of the same character, and no info."""
        run = rf"{self.character}{{{self.length},}}"
        return re.compile(rf"^[ \t]*{run}[ \t\r]*$", re.MULTILINE)

    def is_closed_by(self, line: str) -> bool:
        """Whether a line below this one ends the block."""
        return self.closing.fullmatch(line) is not None


@dataclass(frozen=True, slots=True)
class Run:
    """Lines between fences, or a block of code with its fences; `is_open` if its end is missing."""

    lines: list[str]
    fence: Fence | None = None
    is_open: bool = False


def opening_fence(line: str) -> Fence | None:
    """Return the fence that a line opens outside of code, if it does."""
    match = _OPENING.fullmatch(line.rstrip())
    # Backticks followed by more backticks on the line are a code span.
    if match is None or (match["character"] == "`" and "`" in match["info"]):
        return None
    return Fence(match["character"], len(match["marks"]), match["info"].strip(), match["indent"])


def runs(text: str) -> Iterator[Run]:
    """Yield a text's lines in runs: those of a block of code, and those between the blocks."""
    lines: list[str] = []
    fence: Fence | None = None
    for line in text.split("\n"):
        if fence is not None:
            lines.append(line)
            if fence.is_closed_by(line):
                yield Run(lines, fence)
                lines, fence = [], None
            continue
        fence = opening_fence(line)
        if fence is not None and lines:
            yield Run(lines)
            lines = []
        lines.append(line)
    if lines:
        yield Run(lines, fence, is_open=fence is not None)


def open_fence(text: str) -> Fence | None:
    """Return the fence of the code block that is open at a text's end, if any."""
    *_, last = runs(text)
    return last.fence if last.is_open else None


def ends_with_code(text: str) -> bool:
    """Whether the last line of a text closes a block of code."""
    *_, last = runs(text)
    return last.fence is not None and not last.is_open


def code_and_text(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is code (a block or a span)."""
    between = ""
    for run in runs(text):
        yield between, False
        piece = "\n".join(run.lines)
        if run.fence is None:
            yield from _spans(piece)
        else:
            yield piece, True
        between = "\n"


def fenced(code: str, info: str = "") -> str:
    """Return a block of code, in a fence that no line of it closes."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(_MIN_FENCE, longest + 1)
    return f"{fence}{info}\n{code}\n{fence}"


def without_list_mark(text: str) -> str:
    """Return a list item's text; any other text as it is."""
    mark = LIST_MARK.match(text)
    return text[mark.end() :] if mark else text


def sentence_ends(text: str) -> Iterator[int]:
    """Yield where the next sentence of a paragraph begins, for each that ends before another."""
    mark = LIST_MARK.match(text)
    yield from sentences.sentence_ends(text, mark.end() if mark else 0)


def _spans(text: str) -> Iterator[tuple[str, bool]]:
    begin = 0
    for span in _CODE_SPAN.finditer(text):
        yield text[begin : span.start()], False
        yield span[0], True
        begin = span.end()
    yield text[begin:], False
