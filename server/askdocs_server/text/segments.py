"""A passage taken apart into what can be quoted and checked: sentences, items, rows, code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["sentence", "item", "row", "label", "code"]

_MIN_LABEL_WORDS = 6

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_RULE_ROW = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_SENTENCE_END = re.compile(
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\b[A-Z]\.)(?<=[.!?])[\"')\]`*]*\s+"
    r"(?=[\"'(`*\[]*[A-Z0-9])"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a passage, in Markdown.

    `paragraph` is the same for the pieces of one paragraph or table. `header` is a table's header
    row. A label announces what follows it ("Search parameters", "Call it so:") and says nothing.
    """

    text: str
    kind: Kind = "sentence"
    paragraph: int = 0
    header: str = ""


def units(text: str) -> list[Unit]:
    """Return a passage's sentences, list items and table rows, without code and labels."""
    return [unit for unit in pieces(text) if unit.kind not in ("label", "code")]


def pieces(text: str) -> list[Unit]:
    """Return all that a passage consists of, in order, but for headings and markup."""
    found: list[Unit] = []
    for number, lines in enumerate(_paragraphs(text)):
        if _FENCE.match(lines[0]):
            found.append(Unit("\n".join(lines), "code", number))
        elif any(line.strip().startswith("|") for line in lines):
            found.extend(Unit(row, "row", number, header) for row, header in _rows(lines))
        else:
            found.extend(_prose(lines, number))
    return found


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


def _prose(lines: Sequence[str], number: int) -> Iterator[Unit]:
    kind: Kind = "item" if _LIST_MARK.match(lines[0]) else "sentence"
    prose = " ".join(_LIST_MARK.sub("", _TAG.sub("", line)).strip() for line in lines)
    for place, part in enumerate(split_sentences(prose)):
        own: Kind = kind if place == 0 else "sentence"
        yield Unit(part, own if _says_something(part) else "label", number)


def _says_something(sentence: str) -> bool:
    """Neither a label ("Search parameters"), nor an announcement of code, nor code itself."""
    if sentence.endswith(":") or sentence.startswith(">>>"):
        return False
    return sentence.endswith((".", "!", "?", ")")) or len(sentence.split()) >= _MIN_LABEL_WORDS


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Runs of lines that belong together: a paragraph, a list item, a table, a code block."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if fence:
            lines.append(line)
            if match and match[1].startswith(fence):
                yield lines
                lines, fence = [], ""
            continue
        is_border = match or not line.strip() or _HEADING.match(line)
        if (is_border or _LIST_MARK.match(line)) and lines:
            yield lines
            lines = []
        if match:
            fence = match[1]
        if match or not is_border:
            lines.append(line)
    if lines:
        yield [*lines, fence] if fence else lines


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a table's rows as text, each with the header row.

    A row reads `key: description; Range: 1 to 9`: the first cell names what the second says, and
    from the third on the column's name tells what a cell is.
    """
    rows = [line for line in lines if line.strip().startswith("|")]
    has_header = len(rows) > 1 and bool(_RULE_ROW.match(rows[1]))
    names = _cells(rows[0]) if has_header else []
    for row in rows[2:] if has_header else rows:
        cells = _cells(row)
        said = [_named(place, cell, names) for place, cell in enumerate(cells) if cell]
        if said:
            first, *rest = said
            yield (f"{first}: {'; '.join(rest)}" if rest else first), " ".join(names)


def _named(place: int, cell: str, names: Sequence[str]) -> str:
    said = cell.rstrip(".") if place else cell
    return f"{names[place]}: {said}" if 2 <= place < len(names) and names[place] else said


def _cells(row: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
    return [" ".join(_TAG.sub(" ", cell).split()) for cell in cells]
