"""The text of documentation comments as blocks, by the readers of the formats it is written in.

Every function takes lines of text with the number that the first of them has in the file, and
returns blocks that carry such numbers. Headings inside a comment become bold lines: they are no
sections of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from askdocs_indexer.readers.html.reader import read_fragment
from askdocs_indexer.readers.markdown.reader import read_markdown
from askdocs_indexer.readers.markdown_writer import bulleted, fenced, is_list_item, led, literal
from askdocs_indexer.readers.rst.reader import read_rst
from askdocs_indexer.readers.sections import Entry, Heading, Item
from askdocs_indexer.types import Block, Section

Body = Callable[[Sequence[str], int], list[Block]]

# What makes a line more than a line of a paragraph, in Markdown.
_MARKDOWN = re.compile(
    r"\s{4}|\t|\s*(?:[#>|<*+~`=-]|\d{1,9}[.)]\s|\[[^\]]{1,200}\]:|!!!)|.*\|.*\||import\s"
)
_PREFORMATTED = re.compile(r"(<pre\b.*?(?:</pre>|\Z))", re.DOTALL | re.IGNORECASE)
# What looks like a tag but is one of no doc comment: `List<String>`.
_NO_TAG = re.compile(
    r"<(?!/?(?:a|abbr|b|blockquote|br|caption|cite|code|dd|del|div|dl|dt|em|font|h[1-6]|hr|i|img|ins"
    r"|kbd|li|ol|p|pre|q|s|samp|section|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th"
    r"|thead|tr|tt|u|ul|var)\b|!--)",
    re.IGNORECASE,
)
_BLOCKS = r"</?(?:blockquote|dd|div|dl|dt|h[1-6]|li|ol|p|pre|table|td|th|tr|ul)\b[^<>]*>"
_BEGINS_BLOCK = re.compile(rf"\s*{_BLOCKS}", re.IGNORECASE)
_ENDS_BLOCK = re.compile(rf"{_BLOCKS}\s*$", re.IGNORECASE)
_NO_PATH = ""


def paragraphs(lines: Sequence[str], first_line: int) -> list[Block]:
    """Read runs of lines between blank ones."""
    blocks = []
    for start, end in _runs(lines):
        blocks.append(Block("\n".join(lines[start:end]), first_line + start, first_line + end - 1))
    return blocks


def markdown(lines: Sequence[str], first_line: int) -> list[Block]:
    """Read Markdown."""
    if not any(map(_MARKDOWN.match, lines)):
        return paragraphs([line.rstrip() for line in lines], first_line)
    # A line on top keeps dashes at the beginning from opening a front matter.
    text = "\n".join(("", *lines))
    return list(_flat(read_markdown(text, _NO_PATH), first_line - 2))


def rst(lines: Sequence[str], first_line: int) -> list[Block]:
    """Read reStructuredText."""
    return list(_flat(read_rst("\n".join(lines), _NO_PATH), first_line - 1))


def html(lines: Sequence[str], first_line: int, *, is_markdown: bool = False) -> list[Block]:
    """Read HTML, whose text may be Markdown; paragraphs keep their lines."""
    text = _NO_TAG.sub("&lt;", "\n".join(lines))
    pieces = _PREFORMATTED.split(text)
    pieces[::2] = [piece.replace("\n", "<br>\n") for piece in pieces[::2]]
    rejoined: list[Block] = []
    for block in _only_blocks(read_fragment("".join(pieces), first_line, is_markdown=is_markdown)):
        before = rejoined[-1] if rejoined else None
        if before and _goes_on(before, block, lines, first_line):
            joined = f"{before.text}\n{block.text}"
            rejoined[-1] = replace(before, text=joined, end_line=block.end_line)
        else:
            rejoined.append(block)
    return [part for block in rejoined for part in _split(block)]


def _goes_on(before: Block, block: Block, lines: Sequence[str], first_line: int) -> bool:
    """Say whether a block goes on with a paragraph that the HTML reader cut at a line's end."""
    return (
        before.kind == block.kind == "prose"
        and before.end_line + 1 == block.start_line
        and not is_list_item(block.text)
        and not block.text.startswith("|")
        and not _BEGINS_BLOCK.match(lines[block.start_line - first_line])
        and not _ENDS_BLOCK.search(lines[before.end_line - first_line])
    )


def code(lines: Sequence[str], first_line: int, language: str) -> list[Block]:
    """Take lines as one block of code; blank lines around it are left out."""
    runs = list(_runs(lines))
    if not runs:
        return []
    start, end = runs[0][0], runs[-1][1]
    shown = [line.rstrip() for line in lines[start:end]]
    common = min(len(line) - len(line.lstrip()) for line in shown if line)
    text = fenced([line[common:] for line in shown], language)
    return [Block(text, first_line + start, first_line + end - 1, "code")]


def labelled(blocks: Sequence[Block], label: str, line: int) -> list[Block]:
    """Return blocks with a label (``**Note:**``) before their first words; it stands on `line`.

    Every line stays one, so that a long text can be cut between its lines.
    """
    first = blocks[0] if blocks else None
    if first is None or first.start_line > line + 1:
        return [Block(label.removesuffix(":").replace(":**", "**"), line, line), *blocks]
    is_text = first.kind == "prose" and not (is_list_item(first.text) or first.text[:1] == "|")
    if first.start_line == line + 1 and is_text:
        return [replace(first, text=f"{label}\n{first.text}", start_line=line), *blocks[1:]]
    return [block for block in led(blocks, label, line) if isinstance(block, Block)]


def list_item(blocks: Sequence[Block], label: str, line: int) -> list[Block]:
    """Return blocks as an item of a list that begins with a label."""
    items = bulleted(labelled(blocks, label, line), "- ")
    return [item for item in items if isinstance(item, Block)]


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges [start, end) of lines that are not blank."""
    start = 0
    for index, line in enumerate((*lines, "")):
        if line.strip():
            continue
        if start < index:
            yield start, index
        start = index + 1


def _flat(sections: Iterable[Section], offset: int) -> Iterator[Block]:
    for section in sections:
        begin = section.blocks[0].start_line if section.blocks else section.end_line + 1
        if section.start_line < begin:
            last = min(section.start_line + 2, begin - 1)
            yield _moved(Block(f"**{literal(section.title)}**", section.start_line, last), offset)
        yield from (_moved(block, offset) for block in section.blocks)


def _moved(block: Block, offset: int) -> Block:
    return replace(block, start_line=block.start_line + offset, end_line=block.end_line + offset)


def _split(block: Block) -> list[Block]:
    """Cut prose that has a line for each of the file's lines into its paragraphs."""
    lines = block.text.split("\n")
    if block.kind != "prose" or len(lines) != block.end_line - block.start_line + 1:
        return [block]
    return paragraphs(lines, block.start_line)


def _only_blocks(items: Iterable[Item]) -> Iterator[Block]:
    for item in items:
        match item:
            case Block():
                yield item
            case Heading():
                yield Block(f"**{literal(item.title)}**", item.start_line, item.end_line)
            case Entry():
                yield from _only_blocks(item.items)
