"""Tables of tbl."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from askdocs_indexer.readers.man.escapes import Piece, markdown
from askdocs_indexer.readers.man.source import Line
from askdocs_indexer.readers.markdown_writer import Row, table
from askdocs_indexer.types import Block

_TAB = re.compile(r"\btab\s*\(\s*(?P<tab>.)\s*\)", re.IGNORECASE)
_BOLD = re.compile(r"[a-z][^,|]*?(?:b(?!\w)|f\(?b|fb)", re.IGNORECASE)
_RULE = re.compile(r"[_=]+$")

Inline = Callable[[Line], list[Piece]]


def table_blocks(lines: Sequence[Line], inline: Inline) -> list[Block]:
    """Return a table's rows. The first is its head where it is bold or a rule is below it."""
    if not lines:
        return []
    tab, body = "\t", list(lines)
    if body[0].text.rstrip().endswith(";"):
        written = _TAB.search(body[0].text)
        tab = written["tab"] if written else tab
        body = body[1:]
    formats, body = _after_format(body)
    is_bold = bool(formats) and _BOLD.search(formats[0]) is not None
    rows: list[Row] = []
    has_head = is_bold
    index = 0
    while index < len(body):
        line = body[index]
        index += 1
        if line.name == "T&":
            _, rest = _after_format(body[index:])
            index = len(body) - len(rest)
        elif line.name or not line.text.strip() or _RULE.match(line.text.strip()):
            has_head = has_head or (len(rows) == 1 and not line.name and bool(line.text.strip()))
        else:
            cells, index = _cells(body, index - 1, tab, inline)
            rows.append(Row(cells, line.number, body[index - 1].number))
    if not has_head or len(rows) < 2:
        return table((), rows, lines[0].number)
    return table(rows[0].cells, rows[1:], rows[0].start_line)


def _after_format(lines: Sequence[Line]) -> tuple[list[str], list[Line]]:
    """Split lines behind the one whose end is a dot, which ends the description of columns."""
    for index, line in enumerate(lines):
        if line.text.rstrip().endswith("."):
            formats = ",".join(line.text for line in lines[: index + 1])
            return formats.split(","), list(lines[index + 1 :])
    return [], list(lines)


def _cells(lines: Sequence[Line], index: int, tab: str, inline: Inline) -> tuple[list[str], int]:
    """Return a row's cells and the index behind it; text between `T{` and `T}` is a cell."""
    cells: list[str] = []
    line = lines[index]
    index += 1
    written = line.text.split(tab)
    while written:
        cell = written.pop(0)
        if cell.strip() != "T{":
            shown = "" if cell.strip() in {"\\^", "\\_", "_", "="} else cell
            cells.append(markdown(inline(line._replace(text=shown))).strip())
            continue
        pieces: list[Piece] = []
        while index < len(lines) and not lines[index].text.startswith("T}"):
            pieces += [*inline(lines[index]), Piece(" ")]
            index += 1
        cells.append(markdown(pieces).strip())
        if index < len(lines):
            written = lines[index].text[2:].lstrip().removeprefix(tab).split(tab)
            written = written if lines[index].text[2:].strip() else []
            index += 1
    return cells, index
