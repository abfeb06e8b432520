"""The lines of an AsciiDoc document with its includes in place and its conditions decided.

Directives stand on lines of their own, in code as well as in text; they are followed before any
block is read. A line that comes from another file has the number of the directive in the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from askdocs_indexer.readers.asciidoc.attribute_lists import attribute_list
from askdocs_indexer.readers.asciidoc.attributes import Attributes, entry_at
from askdocs_indexer.readers.asciidoc.includes import included_paths, selected
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.types import Include

# Files include files; more of them than any manual has may not fill the memory.
_DEEPEST = 8
_MOST_CHARACTERS, _MOST_READ = 4_000_000, 40_000_000
_MOST_FILES = 2_000

_INCLUDE = re.compile(r"include::(?P<target>[^\s\[][^\[]*)\[(?P<attributes>.*)\]$")
_CONDITION = re.compile(
    r"(?P<kind>ifdef|ifndef|ifeval|endif)::(?P<names>[^\s\[]*)\[(?P<text>.*)\]$"
)
_ESCAPED = re.compile(r"\\(?=(?:include|ifdef|ifndef|ifeval|endif)::)")
_COMPARISON = re.compile(
    r"\s*(?P<left>\"[^\"]*\"|'[^']*'|[^\s\"'<>=!]+)\s*(?P<sign>[<>=!]=|[<>])\s*"
    r"(?P<right>\"[^\"]*\"|'[^']*'|[^\s\"'<>=!]+)\s*$"
)
# The signs of the differences that a comparison allows.
_ORDERS = {"==": {0}, "!=": {-1, 1}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}
# Blocks in which a line is never an attribute's entry; in comments, directives are none either.
_VERBATIM = re.compile(r"(?:-{4,}|\.{4,}|\+{4,}|/{4,}|```+)")
_COMMENT = "////"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number in the page; `offset` moves the level of a section that it begins."""

    text: str
    number: int
    offset: int = 0


class Preprocessor:
    """Follows the directives of the document at `path`."""

    def __init__(self, path: str, include: Include, attributes: Attributes) -> None:
        self._include = include
        self._attributes = attributes
        self._open = [path]
        self._left, self._readable = _MOST_CHARACTERS, _MOST_READ
        self._files = _MOST_FILES
        self.lines: list[Line] = []

    def add(self, texts: Sequence[str], number: int = 0, offset: int = 0) -> None:
        """Add a file's lines; `number` is that of the directive in the page, 0 for the page."""
        conditions: list[bool] = []
        fence = ""
        for index, text in enumerate(texts):
            line = Line(text.rstrip(), number or index + 1, offset)
            if fence.startswith(_COMMENT):
                fence = "" if line.text == fence else fence
                self.lines.append(line)
                continue
            condition = _CONDITION.match(line.text) if "::" in text else None
            if condition:
                self._decide(condition, conditions, line)
            elif all(conditions):
                fence = self._line(line, texts, index, fence)

    def _line(self, line: Line, texts: Sequence[str], index: int, fence: str) -> str:
        """Add a line, or what it includes; return the delimiter of the verbatim block around."""
        directive = _INCLUDE.match(line.text) if line.text.startswith("include::") else None
        if directive:
            self._follow(directive, line)
            return fence
        self.lines.append(Line(_ESCAPED.sub("", line.text), line.number, line.offset))
        if _VERBATIM.match(line.text) and (fence or _is_delimiter(line.text)):
            return "" if line.text == fence else fence or line.text
        entry = None if fence else entry_at(texts, index)
        if entry:
            self._attributes.enter(entry)
        return fence

    def _follow(self, directive: re.Match[str], line: Line) -> None:
        target = self._attributes.resolved(directive["target"])
        if len(self._open) > _DEEPEST or not self._files:
            return
        self._files -= 1
        path, text = self._read(target)
        self._readable -= len(text)
        if self._readable < 0:
            return
        wanted = attribute_list(self._attributes.resolved(directive["attributes"])).named
        shift = re.match(r"[+-]?\d$", wanted.get("leveloffset", ""))
        offset = line.offset + int(shift[0]) if shift else line.offset
        chosen = selected(lines_of(text), wanted)
        self._left -= sum(map(len, chosen))
        if self._left >= 0:
            self._open.append(path)
            self.add(chosen, line.number, offset)
            self._open.pop()

    def _read(self, target: str) -> tuple[str, str]:
        """Return the path and the text of what a target means; nothing for what is open already."""
        for path in included_paths(target, self._open[-1]):
            text = None if path in self._open else self._include(path)
            if text is not None:
                return path, text
        return "", ""

    def _decide(self, condition: re.Match[str], conditions: list[bool], line: Line) -> None:
        kind, names, text = condition["kind"], condition["names"], condition["text"]
        if kind == "endif":
            del conditions[-1:]
            return
        if kind == "ifeval":
            conditions.append(self._compares(text))
            return
        if not names:
            return
        separator = "," if "," in names else "+"
        defined = [name.lower() in self._attributes.values for name in names.split(separator)]
        holds = any(defined) if separator == "," else all(defined)
        holds = holds == (kind == "ifdef")
        if not text:
            conditions.append(holds)
        elif holds and all(conditions):
            self._line(Line(text, line.number, line.offset), [text], 0, "")

    def _compares(self, text: str) -> bool:
        match = _COMPARISON.match(text)
        if match is None:
            return False
        left, right = (self._operand(match[side]) for side in ("left", "right"))
        if isinstance(left, str) != isinstance(right, str):
            return match["sign"] == "!="
        order = (str(left) > str(right)) - (str(left) < str(right))
        if isinstance(left, float) and isinstance(right, float):
            order = (left > right) - (left < right)
        return order in _ORDERS[match["sign"]]

    def _operand(self, written: str) -> str | float:
        value = self._attributes.resolved(written)
        if written[0] in "\"'":
            return value[1:-1]
        try:
            return float(value)
        except ValueError:
            return value


def _is_delimiter(text: str) -> bool:
    return text.startswith("```") or len(set(text)) == 1
