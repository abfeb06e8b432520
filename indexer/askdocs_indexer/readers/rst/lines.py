"""The lines of a reStructuredText file with their indentation, which makes its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.rst.inline import to_markdown

_INDENT = re.compile(r" *")
BLANK = -1

DIRECTIVE = re.compile(
    r"\.\.\s+(?P<name>[A-Za-z0-9](?:[\w:.+-]{0,80}[\w+])?)\s?::(?:\s+(?P<argument>.*))?$"
)
# `:name: value` below a directive's first line.
OPTION = re.compile(r":(?P<name>[A-Za-z][\w -]{0,40}):(?:\s+(?P<value>.*))?$")
_SUBSTITUTION = re.compile(
    r" *\.\. \|(?P<name>[^|]{1,80})\| (?P<kind>replace|unicode)::(?P<text>.*)$"
)
_CODE_POINT = re.compile(r"^(?:0x|x|U\+|u|\\x|\\u|&#x)(?P<hex>[0-9A-Fa-f]{1,6});?$")


@dataclass(frozen=True, slots=True)
class Extent:
    """A run of lines [start, end) inside `classes`; `depth` counts the nesting."""

    start: int
    end: int
    classes: str
    depth: int


class Lines:
    """Lines by 0-based index, tabs expanded; `indents` holds each line's indentation or BLANK.

    A marker that was read (a bullet, a directive's name) is blanked out, so that the text behind it
    is parsed like the lines below it.
    """

    def __init__(self, text: str) -> None:
        self.texts = [line.expandtabs(8).rstrip() for line in lines_of(text)]
        self.indents = [_indent(line) for line in self.texts]
        self._substitutions = dict(self._defined())

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.texts)

    def markdown(self, text: str) -> str:
        """Return inline markup as Markdown, with the document's substitutions."""
        return to_markdown(text, self._substitutions)

    def _defined(self) -> Iterator[tuple[str, str]]:
        """Yield the substitutions that the document defines, as (name, Markdown)."""
        for index, line in enumerate(self.texts):
            match = _SUBSTITUTION.match(line) if "|" in line else None
            if match is None:
                continue
            end = self.block_end(index + 1, min(len(self), index + 20), self.indents[index])
            words = " ".join([match["text"], *self.texts[index + 1 : end]]).split()
            if match["kind"] == "unicode":
                shown = takewhile(lambda word: word != ".." and word[0] != ":", words)
                words = [_character(word) for word in shown]
            yield match["name"], to_markdown(" ".join(words))

    def is_blank(self, index: int) -> bool:
        """Return whether a line is empty or lies behind the end of the file."""
        return index >= len(self.texts) or self.indents[index] == BLANK

    def after_blank(self, index: int, end: int) -> int:
        """Return the index of the first line from `index` on that is not blank, or `end`."""
        while index < end and self.indents[index] == BLANK:
            index += 1
        return index

    def block_end(self, index: int, end: int, indent: int) -> int:
        """Return the index behind the last line from `index` on that is deeper than `indent`."""
        last = index
        while index < end:
            if self.indents[index] != BLANK:
                if self.indents[index] <= indent:
                    break
                last = index + 1
            index += 1
        return last

    def least_indent(self, start: int, end: int) -> int:
        """Return the smallest indentation of lines that are not blank, or BLANK if all are."""
        return min((indent for indent in self.indents[start:end] if indent != BLANK), default=BLANK)

    def dedented(self, start: int, end: int) -> list[str]:
        """Return lines without their common indentation."""
        cut = max(0, self.least_indent(start, end))
        return [line[cut:] for line in self.texts[start:end]]

    def keep(self, index: int, end: int, rest: str, column: int) -> None:
        """Leave only `rest`, the text behind a marker, on line `index` of a block up to `end`.

        It starts at `column`, or further left where the block's other lines do: authors do not
        always line them up.
        """
        below = self.least_indent(index + 1, end)
        column = column if below == BLANK else min(column, below)
        self.texts[index] = " " * column + rest if rest else ""
        self.indents[index] = column if rest else BLANK

    def blank(self, index: int) -> None:
        """Make a line blank."""
        self.texts[index] = ""
        self.indents[index] = BLANK


def _character(written: str) -> str:
    """Return the character that a code point like `U+00A9` stands for; text stays text."""
    match = _CODE_POINT.match(written)
    return chr(min(int(match["hex"], 16), 0x10FFFF)) if match else written


def _indent(line: str) -> int:
    match = _INDENT.match(line)
    return match.end() if line and match else BLANK


def options_below(lines: Lines, start: int, end: int) -> tuple[dict[str, str], int]:
    """Return the options of the directive at `start`, with the index of the first line below."""
    options: dict[str, str] = {}
    index = start + 1
    while index < end and (option := OPTION.match(lines.texts[index].strip())):
        options[option["name"]] = (option["value"] or "").strip()
        index += 1
    return options, index
