"""Small pieces of Markdown that the readers write."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from askdocs_indexer.lines import TABLE_HEAD_LINES
from askdocs_indexer.readers.sections import Item
from askdocs_indexer.types import Block

# Rows of a table are grouped to about this many characters per block, each with the header: a long
# table can then be cut between rows and every part still says what its columns mean.
_TABLE_CHARACTERS = 600

_TICKS = re.compile(r"`+")
# Bounded, so that no run of backticks makes matching quadratic.
_CODE_SPAN = re.compile(r"(?<![`\\])(`{1,9}+)(?!`)(.{1,400}?)(?<!`)\1(?!`)", re.DOTALL)
# A title holds no tags: those of a heading are taken off before, and `Map<K>` is none.
_TITLE_PARSER = (
    MarkdownIt("commonmark").enable("strikethrough").disable(["autolink", "html_inline"])
)
# A "title" can be a whole line of a generated file.
_PLAIN_CHARACTERS = 2000
# What CommonMark would take for marks: runs of signs that open something which is closed below.
_UNDERSCORES = r"(?<!\w)_+(?=[^\s_].{0,400}?(?<=[^\s_])_+(?!\w))"
# The marks that are written beside a text are stars, too: none of its own may pair with them.
_STARS = r"(?<!\*)\*++(?=[^\s*])|(?<=[^\s*])\*+"
_INNER_STARS = r"(?<=\w)\*+(?=\w.{0,400}?(?<=[^\s*])\*)"
_LINK_BRACKET = r"\[(?=[^\[\]]{0,400}\]\((?!https?://))|\](?=\((?!https?://))"
_ENTITY = r"&(?=#?\w{1,32};)"
# What follows a text may be a mark or the end of its line.
_BACKSLASH = r"\\(?=[!-/:-@\[-`{-~\n]|\Z)"
# A text is often written in pieces: a backtick of its own may pair with that of another.
_BACKTICKS = r"`+"
_TILDES = r"(?<!~)~{1,2}(?=[^\s~].{0,400}?(?<=[^\s~])~)"
_LITERAL = re.compile(
    "|".join((_BACKSLASH, _UNDERSCORES, _STARS, _LINK_BRACKET, _ENTITY, _BACKTICKS, _TILDES)),
    re.DOTALL,
)
_LITERAL_IN_RST = re.compile(
    "|".join((_UNDERSCORES, _INNER_STARS, _LINK_BRACKET, _ENTITY, _TILDES)), re.DOTALL
)
# What would begin a heading, a rule, a quote or code.
_BLOCK_START = re.compile(r"^([ ]{0,3})(?=#{1,6}(?:\s|$)|(?:=+|-+)[ \t]*$|>|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, its cells already Markdown."""

    cells: Sequence[str]
    start_line: int
    end_line: int


def code_span(text: str) -> str:
    """Return `text` in code font, whatever backticks it holds."""
    if not text.strip():
        return text
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    if not longest:
        return f"`{text}`"
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}"


def fenced(lines: Sequence[str], language: str = "") -> str:
    """Return a fenced code block whose fence is longer than any run of backticks inside."""
    code = "\n".join(lines)
    longest = max((len(run) for run in _TICKS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


@lru_cache(maxsize=4096)
def plain(markdown: str) -> str:
    """Return a title's Markdown as the plain text that its readers see."""
    tokens = _TITLE_PARSER.parseInline(markdown[:_PLAIN_CHARACTERS])
    shown = "".join(map(_shown, tokens[0].children or ())) + markdown[_PLAIN_CHARACTERS:]
    return " ".join(shown.split())


def _shown(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else token.content


def literal(text: str) -> str:
    """Return text whose signs have no meaning as Markdown that shows them."""
    return _LITERAL.sub(_escaped, text)


def literal_in_rst(text: str) -> str:
    """Return the same for reStructuredText, whose stars mark emphasis, too, but around words."""
    return _LITERAL_IN_RST.sub(_escaped, text)


def without_blocks(markdown: str) -> str:
    """Return a paragraph of which no line begins another block, but items of lists may."""
    return _BLOCK_START.sub(r"\1\\", markdown)


def _escaped(signs: re.Match[str]) -> str:
    return "".join(f"\\{sign}" for sign in signs[0])


def outside_code(markdown: str, rewrite: Callable[[str], str], code: str = r"\g<0>") -> str:
    """Rewrite all text outside code spans; `code` is the template of a span's new text."""
    parts: list[str] = []
    position = 0
    for match in _CODE_SPAN.finditer(markdown):
        parts += (rewrite(markdown[position : match.start()]), match.expand(code))
        position = match.end()
    return "".join([*parts, rewrite(markdown[position:])])


def bulleted(items: Sequence[Item], marker: str) -> list[Item]:
    """Return `items` as a list item: the first block gets the marker, all are indented."""
    indent = " " * len(marker)
    result: list[Item] = []
    first = True
    for item in items:
        if isinstance(item, Block):
            body = item.text.replace("\n", f"\n{indent}")
            result.append(replace(item, text=(marker if first else indent) + body))
            first = False
        else:
            result.append(item)
    return result


def led(items: Sequence[Item], label: str, line: int) -> list[Item]:
    """Return `items` with `label` (``**Note:**``) before their first words; it is on `line`."""
    first = items[0] if items else None
    if not isinstance(first, Block):
        return [Block(label.replace(":**", "**"), line, line), *items]
    if first.kind == "prose" and not is_list_item(first.text) and first.text[:1] != "|":
        text = f"{label} {first.text}"
        return [replace(first, text=text, start_line=min(line, first.start_line)), *items[1:]]
    return [Block(label, line, line), *items]


_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")


def is_list_item(text: str) -> bool:
    """Return whether a block's Markdown begins with a list marker."""
    return _LIST_ITEM.match(text) is not None


def table(header: Sequence[str], rows: Sequence[Row], start_line: int) -> list[Block]:
    """Return a table as blocks of whole rows, each under the header. `start_line` is the table's.

    A table without a header gets an empty header, which Markdown requires.
    """
    width = max([len(header), *(len(row.cells) for row in rows)], default=0)
    if not width:
        return []
    head = f"{_table_line(header, width)}\n{'| --- ' * width}|"
    if not rows:
        return [Block(head, start_line, start_line)] if any(header) else []
    lines = [_table_line(row.cells, width) for row in rows]
    blocks = []
    for first, last in grouped([len(line) for line in lines]):
        top = rows[first].start_line if first else start_line
        text = "\n".join([head, *lines[first:last]])
        end_line = max(top, rows[last - 1].end_line)
        repeated_lines = TABLE_HEAD_LINES if first else 0
        blocks.append(Block(text, top, end_line, repeated_lines=repeated_lines))
    return blocks


def grouped(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return the ranges [first, last) that cut rows of these sizes into blocks, at least one."""
    groups: list[tuple[int, int]] = []
    first = total = 0
    for index, size in enumerate(sizes):
        if index > first and total + size > _TABLE_CHARACTERS:
            groups.append((first, index))
            first, total = index, 0
        total += size
    return [*groups, (first, len(sizes))]


def _table_line(cells: Sequence[str], width: int) -> str:
    padded = [*cells, *([""] * (width - len(cells)))]
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in padded) + " |"
