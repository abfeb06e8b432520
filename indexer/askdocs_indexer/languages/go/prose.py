"""The text of Go doc comments: paragraphs, headings, lists and indented code.

See "Go Doc Comments" in the language's documentation for what each line means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from askdocs_indexer.languages.doc_comments.attachment import Doc
from askdocs_indexer.languages.doc_comments.prose import code
from askdocs_indexer.readers.markdown_writer import code_span, literal, outside_code, without_blocks
from askdocs_indexer.types import Block

_ITEM = re.compile(r"\s*(?:[-*+•]|(?P<number>\d{1,9})[.)])\s+(?=\S)")
_HEADING = re.compile(r"#\s+(\S.*)$")
_LINK = re.compile(r"(?<!\w)\[(\*?[A-Za-z_][\w./]*)\](?![\w(:\[])")


def go_blocks(doc: Doc) -> list[Block]:
    """Return the blocks of a Go doc comment."""
    return list(_Text(doc).blocks())


class _Text:
    def __init__(self, doc: Doc) -> None:
        self._lines = doc.lines
        self._first_line = doc.first_line

    def blocks(self) -> Iterator[Block]:
        """Yield runs of lines of one kind: indented ones, and those that are not."""
        start = 0
        while start < len(self._lines):
            if not self._lines[start].strip():
                start += 1
            elif self._is_indented(start):
                end = self._end(start)
                yield from self._indented(start, end)
                start = end
            else:
                end = start
                while end < len(self._lines) and self._is_text(end):
                    end += 1
                yield self._paragraph(start, end)
                start = end

    def _is_indented(self, index: int) -> bool:
        return self._lines[index][:1].isspace() or _ITEM.match(self._lines[index]) is not None

    def _is_text(self, index: int) -> bool:
        return bool(self._lines[index].strip()) and not self._lines[index][:1].isspace()

    def _end(self, start: int) -> int:
        """Return the index behind a run of indented lines and the blank ones between them."""
        end = index = start + 1
        is_list = _ITEM.match(self._lines[start]) is not None
        while index < len(self._lines):
            line = self._lines[index]
            if line.strip():
                if not line[:1].isspace() and not (is_list and _ITEM.match(line)):
                    break
                end = index + 1
            index += 1
        return end

    def _paragraph(self, start: int, end: int) -> Block:
        lines = list(self._lines[start:end])
        heading = _HEADING.match(lines[0]) if len(lines) == 1 else None
        text = f"**{literal(heading[1])}**" if heading else "\n".join(map(_linked, lines))
        return Block(text, self._first_line + start, self._first_line + end - 1)

    def _indented(self, start: int, end: int) -> Iterator[Block]:
        if _ITEM.match(self._lines[start]) is None:
            yield from code(self._lines[start:end], self._first_line + start, "")
            return
        starts = [at for at in range(start, end) if _ITEM.match(self._lines[at])]
        for first, last in zip(starts, [*starts[1:], end], strict=True):
            lines = self._lines[first:last]
            while not lines[-1].strip():
                lines = lines[:-1]
            item = _ITEM.match(lines[0])
            marker = f"{item['number']}. " if item and item["number"] else "- "
            texts = [lines[0][item.end() if item else 0 :], *(line.strip() for line in lines[1:])]
            text = marker + "\n  ".join(map(_linked, texts))
            line = self._first_line + first
            yield Block(text, line, line + len(lines) - 1)


def _linked(line: str) -> str:
    """Return a line as Markdown: links in code font, the signs of other text literal.

    Names between backticks stay in code font: authors write them so, though Go has no such sign.
    """
    linked = _LINK.sub(lambda link: code_span(link[1]), line)
    return without_blocks(outside_code(linked, literal))
