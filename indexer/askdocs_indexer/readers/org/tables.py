"""Tables of Org."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from askdocs_indexer.readers.markdown_writer import Row, table
from askdocs_indexer.readers.org.lines import Line
from askdocs_indexer.types import Block

# What a cell may hold that is meant for Org: widths, alignment, groups of columns.
_FOR_ORG = re.compile(r"(?:<[lcr]?\d{0,4}>|<|>|<>|/)?$")
_FORMULA_MARKS = frozenset("!_^$#*")


def table_items(lines: Sequence[Line], markdown: Callable[[str], str]) -> list[Block]:
    """Return a table's rows; those above its first rule are its head."""
    groups: list[list[Row]] = [[]]
    for line in lines:
        if line.text.lstrip().startswith("|-"):
            groups.append([])
        else:
            groups[-1] += _row(line, markdown)
    filled = [group for group in groups if group]
    if not filled:
        return []
    has_head = len(filled) > 1 and len(filled[0]) == 1
    head = filled[0][0].cells if has_head else ()
    rows = [row for group in filled[has_head:] for row in group]
    return table(head, rows, lines[0].number)


def _row(line: Line, markdown: Callable[[str], str]) -> Iterator[Row]:
    inner = line.text.strip().removeprefix("|").removesuffix("|")
    cells = [cell.strip() for cell in inner.split("|")]
    if all(map(_FOR_ORG.match, cells)) or cells[0] in _FORMULA_MARKS - {"#", "*"}:
        return
    if cells[0] in _FORMULA_MARKS:
        cells = cells[1:]
    yield Row([markdown(cell.replace("\\vert", "|")) for cell in cells], line.number, line.number)
