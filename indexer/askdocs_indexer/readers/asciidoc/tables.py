"""Tables of AsciiDoc: their cells, however they are separated, as rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from askdocs_indexer.readers.asciidoc.attribute_lists import BlockAttributes
from askdocs_indexer.readers.asciidoc.preprocessor import Line
from askdocs_indexer.readers.markdown_writer import Row, led, table
from askdocs_indexer.readers.sections import Item
from askdocs_indexer.types import Block

# `2.3+^.^a`: how far a cell goes or how often it is repeated, where its text is, what it holds.
_SPECIFIER = re.compile(
    r"(?:^|[ \t]+)(?:(?P<columns>\d{1,3})?(?:\.(?P<rows>\d{1,3}))?(?P<sign>[+*]))?"
    r"(?:[<^>](?:\.[<^>])?|\.[<^>])?(?P<style>[adehlmsv])?$"
)
_COLUMN = re.compile(r"\s*(?:(?P<count>\d{1,3})\*)?[^a-z]*(?P<style>[adehlmsv])?\s*$")
_FORMATS = {",": "csv", ":": "dsv"}
_SEPARATORS = {"csv": ",", "dsv": ":", "tsv": "\t"}
_TAIL_CHARACTERS = 20
# A cell above this size, or with code or a table in it, is laid out instead of shown in a cell.
_CELL_CHARACTERS = 400
_MOST_COLUMNS, _MOST_ROWS = 200, 200
# Behind so many cells, none is repeated or goes far.
_MOST_CELLS = 20_000


@dataclass(slots=True)
class Cell:
    """A cell's lines; `style` is the letter that says what it holds, "" for ordinary text."""

    style: str
    columns: int
    rows: int
    lines: list[Line] = field(default_factory=list)
    is_styled: bool = False


@dataclass(slots=True)
class Table:
    """Rows of cells, None where a cell of a row above or of the same row goes on."""

    rows: list[list[Cell | None]]
    has_header: bool


def read_table(opening: str, lines: Sequence[Line], block: BlockAttributes) -> Table:
    """Read the lines inside a table, which `opening` delimits."""
    styles = _column_styles(block.named.get("cols", ""))
    form = block.named.get("format", _FORMATS.get(opening[0], "psv"))
    separator = block.named.get("separator", _SEPARATORS.get(form, opening[0]))
    separator = "\t" if separator == "\\t" else separator[:1]
    if form in {"csv", "tsv"}:
        cells, first = _quoted_cells(lines, separator)
    elif form == "dsv":
        cells, first = _plain_cells(lines, separator)
    else:
        cells, first = _cells(lines, separator)
    columns = len(styles) or first or 1
    texts = ([line for line in cell.lines if line.text] for cell in cells[:columns])
    is_row = columns == first and all(len(text) < 2 for text in texts)
    return Table(_rows(cells, columns, styles), _has_header(lines, block, is_row))


def _has_header(lines: Sequence[Line], block: BlockAttributes, is_row: bool) -> bool:
    """A row stands above a blank line only if it is the header."""
    if "header" in block.options or "noheader" in block.options:
        return "header" in block.options
    return is_row and len(lines) > 1 and bool(lines[0].text) and not lines[1].text


def _column_styles(specification: str) -> list[str]:
    if specification.strip().isdecimal():
        return [""] * min(int(specification.strip()[:4]), _MOST_COLUMNS)
    styles: list[str] = []
    for part in re.split(r"[,;]", specification) if specification.strip() else ():
        match = _COLUMN.match(part[:_TAIL_CHARACTERS])
        count = int(match["count"] or 1) if match else 1
        styles += [(match["style"] or "") if match else ""] * min(count, _MOST_COLUMNS)
    return styles[:_MOST_COLUMNS]


def _cells(lines: Sequence[Line], separator: str) -> tuple[list[Cell], int]:
    """Return the cells behind separators, with the number of columns in the first line's."""
    pattern = re.compile(rf"(?<!\\){re.escape(separator)}")
    escaped = f"\\{separator}"
    cells: list[Cell] = []
    first = 0
    for line in lines:
        pieces = pattern.split(line.text)
        for index, piece in enumerate(pieces):
            text, specifier = piece, None
            if index < len(pieces) - 1:
                text, specifier = _tail(piece)
            if cells and (text.strip() or (index == 0 and len(pieces) == 1)):
                shown = text.replace(escaped, separator)
                cells[-1].lines.append(Line(shown.strip() if index else shown, line.number))
            if index < len(pieces) - 1:
                cells += _begun(specifier if len(cells) < _MOST_CELLS else None)
        if not first and cells:
            first = sum(cell.columns for cell in cells)
    return cells, first


def _tail(piece: str) -> tuple[str, re.Match[str] | None]:
    """Split what stands before a separator into a cell's text and the next one's specifier."""
    cut = max(0, len(piece) - _TAIL_CHARACTERS)
    match = _SPECIFIER.search(piece[cut:])
    if match is None or (cut and not match.start()):
        return piece, None
    return piece[: cut + match.start()], match


def _begun(specifier: re.Match[str] | None) -> Iterator[Cell]:
    """Yield the cells, still empty, that a separator begins."""
    if specifier is None:
        yield Cell("", 1, 1)
        return
    columns = min(int(specifier["columns"] or 1), _MOST_COLUMNS)
    rows = min(int(specifier["rows"] or 1), _MOST_ROWS)
    style = specifier["style"] or ""
    lines: list[Line] = []
    if specifier["sign"] == "*":
        for _ in range(columns):
            yield Cell(style, 1, 1, lines, bool(style))
    else:
        yield Cell(style, max(1, columns), max(1, rows), lines, bool(style))


def _quoted_cells(lines: Sequence[Line], separator: str) -> tuple[list[Cell], int]:
    cells: list[Cell] = []
    first = 0
    reader = csv.reader((f"{line.text}\n" for line in lines), delimiter=separator)
    start = 0
    try:
        for row in reader:
            number = lines[start].number
            start = reader.line_num
            cells += (Cell("", 1, 1, [Line(text.strip(), number)]) for text in row)
            first = first or len(row)
    except csv.Error:
        rest = [Line(line.text, line.number) for line in lines[start:]]
        return [*cells, Cell("", 1, 1, rest)], first
    return cells, first


def _plain_cells(lines: Sequence[Line], separator: str) -> tuple[list[Cell], int]:
    cells: list[Cell] = []
    first = 0
    for line in lines:
        texts = re.split(rf"(?<!\\){re.escape(separator)}", line.text) if line.text else []
        cells += (Cell("", 1, 1, [Line(text.strip(), line.number)]) for text in texts)
        first = first or len(texts)
    return cells, first


def _rows(cells: Sequence[Cell], columns: int, styles: Sequence[str]) -> list[list[Cell | None]]:
    """Lay cells out in rows, around those that reach down from above."""
    rows: list[list[Cell | None]] = []
    row: list[Cell | None] = []
    reaching = [0] * columns
    for cell in cells:
        _pass(row, reaching)
        while len(row) >= columns:
            rows.append(row)
            row = []
            _pass(row, reaching)
        if not cell.is_styled and len(row) < len(styles):
            cell.style = styles[len(row)]
        for column in range(len(row), min(len(row) + cell.columns, columns)):
            reaching[column] = cell.rows - 1
        row += [cell, *[None] * (min(cell.columns, max(1, columns - len(row))) - 1)]
    return [*rows, row] if row else rows


def _pass(row: list[Cell | None], reaching: list[int]) -> None:
    """Pass the columns that are taken by cells of rows above."""
    while len(row) < len(reaching) and reaching[len(row)]:
        reaching[len(row)] -= 1
        row.append(None)


def table_items(parsed: Table, line: int, shown: Callable[[Cell], list[Item]]) -> list[Item]:
    """Return a table that begins on line `line` as Markdown; `shown` reads a cell.

    Where a cell holds more than a line of a table can show, the cells stand below each other.
    """
    rows = [[shown(cell) if cell else [] for cell in row] for row in parsed.rows]
    header = rows.pop(0) if len(rows) > 1 and parsed.has_header else []
    titles = list(map(_cell_text, header))
    if any(_is_large(cell) for row in rows for cell in row):
        return [item for row in rows for item in _laid_out(row, titles)]
    spans = [_span(row, line) for row in parsed.rows[len(parsed.rows) - len(rows) :]]
    filled = [(row, span) for row, span in zip(rows, spans, strict=True) if any(row)]
    lines = [Row(list(map(_cell_text, row)), *span) for row, span in filled]
    return list(table(titles, lines, line))


def _span(row: Sequence[Cell | None], line: int) -> tuple[int, int]:
    """Return the first and the last line of a row; both are `line` where it is empty."""
    numbers = [each.number for cell in row if cell for each in cell.lines] or [line]
    return numbers[0], max(numbers)


def _cell_text(items: Sequence[Item]) -> str:
    return " ".join(item.text for item in items if isinstance(item, Block))


def _is_large(items: Sequence[Item]) -> bool:
    blocks = [item for item in items if isinstance(item, Block)]
    has_layout = any(block.kind == "code" or block.text[:1] == "|" for block in blocks)
    return has_layout or sum(len(block.text) for block in blocks) > _CELL_CHARACTERS


def _laid_out(row: Sequence[list[Item]], titles: Sequence[str]) -> list[Item]:
    """Return the cells of a row one below the other, each under its column's title."""
    items: list[Item] = []
    for column, cell in enumerate(row):
        title = titles[column] if column < len(titles) else ""
        label = f"**{title}:**" if title and title[0] not in "*`" else title
        start = getattr(cell[0], "start_line", 1) if cell else 1
        items += led(cell, label, start) if cell and label else cell
    return items
