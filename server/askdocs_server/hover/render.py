"""What a hover shows of the section that documents a symbol: its signature and what matters of it.

Texts are cut where a sentence, a list item, a table's row or a block of code ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from askdocs_indexer.ingest.formats import is_markdown
from askdocs_indexer.types import Hit
from askdocs_server.hover.blocks import Block, Sorted, blocks, section_text, sort
from askdocs_server.hover.signature import heading, signature
from askdocs_server.text.admonitions import labelled
from askdocs_server.text.inline_html import without_html
from askdocs_server.text.links import Locate, SectionLinks
from askdocs_server.text.markdown import without_list_mark
from askdocs_server.text.sanitize import safe_markdown
from askdocs_server.text.sentences import first_sentences

MORE = "…"

# The most characters of the description, of all parameters, and of each remark or parameter.
_DESCRIPTION = 800
_PARAMETERS = 400
_REMARK = 200
_MOST_PARAMETERS = 8
_MOST_REMARKS = 3


def hover_text(hit: Hit, language: str, relation: str = "", locate: Locate | None = None) -> str:
    """Return safe Markdown: signature, deprecation, description, parameters, warnings, news.

    `language` is that of a signature which does not tell its own, `relation` a line to show below
    it. "…" stands where the section says more. Links lead to where `locate` says.
    """
    name = hit.name
    text, is_whole = section_text(hit)
    head = heading(hit.chunk.title, name, language)
    # The text of an empty section is its title.
    parts = list(blocks(labelled(text))) if text != hit.chunk.title else []
    if is_markdown(hit.chunk.path):
        parts = [shown for shown in map(_without_html, parts) if shown.text.strip()]
    if parts and (declared := signature(parts[0], name, language)):
        head, parts = declared, parts[1:]
    above = [head, relation] if relation else [head]
    markdown = "\n\n".join([*above, *_shown(sort(parts), is_whole)])
    if locate is None:
        return safe_markdown(markdown)
    links = SectionLinks(hit.chunk.path, hit.chunk.links, locate)
    return safe_markdown(links.inserted(markdown), links.address)


def _without_html(block: Block) -> Block:
    if block.kind == "code":
        return block
    # A row of a table is a line.
    text = without_html(block.text, line_break=" " if block.kind == "table" else "  \n")
    return Block(block.kind, text, block.gap)


def _shown(section: Sorted, is_whole: bool) -> Iterator[str]:
    described, fits = _cut(section.description or section.asides)
    listed, are_listed = _compact(section.parameters)
    ends = section.ends[:_MOST_REMARKS]
    remarks = [*section.warnings, *reversed(section.news)][: _MOST_REMARKS - len(ends)]
    is_whole = is_whole and fits
    yield from map(_remark, ends)
    yield from filter(None, [described, "" if is_whole else MORE, listed])
    yield from map(_remark, remarks)
    if is_whole and not (are_listed and (not section.asides or not section.description)):
        yield MORE


def _cut(description: Sequence[Block]) -> tuple[str, bool]:
    """Return a description's beginning, and whether that is all of it.

    The first sentence stays whatever its length. What only announces an omitted block is omitted
    as well.
    """
    shown: list[Block] = []
    room = _DESCRIPTION
    for block in description:
        text = _fitting(block, room, is_first=not shown)
        if text:
            shown.append(Block(block.kind, text, block.gap))
            room -= len(text)
        if text != block.text:
            break
    is_whole = [block.text for block in shown] == [block.text for block in description]
    while shown and _announces(shown[-1]):
        last, is_whole = shown.pop(), False
        if beginning := first_sentences(last.text, len(last.text) - 1):
            shown.append(Block(last.kind, beginning, last.gap))
    return _markdown(shown), is_whole


def _fitting(block: Block, room: int, *, is_first: bool) -> str:
    """Return what fits of a block, "" if nothing does."""
    if len(block.text) <= room:
        return block.text
    if block.kind == "code":
        return ""
    if block.kind == "table":
        return _rows(block.text, room)
    return first_sentences(block.text, room, at_least_one=is_first)


def _rows(table: str, room: int) -> str:
    rows = table.split("\n")
    while len("\n".join(rows)) > room:
        rows.pop()
    is_more_than_a_head = len(rows) > 2
    return "\n".join(rows) if is_more_than_a_head else ""


def _announces(block: Block) -> bool:
    return block.is_label or (block.kind == "prose" and block.text.endswith(":"))


def _compact(parameters: Sequence[Block]) -> tuple[str, bool]:
    """Return parameters as a list with a sentence or two each, and whether all are in it.

    The result, which stands behind them, has room of its own.
    """
    listed: list[Block] = []
    lists = (_Room(), _Room())
    label: Block | None = None  # Waits for what it names.
    is_result = False
    for block in parameters:
        if block.begins_with_label or block.is_result:
            label, is_result = None, block.is_result
        if block.is_label:
            label = block
            continue
        text = _shortened(block)
        if not text or not lists[is_result].takes(text):
            continue
        if label is not None:
            listed.append(label)
            label = None
        is_next = bool(listed) and listed[-1].kind == block.kind == "item"
        listed.append(Block(block.kind, text, "\n" if is_next else "\n\n"))
    return _markdown(listed), len(listed) == len(parameters)


@dataclass(slots=True)
class _Room:
    """How much of a list is shown; once something did not fit, nothing below it is."""

    size: int = 0
    count: int = 0
    is_full: bool = False

    def takes(self, text: str) -> bool:
        """Whether there is room for a text, which then is taken; there is for the first."""
        self.size += len(text)
        self.is_full = self.is_full or (
            self.count > 0 and (self.size > _PARAMETERS or self.count > _MOST_PARAMETERS)
        )
        self.count += 1
        return not self.is_full


def _shortened(block: Block) -> str:
    """Return the first sentences on a parameter or a result, a table's first rows, and no code."""
    if block.kind == "code":
        return ""
    if block.kind == "table":
        return _rows(block.text, _PARAMETERS)
    paragraph = block.text.partition("\n\n")[0]
    return _sentences(" ".join(line.strip() for line in paragraph.split("\n")))


def _remark(block: Block) -> str:
    return _sentences(without_list_mark(block.text))


def _sentences(text: str) -> str:
    return first_sentences(text, _REMARK, at_least_one=True)


def _markdown(parts: Sequence[Block]) -> str:
    texts = [block.text for block in parts[:1]]
    for block in parts[1:]:
        texts += (block.gap, block.text)
    return "".join(texts)
