"""Tables that are written as directives: `list-table` and `csv-table`."""

from __future__ import annotations

import csv

from askdocs_indexer.readers.markdown_writer import Row, fenced, table
from askdocs_indexer.readers.rst.lines import Lines, options_below
from askdocs_indexer.types import Block


def list_table(lines: Lines, start: int, end: int, first_line: int) -> list[Block]:
    """Read the directive on the lines [start, end); its blocks begin on line `first_line`."""
    options, below = options_below(lines, start, end)
    rows = _list_rows(lines, below, end)
    body = lines.after_blank(below, end)
    if not rows and body < end:
        return [Block(fenced(lines.dedented(body, end)), first_line, end, "code")]
    header = rows.pop(0).cells if rows and _has_header(options) else ()
    return table(header, rows, first_line)


def csv_table(lines: Lines, start: int, end: int, first_line: int) -> list[Block]:
    """Read the directive on the lines [start, end); its blocks begin on line `first_line`."""
    options, below = options_below(lines, start, end)
    body = lines.after_blank(below, end)
    source = lines.dedented(body, end)
    rows: list[Row] = []
    last = body
    try:
        named = next(csv.reader([options.get("header", "")], skipinitialspace=True), [])
        reader = csv.reader((f"{line}\n" for line in source), skipinitialspace=True)
        for cells in reader:
            first, last = last + 1, body + reader.line_num
            rows.append(Row(list(map(lines.markdown, cells)), first, last))
    except csv.Error:
        return [Block(fenced(source), first_line, end, "code")]
    header = list(map(lines.markdown, named))
    if not header and rows and _has_header(options):
        header = list(rows.pop(0).cells)
    return table(header, rows, first_line)


def _has_header(options: dict[str, str]) -> bool:
    return options.get("header-rows", "0") != "0"


def _list_rows(lines: Lines, start: int, end: int) -> list[Row]:
    """Read a bullet list of bullet lists as rows of cells."""
    outer = lines.least_indent(start, end)
    inner = 0
    rows: list[tuple[list[list[str]], int, int]] = []
    for index in range(start, end):
        text, indent = lines.texts[index].strip(), lines.indents[index]
        if text and indent == outer and text[0] in "*-+":
            cell = text[1:].lstrip()
            indent = inner = outer + len(text) - len(cell)
            text = cell
            rows.append(([], index + 1, index + 1))
        if not text or not rows:
            continue
        cells, first, _ = rows[-1]
        rows[-1] = (cells, first, index + 1)
        if not cells or (indent == inner and text[0] in "*-+"):
            cells.append([])
            text = text[1:].lstrip()
        cells[-1].append(text)
    return [
        Row([lines.markdown(" ".join(cell)) for cell in cells], first, last)
        for cells, first, last in rows
    ]
