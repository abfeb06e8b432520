"""Jupyter notebooks: Markdown cells as a document, code cells as the code in it.

Lines are those of the `.ipynb` file, where a citation is opened. Outputs, metadata and attachments
are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from askdocs_indexer.readers.connections import Connections
from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.markdown.reader import MarkdownReader
from askdocs_indexer.readers.markdown_writer import fenced, plain
from askdocs_indexer.readers.notebook.cells import Cell, Notebook, parse_notebook
from askdocs_indexer.readers.sections import Documents, Entry, Item, SectionsEnd, sections_of
from askdocs_indexer.types import Block, Include, Section, nothing_included

_DEFAULT_LANGUAGE = "python"
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
# `%%bash` and the like say that a cell is written in another language.
_MAGIC = re.compile(r"%%(?P<name>\w{1,20})\b")
_MAGIC_LANGUAGES = {
    **{
        name: name for name in ("bash", "html", "javascript", "latex", "perl", "ruby", "sql", "svg")
    },
    "js": "javascript",
    "markdown": "markdown",
    "R": "r",
    "sh": "bash",
    "writefile": "",
}


def read_notebook(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a notebook; if it is damaged, those that can be read.

    Raises ReadError where nothing can be read because the text is not a notebook.
    """
    if not text.strip():
        return ()
    notebook = parse_notebook("\n".join(lines_of(text)))
    reader = MarkdownReader()
    connections = Connections()
    items = list(_items(notebook, reader, connections, path))
    sections = sections_of(items, path, reader.title or plain(notebook.title))
    return connections.attached(sections)


def _items(
    notebook: Notebook, reader: MarkdownReader, connections: Connections, path: str
) -> Iterator[Item]:
    for index, cell in enumerate(notebook.cells):
        if not any(map(str.strip, cell.lines)):
            continue
        if cell.kind == "code":
            yield _code(cell, cell.language or notebook.language)
        elif cell.kind == "raw" and (index or cell.lines[0].strip() != "---"):
            yield from _paragraphs(cell)
        else:
            lines = cell.lines
            if cell.kind == "heading":
                lines = [f"{'#' * min(cell.level, 6)} {' '.join(lines)}"]
            items = reader.items(lines, opens_document=not index)
            yield from (_in_file(item, cell.spans) for item in items)
            first_lines = [start for start, _ in cell.spans]
            connections.add(reader.connections(lines, path), first_lines)


def _code(cell: Cell, language: str) -> Block:
    first, last = _filled(cell.lines)
    language = language or _DEFAULT_LANGUAGE
    magic = _MAGIC.match(cell.lines[first])
    if magic:
        language = _MAGIC_LANGUAGES.get(magic["name"], language)
    match = _LANGUAGE.match(language.lower())
    code = fenced([line.rstrip() for line in cell.lines[first:last]], match[0] if match else "")
    return Block(code, cell.spans[first][0], cell.spans[last - 1][1], "code")


def _paragraphs(cell: Cell) -> Iterator[Block]:
    """Yield a raw cell's paragraphs."""
    start = 0
    for index, line in enumerate([*cell.lines, ""]):
        if line.strip():
            continue
        if index > start:
            text = "\n".join(cell.lines[start:index])
            yield Block(text, cell.spans[start][0], cell.spans[index - 1][1])
        start = index + 1


def _filled(lines: Sequence[str]) -> tuple[int, int]:
    """Return the range [first, last) of lines without the blank ones around them."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return filled[0], filled[-1] + 1


def _in_file(item: Item, spans: Sequence[tuple[int, int]]) -> Item:
    """Return an item with its lines in the file instead of those in its cell."""
    if isinstance(item, Documents | SectionsEnd):
        return item
    start = spans[min(item.start_line, len(spans)) - 1][0]
    end = spans[min(item.end_line, len(spans)) - 1][1]
    if isinstance(item, Entry):
        items = tuple(_in_file(inside, spans) for inside in item.items)
        return replace(item, start_line=start, end_line=end, items=items)
    return replace(item, start_line=start, end_line=end)
