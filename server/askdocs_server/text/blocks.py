"""The blocks of a Markdown text, as a Markdown parser sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt

Kind = Literal["prose", "list", "table", "code", "aside", "heading"]

_PARSER = MarkdownIt("commonmark").enable("table")
_KINDS: dict[str, Kind] = {
    "blockquote_open": "aside",
    "bullet_list_open": "list",
    "code_block": "code",
    "fence": "code",
    "heading_open": "heading",
    "html_block": "prose",
    "ordered_list_open": "list",
    "paragraph_open": "prose",
    "table_open": "table",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, table, block of code, quotation or heading; `text` is its lines."""

    kind: Kind
    text: str


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the outer blocks of a text, without the blank lines between them."""
    lines = markdown.split("\n")
    for token in _PARSER.parse(markdown):
        kind = _KINDS.get(token.type)
        if kind is not None and token.map is not None and not token.level:
            first, end = token.map
            yield Block(kind, "\n".join(lines[first:end]).rstrip())


def items(markdown: str) -> list[str]:
    """Return the outer items of a list, each with the blank lines behind it."""
    lines = markdown.split("\n")
    return [
        "\n".join(lines[token.map[0] : token.map[1]])
        for token in _PARSER.parse(markdown)
        if token.type == "list_item_open" and token.level == 1 and token.map is not None
    ]
