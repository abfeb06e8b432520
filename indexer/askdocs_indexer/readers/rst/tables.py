"""Tables of reStructuredText: grid and simple tables, to rows of source text.

The cells hold the source's own words; a table that spans cells is too rich for Markdown and is
returned as None, to be shown as it was drawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from askdocs_indexer.readers.markdown_writer import Row

# A simple table may take this many lines: a border that nothing closes must stay cheap.
LONGEST = 500
GRID_BORDER = re.compile(r"\+(?:[-=]+\+)+$")
SIMPLE_BORDER = re.compile(r"=+(?: +=+)+$")
_SIMPLE_SPAN = re.compile(r"-+(?: +-+)*$")


@dataclass(frozen=True, slots=True)
class Table:
    """A table's header cells (maybe none) and rows."""

    header: Sequence[str]
    rows: Sequence[Row]


def table_end(lines: Sequence[str]) -> int:
    """Return how many of `lines` belong to the table that begins with them; 0 for no table.

    A simple table is closed by the border that a blank line, or nothing, follows.
    """
    if GRID_BORDER.match(lines[0]):
        return next((i for i, line in enumerate(lines) if line[:1] not in {"+", "|"}), len(lines))
    if not SIMPLE_BORDER.match(lines[0]):
        return 0
    for index, line in enumerate(lines[1:], 1):
        closes = index + 1 == len(lines) or not lines[index + 1].strip()
        if closes and SIMPLE_BORDER.match(line):
            return index + 1
    return next((i for i, line in enumerate(lines) if not line.strip()), len(lines))


def parse_table(lines: Sequence[str], first_line: int) -> Table | None:
    """Parse a table whose first line has the number `first_line` in the file."""
    if GRID_BORDER.match(lines[0]):
        return _grid_table(lines, first_line)
    return _simple_table(lines, first_line)


def _grid_table(lines: Sequence[str], first_line: int) -> Table | None:
    columns = [index for index, character in enumerate(lines[0]) if character == "+"]
    header: list[str] = []
    rows: list[Row] = []
    cells: list[list[str]] = [[] for _ in columns[1:]]
    top = 1
    for index, line in enumerate(lines[1:], 1):
        if len(line) <= columns[-1] or any(line[column] not in "+|" for column in columns):
            return None
        if line[0] == "+":
            if not GRID_BORDER.match(line):
                return None
            row = Row([_joined(cell) for cell in cells], first_line + top, first_line + index)
            if "=" in line and not rows and not header:
                header = list(row.cells)
            else:
                rows.append(row)
            cells, top = [[] for _ in columns[1:]], index + 1
            continue
        if any(line[column] == "+" for column in columns):
            return None
        for cell, (left, right) in zip(cells, pairwise(columns), strict=True):
            cell.append(line[left + 1 : right])
    return Table(header, rows)


def _simple_table(lines: Sequence[str], first_line: int) -> Table | None:
    spans = [match.span() for match in re.finditer(r"=+", lines[0])]
    borders = [index for index, line in enumerate(lines) if SIMPLE_BORDER.match(line)]
    if len(borders) < 2 or borders[-1] != len(lines) - 1:
        return None
    header_end = borders[1] if len(borders) > 2 else 0
    rows: list[tuple[list[list[str]], int, int]] = []
    fresh = True
    for index, line in enumerate(lines):
        if index in {0, header_end, borders[-1]} or not line.strip():
            fresh = True
            continue
        if _SIMPLE_SPAN.match(line):
            return None
        cells = _simple_cells(line, spans)
        if cells is None:
            return None
        # A blank first cell continues the row above, unless a blank line came between.
        if rows and not cells[0] and not fresh:
            for cell, text in zip(rows[-1][0], cells, strict=True):
                cell.append(text)
            rows[-1] = (rows[-1][0], rows[-1][1], first_line + index)
        else:
            rows.append(([[text] for text in cells], first_line + index, first_line + index))
        fresh = False
    head = [row for row in rows if row[1] < first_line + header_end]
    body = rows[len(head) :]
    header = [
        _joined([text for row in head for text in row[0][column]]) for column in range(len(spans))
    ]
    return Table(
        header if head else (),
        [Row([_joined(cell) for cell in cells], start, end) for cells, start, end in body],
    )


def _simple_cells(line: str, spans: Sequence[tuple[int, int]]) -> list[str] | None:
    """Cut a line at the columns; None where text crosses a column's border."""
    for (_, left), (right, _) in pairwise(spans):
        if line[left:right].strip():
            return None
    last = len(spans) - 1
    return [
        line[left : None if column == last else right].strip()
        for column, (left, right) in enumerate(spans)
    ]


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part.strip() for part in parts if part.strip())
