"""The blocks of an HTML page that hold no other blocks: paragraphs, code and tables of data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.html.inline import code_text, inline, is_unseen, lines_covered
from askdocs_indexer.readers.html.tree import Node, Text
from askdocs_indexer.readers.markdown_writer import (
    Row,
    code_span,
    fenced,
    literal,
    plain,
    table,
    without_blocks,
)
from askdocs_indexer.readers.props import LABELS, shown_texts
from askdocs_indexer.readers.sections import Heading
from askdocs_indexer.types import Block

_LANGUAGE = re.compile(r"^(?:language|lang|highlight|highlight-source)-([\w+#-]+)$")
_NO_LANGUAGES = frozenset({"default", "none", "text"})
# A paragraph above this size may be cut: then the parts between `br`s become blocks of their own.
_PARAGRAPH_CHARACTERS = 600
# The parts of a table; anything else in a table has slipped in between its cells.
_PARTS = words("caption col colgroup tbody td tfoot th thead tr")
_CELLS = frozenset({"td", "th"})


def paragraph(run: Sequence[Node | Text]) -> Iterator[Block]:
    """Yield a run of inline nodes as a paragraph, or as several where it is long."""
    text = inline(run)
    if not text or _is_navigation(run):
        return
    if len(text) <= _PARAGRAPH_CHARACTERS:
        yield Block(text, *lines_covered(run))
        return
    for is_break, part in groupby(run, lambda node: isinstance(node, Node) and node.tag == "br"):
        nodes = list(part)
        if not is_break and (text := inline(nodes)):
            yield Block(text, *lines_covered(nodes))


def _is_navigation(run: Sequence[Node | Text]) -> bool:
    """Return whether this is nothing but links into the same page: tabs, or a table of contents."""
    return all(
        not any(map(str.isalnum, node.text))
        if isinstance(node, Text)
        else node.tag == "br" or node.attributes.get("href", "").startswith("#")
        for node in run
    )


def code(node: Node, around: str) -> list[Block]:
    """Return preformatted text as code in its own language, or in that of an outer element."""
    text = code_text(node).strip("\n").rstrip()
    if not text:
        return []
    inside = next((language(child) for child in node.descendants() if language(child)), "")
    name = language(node) or inside or around
    shown = fenced(text.split("\n"), "" if name in _NO_LANGUAGES else name)
    return [Block(shown, *lines_covered(node.children), "code")]


def verse(node: Node) -> list[Block]:
    """Return Asciidoctor's lines of verse, preformatted but no code."""
    lines = [literal(line.strip()) for line in code_text(node).strip("\n").split("\n")]
    shown = without_blocks("  \n".join(lines))
    return [Block(shown, *lines_covered(node.children))] if shown.strip() else []


def caption(node: Node) -> list[Block]:
    """Return the title of a figure or of a box in bold; nothing for a container."""
    text = "" if node.has_blocks else plain(inline(node.children))
    return [Block(f"**{literal(text)}**", *lines_covered(node.children))] if text else []


def numbered_code(node: Node) -> list[Block]:
    """Return code as Doxygen writes it, each line an element; nothing for other elements."""
    if not any("line" in child.classes for child in node.descendants()):
        return []
    lines = [code_text(c) for c in node.children if isinstance(c, Node) and not is_unseen(c)]
    text = [line.replace("\xa0", " ").strip("\n").rstrip() for line in lines]
    if not any(text):
        return []
    return [Block(fenced(text), *lines_covered(node.children), "code")]


def signature(node: Node) -> list[Block]:
    """Return an element that shows a declaration."""
    text = " ".join(code_text(node).split())
    return [Block(fenced([text]), *lines_covered(node.children), "signature")] if text else []


def member_row(row: Node) -> list[Block]:
    """Return a row of Doxygen's list of members: a declaration, or a description below it."""
    text = " ".join(code_text(row).split())
    if not text:
        return []
    declares = row.attributes.get("class", "").startswith("memitem")
    shown = f"- {code_span(text)}" if declares else f"  {inline(row.children)}"
    return [Block(shown, *lines_covered(row.children))]


def data_table(node: Node) -> list[Block]:
    """Return a table, or a part of it, that holds no code, headings or other tables."""
    header: list[str] = []
    rows: list[Row] = []
    captions: list[Block] = []
    strays: list[Block] = []
    for part in [node, *node.descendants()]:
        if part.tag == "caption" and (title := inline(part.children)):
            captions.append(Block(f"**{literal(plain(title))}**", *lines_covered(part.children)))
        elif part is node or part.tag in _PARTS - _CELLS:
            strays += paragraph(_strays(part))
        if part.tag != "tr":
            continue
        cells = [c for c in part.children if isinstance(c, Node) and c.tag in _CELLS]
        texts = [inline(cell.children) for cell in cells]
        if not header and not rows and cells and all(cell.tag == "th" for cell in cells):
            header = texts
        elif any(texts):
            rows.append(Row(texts, part.start_line, part.end_line))
    start_line = captions[-1].end_line if captions else node.start_line
    return [*captions, *table(header, rows, start_line), *strays]


def _strays(part: Node) -> list[Node | Text]:
    """Return a table part's children outside cells."""
    return [c for c in part.children if isinstance(c, Text) or c.tag not in _PARTS]


def component_text(node: Node) -> list[Block]:
    """Return the title that a component shows above its contents, and the texts in its props.

    A component without a title that stands between words is left among them.
    """
    if not node.tag[:1].isupper():
        return []
    props = node.attributes
    label = next((name for name in LABELS if props.get(name, "").strip()), "")
    if not label and node.children and not node.has_blocks:
        return []
    ordered = [label, *(name for name in props if name != label)] if label else props
    texts = shown_texts((name, props[name]) for name in ordered)
    return [Block(text, node.start_line, node.start_line) for text in texts]


def in_bold(heading: Heading) -> Block:
    """Return a heading where no section begins."""
    return Block(f"**{literal(heading.title)}**", heading.start_line, heading.end_line)


def language(node: Node) -> str:
    """Return the language that an element's classes name, or ""."""
    for name in node.classes:
        match = _LANGUAGE.match(name)
        if match:
            return match[1]
    return ""
