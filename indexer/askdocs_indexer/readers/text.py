"""Plain text: paragraphs under the underlined or capital headings that such files use.

Many projects write reStructuredText in such files; a text with that format's marks is read as such.
"""

from __future__ import annotations

import re

from askdocs_indexer.readers.decoding import lines_of
from askdocs_indexer.readers.rst.reader import read_rst
from askdocs_indexer.readers.sections import Heading, Item, sections_of
from askdocs_indexer.types import Block, Include, Section, nothing_included

# What nobody writes at the beginning of a line but for docutils or Sphinx, their roles, and what
# tells an editor or a website of the format.
_RST = re.compile(
    r"""
      ^\.\.[ ](?:[A-Za-z][\w.+-]{0,40}(?::[\w.+-]{1,40})?::(?:\s|$)|_[^:\n]{1,80}:(?:\s|$)
        |\|[^|\n]{1,80}\|[ ]\w+::)
    | (?<![\w:`]):(?:(?:c|cpp|js|py|rst|std):[a-z]{1,20}|any|attr|class|const|data|doc|envvar|exc
        |func|meth|mod|numref|obj|option|pep|ref|rfc|term):`[^`\n]+`
    | ^.{0,20}-\*-.{0,80}\b(?:re?st|restructuredtext)\b.{0,80}-\*-
    | ^.{0,20}\bvim?:.{0,80}\b(?:ft|filetype|syntax)=rst\b
    | ^Content-Type:[ ]*text/x-rst\b
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_UNDERLINE = re.compile(r"\s*(=+|-+|~+|\*+)\s*$")
_LEVELS = {"=": 1, "*": 1, "-": 2, "~": 3}
_CAPITAL_LEVEL = 2
_HEADING_CHARACTERS = 80


def read_text(text: str, path: str, include: Include = nothing_included) -> tuple[Section, ...]:
    """Return the sections of a plain text document."""
    if _RST.search(text):
        return read_rst(text, path, include)
    lines = lines_of(text)
    items: list[Item] = []
    start = 0
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        end = start
        while end < len(lines) and lines[end].strip():
            end += 1
        heading = _heading(lines, start, end)
        if heading:
            items.append(heading)
            start = heading.end_line
            continue
        paragraph = "\n".join(line.rstrip() for line in lines[start:end])
        items.append(Block(paragraph, start + 1, end))
        start = end
    return sections_of(items, path)


def _heading(lines: list[str], start: int, end: int) -> Heading | None:
    """Return the heading at the top of the paragraph [start, end), if any."""
    over = _UNDERLINE.match(lines[start])
    first = start + 1 if over and end > start + 2 else start
    title = lines[first].strip()
    if len(title) > _HEADING_CHARACTERS or not any(map(str.isalpha, title)):
        return None
    below = lines[first + 1] if end > first + 1 else ""
    underline = _UNDERLINE.match(below)
    if over and (underline is None or underline[1] != over[1]):
        return None
    if underline and len(underline[1]) >= max(3, len(title) - 2):
        return Heading(_LEVELS[underline[1][0]], title, start + 1, first + 2)
    stands_out = not below or (below[0].isspace() and not lines[first][0].isspace())
    if stands_out and title.isupper() and sum(map(str.isalpha, title)) >= 4:
        return Heading(_CAPITAL_LEVEL, title, first + 1, first + 1)
    return None
