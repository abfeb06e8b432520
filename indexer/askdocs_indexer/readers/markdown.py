"""Markdown and MDX, by markdown-it's block structure; the text stays the source's own lines.

Only HTML blocks are rewritten, as Markdown: tags would hide the words from both indexes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from askdocs_indexer.readers.html import read_fragment
from askdocs_indexer.readers.markup import grouped, plain
from askdocs_indexer.readers.names import heading_symbols, qualified
from askdocs_indexer.readers.outline import Heading, Item, sections_of
from askdocs_indexer.readers.source import lines_of
from askdocs_indexer.types import Block, Section

# A list item or quote above this size is split into the blocks inside it, so that a chunk can end
# between them and need not cut their code.
_CONTAINER_CHARACTERS = 600

_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_CONTAINERS = frozenset({"blockquote_open", "list_item_open"})

_FRONT_MATTER_TITLE = re.compile(
    r"^title:[ \t]*(?P<quote>[\"']?)(?P<title>.+?)(?P=quote)[ \t]*$", re.MULTILINE
)
_ANCHOR = re.compile(r"\s*\{\s*[#.:][^{}]*\}\s*$|<[^<>]*>|<!--.*?-->")
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()]*\)")
_MODULE_LINE = re.compile(
    r"import\s+(?:[\w*{].*\sfrom\s+)?[\"'][^\"']+[\"'];?\s*$"
    r"|export\s+(?:const|default|function|let|var)\b"
)
_PADDING = re.compile(r"[ \t]{2,}")
_DASHES = re.compile(r"(?<=[|: ])-{4,}(?=[|: ]|$)|^-{4,}")
_ADMONITION = re.compile(r"\s*(?:!!!|\?\?\?\+?|===\+?)\s")


def read_markdown(text: str, path: str) -> tuple[Section, ...]:
    """Return the sections of a Markdown or MDX document."""
    lines = lines_of(text)
    document = _Document(lines, is_mdx=path.lower().endswith(".mdx"))
    items = document.items()
    return sections_of(items, path, document.title)


class _Document:
    """Turns the block tokens of one document into items."""

    def __init__(self, lines: Sequence[str], is_mdx: bool) -> None:
        self.title = ""
        self._lines = lines
        self._is_mdx = is_mdx
        # Symbols by heading level, to qualify `connect()` below `Client`.
        self._parents: list[tuple[int, tuple[str, ...]]] = []
        self._readers: dict[str, Callable[[int], Iterable[Item]]] = {
            "code_block": self._code,
            "fence": self._code,
            "front_matter": self._front_matter,
            "heading_open": self._heading,
            "hr": self._skip,
            "html_block": self._html,
            "paragraph_open": self._paragraph,
            "table_open": self._table,
        }
        self._tokens = _parser().parse("\n".join(lines))

    def items(self) -> list[Item]:
        """Return the document's items."""
        return list(self._items(0, len(self._tokens)))

    def _items(self, start: int, stop: int) -> Iterator[Item]:
        """Yield the items of the tokens [start, stop), which are siblings and their contents."""
        index = start
        indents_prose = False
        while index < stop:
            end = self._closing(index)
            kind = self._tokens[index].type
            if kind == "code_block" and indents_prose:
                yield self._block(index)
            else:
                yield from self._item(index, end)
            indents_prose = kind == "paragraph_open" and self._opens_admonition(index)
            index = end + 1

    def _closing(self, index: int) -> int:
        """Return the index of the token that closes the one at `index`."""
        level = self._tokens[index].level
        while self._tokens[index].nesting == 1 or self._tokens[index].level > level:
            index += 1
            if self._tokens[index].level == level and self._tokens[index].nesting == -1:
                break
        return index

    def _item(self, index: int, end: int) -> Iterable[Item]:
        token = self._tokens[index]
        if token.type == "heading_open" and token.level:
            return [self._block(index)]
        if token.type in _LISTS:
            return self._items(index + 1, end)
        if token.type in _CONTAINERS:
            return self._contents(index, end)
        return self._readers.get(token.type, self._verbatim)(index)

    def _contents(self, index: int, end: int) -> Iterable[Item]:
        block = self._block(index)
        if len(block.text) > _CONTAINER_CHARACTERS:
            return self._items(index + 1, end)
        return [block] if block.text else []

    def _skip(self, index: int) -> Iterable[Item]:
        return []

    def _front_matter(self, index: int) -> Iterable[Item]:
        title = _FRONT_MATTER_TITLE.search(self._tokens[index].content)
        self.title = plain(title["title"]) if title else ""
        return []

    def _verbatim(self, index: int) -> Iterable[Item]:
        return [self._block(index)]

    def _code(self, index: int) -> Iterable[Item]:
        return [replace(self._block(index), kind="code")]

    def _block(self, index: int) -> Block:
        start, end = self._span(index)
        text = "\n".join(line.rstrip() for line in self._lines[start:end])
        return Block(text, start + 1, max(end, start + 1))

    def _span(self, index: int) -> tuple[int, int]:
        """Return a token's lines [start, end), 0-based, without blank lines at the end."""
        start, end = self._tokens[index].map or (0, 0)
        end = min(end, len(self._lines))
        while end > start and not self._lines[end - 1].strip():
            end -= 1
        return start, end

    def _heading(self, index: int) -> Iterable[Item]:
        token = self._tokens[index]
        start, end = self._span(index)
        content = self._tokens[index + 1].content
        title = _ANCHOR.sub("", _IMAGE.sub(r"\1", content)).strip()
        level = int(token.tag[1])
        while self._parents and self._parents[-1][0] >= level:
            self._parents.pop()
        symbols = heading_symbols(title)
        if self._parents:
            symbols = qualified(symbols, self._parents[-1][1])
        self._parents.append((level, symbols))
        return [Heading(level, plain(title), start + 1, end, symbols)]

    def _paragraph(self, index: int) -> Iterator[Item]:
        block = self._block(index)
        lines = block.text.split("\n")
        first = 0
        while first < len(lines) and self._is_module_line(lines[first]):
            first += 1
        text = "\n".join(lines[first:])
        if text and not (text.startswith("{/*") and text.endswith("*/}")):
            yield replace(block, text=text, start_line=block.start_line + first)

    def _is_module_line(self, line: str) -> bool:
        found = _MODULE_LINE.match(line[:400])
        return found is not None and (self._is_mdx or line.startswith("import"))

    def _opens_admonition(self, index: int) -> bool:
        _, end = self._span(index)
        return end > 0 and _ADMONITION.match(self._lines[end - 1]) is not None

    def _html(self, index: int) -> Iterator[Item]:
        start, end = self._span(index)
        for item in read_fragment("\n".join(self._lines[start:end]), start + 1):
            if isinstance(item, Heading) and self._tokens[index].level:
                yield Block(f"**{item.title}**", item.start_line, item.end_line)
            else:
                yield item

    def _table(self, index: int) -> Iterator[Item]:
        """Yield a pipe table as blocks of whole rows, each under the table's two head lines."""
        start, end = self._span(index)
        lines = [_narrow(line.rstrip()) for line in self._lines[start:end]]
        head, rows = lines[:2], lines[2:]
        for first, last in grouped([len(row) for row in rows]):
            above = start + 3 + first if first else start + 1
            yield Block("\n".join([*head, *rows[first:last]]), above, start + 2 + last)


def _narrow(row: str) -> str:
    """Take out the padding that lines up a table's columns: it would fill chunks with nothing."""
    indent = len(row) - len(row.lstrip())
    return row[:indent] + _DASHES.sub("---", _PADDING.sub(" ", row[indent:]))


def _parser() -> MarkdownIt:
    """Return a parser of blocks only: what stands inside them stays as it was written."""
    parser = MarkdownIt("commonmark").enable("table").use(front_matter_plugin)
    return parser.disable(["inline", "text_join"])
