"""A passage split into what can be quoted and checked: sentences, items, rows, code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from askdocs_indexer.words.forms import word_count
from askdocs_indexer.words.sentences import ends_sentence
from askdocs_server.text.markdown import LIST_MARK, Run, runs, sentence_ends, without_list_mark

Kind = Literal["sentence", "item", "row", "label", "code"]

_MIN_LABEL_WORDS = 6

_HEADING = re.compile(r"^\s*#{1,6}\s")
_RULE_ROW = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a passage, in Markdown.

    `paragraph` is the same for the pieces of one paragraph or table. `header` is a table's header
    row. A label ("Search parameters", "Call it as follows:") only announces what follows it.
    """

    text: str
    kind: Kind = "sentence"
    paragraph: int = 0
    header: str = ""


def units(text: str) -> list[Unit]:
    """Return a passage's sentences, list items and table rows, without code and labels."""
    return [unit for unit in pieces(text) if unit.kind not in ("label", "code")]


def pieces(text: str) -> list[Unit]:
    """Return all that a passage consists of, in order, except headings and markup."""
    parts: list[Unit] = []
    for number, paragraph in enumerate(_paragraphs(text)):
        lines = paragraph.lines
        if paragraph.fence is not None:
            parts.append(Unit("\n".join(lines), "code", number))
        elif any(line.strip().startswith("|") for line in lines):
            parts.extend(Unit(row, "row", number, header) for row, header in _rows(lines))
        else:
            parts.extend(_prose(lines, number))
    return parts


def split_sentences(prose: str) -> list[str]:
    """Split a paragraph of prose into sentences."""
    cuts = [0, *sentence_ends(prose), len(prose)]
    parts = (prose[start:end].strip() for start, end in pairwise(cuts))
    return [part for part in parts if part]


def first_sentences(text: str, characters: int, *, at_least_one: bool = False) -> str:
    """Return the beginning of a paragraph up to a size, cut where a sentence ends, "" if none fits.

    With `at_least_one`, the first sentence is returned whatever its length.
    """
    if len(text) <= characters:
        return text
    beginnings = [text[:end].rstrip() for end in sentence_ends(text)]
    whole = [beginning for beginning in beginnings if _is_closed(beginning)]
    fitting = [beginning for beginning in whole if len(beginning) <= characters]
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
    kind: Kind = "item" if LIST_MARK.match(lines[0]) else "sentence"
    prose = " ".join(without_list_mark(_TAG.sub("", line)).strip() for line in lines)
    for index, part in enumerate(split_sentences(prose)):
        own: Kind = kind if index == 0 else "sentence"
        yield Unit(part, own if _says_something(part) else "label", number)


def _says_something(sentence: str) -> bool:
    """Neither a label ("Search parameters"), nor an announcement of code, nor code itself."""
    if sentence.endswith((":", "：")) or sentence.startswith(">>>"):
        return False
    is_whole = sentence.endswith((")", "）")) or ends_sentence(sentence)
    return is_whole or word_count(sentence) >= _MIN_LABEL_WORDS


def _paragraphs(text: str) -> Iterator[Run]:
    """Yield runs of lines that belong together: a paragraph, a list item, a table, a code block."""
    for run in runs(text):
        if run.fence is None:
            yield from map(Run, _between_blanks(run.lines))
        elif run.is_open:
            yield Run([*run.lines, run.fence.closing_line], run.fence)
        else:
            yield run


def _between_blanks(lines: Sequence[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in lines:
        is_border = not line.strip() or _HEADING.match(line)
        if (is_border or LIST_MARK.match(line)) and paragraph:
            yield paragraph
            paragraph = []
        if not is_border:
            paragraph.append(line)
    if paragraph:
        yield paragraph


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a table's rows as text, each with the header row.

    A row reads `key: description; Range: 1 to 9`: the first cell names what the second
    describes, and from the third on the column's name says what a cell is.
    """
    rows = [line for line in lines if line.strip().startswith("|")]
    has_header = len(rows) > 1 and bool(_RULE_ROW.match(rows[1]))
    names = _cells(rows[0]) if has_header else []
    for row in rows[2:] if has_header else rows:
        named = [_named(index, cell, names) for index, cell in enumerate(_cells(row)) if cell]
        if named:
            first, *rest = named
            yield (f"{first}: {'; '.join(rest)}" if rest else first), " ".join(names)


def _named(column: int, cell: str, names: Sequence[str]) -> str:
    text = cell.rstrip(".") if column else cell
    return f"{names[column]}: {text}" if 2 <= column < len(names) and names[column] else text


def _cells(row: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
    return [" ".join(_TAG.sub(" ", cell).split()) for cell in cells]
