"""A passage as its authors arranged it: blocks of Markdown, and which of them belong together.

Whatever format a page was written in, its reader has rendered it to Markdown, so a Markdown parser
tells the blocks' kinds and nothing has to be guessed from words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from askdocs_indexer.ingest.formats import is_markdown
from askdocs_server.text.admonitions import labelled
from askdocs_server.text.blocks import Block, blocks
from askdocs_server.text.inline_html import without_html

_ANNOUNCES = re.compile(r"[:：][*_`)\s]*$")
# One that ends in a version, as in "Added in version 1.2", says something by itself.
_LABEL = re.compile(r"\*\*[^*\n]+\*\*(?<!\d\.\d\*\*)(?<!\.\d\d\*\*)\s*")
# What a reader puts behind code that a page includes: a link to the file that it is from.
_SOURCE = re.compile(r"\[[^\[\]]*?([^\[\]/]+)\]\([^()]*?\1\)")


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks that are read together: a paragraph with the code, list or table that belongs to it.

    `explains` says that it is about the code at the end of the group before it.
    """

    blocks: tuple[Block, ...]
    explains: bool = False

    @property
    def text(self) -> str:
        """All of its text, as Markdown."""
        return "\n\n".join(block.text for block in self.blocks)


def groups_of(passage: str, path: str) -> list[Group]:
    """Return the groups of a passage of the page at `path`, in order.

    A paragraph begins a group, unless the text before announces it, it begins with a small letter
    and so goes on with a sentence, or the group has nothing but code, a list or a table yet, which
    then is explained behind. What announces something at the end of the passage, which is not in
    it, is left out.
    """
    groups: list[list[Block]] = []
    for block in _blocks(passage, is_markdown_page=is_markdown(path)):
        if groups and _ends_in_code(groups[-1]) and _SOURCE.fullmatch(block.text):
            continue
        if groups and not _begins(block, groups[-1]):
            groups[-1].append(block)
        else:
            groups.append([block])
    _leave_out_announcements(groups)
    explaining = [False, *(_ends_in_code(group) for group in groups)]
    return [
        Group(tuple(group), is_behind_code and not any(block.kind == "code" for block in group))
        for group, is_behind_code in zip(groups, explaining, strict=False)
    ]


def _leave_out_announcements(groups: list[list[Block]]) -> None:
    """Take what announces something off the end; a passage of nothing else stays."""
    while groups and _announces(groups[-1][-1]) and (len(groups) > 1 or len(groups[0]) > 1):
        groups[-1].pop()
        if not groups[-1]:
            groups.pop()


def _begins(block: Block, group: Sequence[Block]) -> bool:
    if _announces(group[-1]) or (block.kind == "prose" and block.text[:1].islower()):
        return False
    is_text = block.kind in ("prose", "aside", "heading")
    return is_text and any(before.kind in ("prose", "aside") for before in group)


def _ends_in_code(group: Sequence[Block]) -> bool:
    return group[-1].kind == "code"


def _announces(block: Block) -> bool:
    """Whether it leads to what follows: a heading, a label, a text that ends in a colon."""
    if block.kind == "heading":
        return True
    is_text = block.kind in ("prose", "aside")
    return is_text and bool(_ANNOUNCES.search(block.text) or _LABEL.fullmatch(block.text))


def _blocks(passage: str, *, is_markdown_page: bool) -> Iterator[Block]:
    for block in blocks(labelled(passage)):
        text = block.text
        if is_markdown_page and block.kind != "code":
            # A row of a table is a line.
            line_break = " " if block.kind == "table" else "  \n"
            text = without_html(text, line_break=line_break).rstrip()
        if any(map(str.isalnum, text)) or block.kind == "code":
            yield Block(block.kind, text)
