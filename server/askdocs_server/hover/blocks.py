"""A documented section as a hover reads it: its text as blocks, sorted by kind.

The text is Markdown whatever format it was written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Literal

from askdocs_indexer.joining import text_of
from askdocs_indexer.types import Hit
from askdocs_server.text.blocks import blocks as text_blocks
from askdocs_server.text.blocks import items
from askdocs_server.text.markdown import LIST_MARK, without_list_mark

Kind = Literal["prose", "item", "table", "code"]

# How much is read of a section (characters).
_READ = 4000
# After this many characters an aside ends the description; before, it is only left out.
_ENOUGH = 300

_KINDS: dict[str, Kind] = {"code": "code", "table": "table"}

_LABEL = re.compile(r"\*\*[^*\n]+?\*\*:?")
_ASIDE = re.compile(
    r"[>\s]*\*\*(?:Abstract|Availability|Author|Hint|Implementation detail|Info|Note|Question|"
    r"See(?: also)?|Source|Tip|To do)\b",
    re.IGNORECASE,
)
_WARNING = re.compile(r"[>\s]*\*\*(?:Attention|Caution|Danger|Important|Warning)\b", re.IGNORECASE)
_END_OF_LIFE = re.compile(r"\*{0,2}(?:Removed in version|(?:Soft d|D)eprecated\b)")
_NEWS = re.compile(r"\*{0,2}(?:(?:Added|Changed|New) in version|Since:)")
_PARAMETERS = re.compile(
    r"\*\*(?:(?:Keyword |Other )?(?:Args|Arguments|Param(?:eter)?s)|Raises|Returns?|Throws|"
    r"Yields)\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\*\*(?:Result|Return(?:s|ed)?(?: values?)?|Yields)\b|(?:Returns|Yields)\b", re.IGNORECASE
)
# What a field list becomes: `- **name (type):** text`.
_FIELD = re.compile(r"\*\*[^*\n]+:\*\*")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of Markdown; `gap` separates it from the previous block."""

    kind: Kind
    text: str
    gap: str = "\n\n"

    @property
    def is_label(self) -> bool:
        """Whether it only names what follows, such as `**Parameters:**`."""
        return self.kind == "prose" and _LABEL.fullmatch(self.text) is not None

    @property
    def begins_with_label(self) -> bool:
        """Whether it names itself, as in `**Returns:** a path`, or is only a label."""
        return self.kind == "prose" and _LABEL.match(self.text) is not None

    @property
    def is_result(self) -> bool:
        """Whether it tells what a call returns, or labels the blocks that do."""
        return _RESULT.match(without_list_mark(self.text)) is not None


@dataclass(slots=True)
class Sorted:
    """A section's blocks by kind, in order.

    `asides` are notes and references, `ends` say that the symbol is deprecated or gone, `warnings`
    what a caller should know, `news` what came or changed with a version.
    """

    description: list[Block] = field(default_factory=list)
    asides: list[Block] = field(default_factory=list)
    parameters: list[Block] = field(default_factory=list)
    ends: list[Block] = field(default_factory=list)
    warnings: list[Block] = field(default_factory=list)
    news: list[Block] = field(default_factory=list)


def section_text(hit: Hit) -> tuple[str, bool]:
    """Return the text of a hit's section up to a size, and whether that is all of it."""
    chunks = [hit.chunk]
    size = len(hit.chunk.text)
    for chunk in hit.rest:
        if size >= _READ:
            return text_of(chunks), False
        chunks.append(chunk)
        size += len(chunk.text)
    return text_of(chunks), True


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the blocks of a Markdown text; those of a list are its items."""
    for block in text_blocks(markdown):
        if block.kind == "list":
            yield from _items(block.text)
        else:
            yield Block(_KINDS.get(block.kind, "prose"), block.text)


def _items(markdown: str) -> Iterator[Block]:
    gap = "\n\n"
    for text in items(markdown):
        first, *rest = text.split("\n")
        label, below = without_list_mark(first), dedent("\n".join(rest))
        if _LABEL.fullmatch(label) and LIST_MARK.match(below):
            # A list under a label, as in parameters from HTML.
            yield Block("prose", label)
            yield from blocks(below)
            continue
        yield Block("item", text.rstrip(), gap)
        gap = "\n\n" if text.endswith("\n") else "\n"


def sort(parts: Iterable[Block]) -> Sorted:
    """Sort a section's blocks. What is below a label goes where the label goes."""
    section = Sorted()
    into, size = section.description, 0
    is_warned = False
    for block in parts:
        if is_warned and block.kind == "item":
            label = section.warnings.pop()
            section.warnings.append(Block("prose", f"{label.text}{block.gap}{block.text}"))
            continue
        is_warned = block.is_label and _WARNING.match(block.text) is not None
        text = without_list_mark(block.text) if block.kind == "item" else block.text
        if block.begins_with_label:
            into = section.description
        if _END_OF_LIFE.match(text):
            section.ends.append(block)
        elif _WARNING.match(text):
            section.warnings.append(block)
        elif _NEWS.match(text):
            section.news.append(block)
        elif _ASIDE.match(text):
            section.asides.append(block)
            into = section.asides if block.is_label or size >= _ENOUGH else section.description
        elif _PARAMETERS.match(text) or (block.kind == "item" and _FIELD.match(text)):
            section.parameters.append(block)
            into = section.parameters if block.kind == "prose" else into
        else:
            into.append(block)
            size += len(block.text) if into is section.description else 0
    return section
