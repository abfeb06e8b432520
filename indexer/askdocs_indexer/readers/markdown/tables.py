"""Pipe tables of Markdown, cut between rows and without the padding that lines up columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from askdocs_indexer.readers.markdown_writer import grouped
from askdocs_indexer.types import Block

_MARGIN = re.compile(r"[\s>]*")
_PADDING = re.compile(r"[ \t]{2,}")
_DASHES = re.compile(r"(?<=[|: ])-{4,}(?=[|: ]|$)|^-{4,}")


def table_blocks(table: Block) -> Iterator[Block]:
    """Yield a table as blocks of whole rows, each under the table's two head lines."""
    written = table.text.split("\n")
    lines = list(map(_narrow, written))
    head, rows = lines[:2], lines[2:]
    for first, last in grouped([len(row) for row in rows]):
        above = table.start_line
        if first:
            above += len(head) + first
            # Only the first head line has the mark of a list item.
            margin = _MARGIN.match(written[1])
            width = margin.end() if margin else 0
            head[0] = _narrow(written[1][:width] + written[0][width:])
        text = "\n".join([*head, *rows[first:last]])
        repeated_lines = len(head) if first else 0
        yield Block(text, above, table.start_line + 1 + last, repeated_lines=repeated_lines)


def _narrow(row: str) -> str:
    """Take out the padding that lines up a table's columns: it would fill chunks with nothing."""
    indent = len(row) - len(row.lstrip())
    return row[:indent] + _DASHES.sub("---", _PADDING.sub(" ", row[indent:]))
