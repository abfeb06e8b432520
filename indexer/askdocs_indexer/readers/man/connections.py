"""References from manual pages to others, in the text that they show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from askdocs_indexer.readers.connections import Connections, context_of
from askdocs_indexer.readers.markdown.connections import plain_words
from askdocs_indexer.types import Block, Section

_SECTION = re.compile(r"\((?P<section>[1-9]\w{0,3})\)")
_NAME = re.compile(r"(?P<name>[A-Za-z_][\w.:+-]*)\*{0,2}$")
_TITLE = re.compile(r"[A-Za-z_][\w.:+-]*\([1-9]\w{0,3}\)")
_REFERENCE = re.compile(r"[\w.:+-]{1,80}+\*{0,2}\([1-9]\w{0,3}\)")
_NAME_CHARACTERS = 80


def man_connections(sections: Sequence[Section]) -> Connections:
    """Return the references of a page's sections, and the label that the page has for others."""
    connections = Connections()
    own = sections[0].heading_path[0].casefold() if sections else ""
    if _TITLE.fullmatch(own):
        connections.label(0, own)
    for section in sections:
        for block in section.blocks:
            if block.kind == "prose":
                _add(connections, block, own)
    return connections


def _add(connections: Connections, block: Block, own: str) -> None:
    """Add the references in a block to pages that are not called `own`."""
    text, line, position = block.text, block.start_line, 0
    for match in _SECTION.finditer(text):
        name = _NAME.search(text[max(0, match.start() - _NAME_CHARACTERS) : match.start()])
        line += text.count("\n", position, match.start())
        position = match.start()
        if name is None:
            continue
        page = f"{name['name']}({match['section']})"
        if page.casefold() != own:
            span = (match.start() - len(name[0]), match.end())
            context = context_of(text, *span, plain_words, _without_references)
            connections.link(min(line, block.end_line), page, context, f":man:{page}")


def _without_references(text: str) -> str:
    return _REFERENCE.sub("", text)
