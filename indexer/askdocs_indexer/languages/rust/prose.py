"""The text of Rust doc comments: Markdown whose code is Rust unless it says otherwise."""

from __future__ import annotations

import re
from dataclasses import replace

from askdocs_indexer.languages.doc_comments.attachment import Doc
from askdocs_indexer.languages.doc_comments.prose import markdown
from askdocs_indexer.readers.markdown_writer import code_span
from askdocs_indexer.types import Block

_FENCE = re.compile(r"(?P<fence>\s*(?:`{3,}|~{3,}))(?P<info>[^`]*)$")
# What the tests of documentation read behind a fence.
_FOR_TESTS = re.compile(
    r"(?:[\s,]|compile_fail|edition\d+|ignore(?:-\w+)*|no_run|rust|should_panic|test_harness)*$"
)
# A line that is compiled but not shown.
_HIDDEN = re.compile(r"\s*#(?:\s|$)")
# A link to an item of the code: `[Boat::stop]`, with its kind (`struct@Boat`) or a text before it.
_PATH = r"(?:[a-z]+@)?(?:\w+::)*\w+(?:::<[^<>\n`]*>|<[^<>\n`]*>)?(?:\(\)|!)?"
_ITEM_LINK = re.compile(
    rf"(?<![\w\])`!\\])\[(?:(?P<text>[^\[\]\n]{{1,200}})\]\[`?{_PATH}`?"
    rf"|`(?P<code>{_PATH})`"
    rf"|(?P<name>(?=\w*(?:::|@|\(\)|!|[A-Z]\w*[a-z])){_PATH}))\](?:\[\])?(?![\[(:`])"
)
_KIND = re.compile(r"^[a-z]+@")


def rust_blocks(doc: Doc) -> list[Block]:
    """Return the blocks of a Rust doc comment."""
    lines = list(doc.lines)
    is_open = False
    for index, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence is not None:
            if not is_open and _FOR_TESTS.match(fence["info"]):
                lines[index] = f"{fence['fence']}rust"
            is_open = not is_open
    return [_shown(block) for block in markdown(lines, doc.first_line)]


def _item(link: re.Match[str]) -> str:
    return link["text"] or code_span(_KIND.sub("", link["code"] or link["name"]))


def _shown(block: Block) -> Block:
    """Show links to items as code, and no hidden lines around an example.

    The lines in the file stay true.
    """
    if block.kind == "prose":
        return replace(block, text=_ITEM_LINK.sub(_item, block.text))
    lines = block.text.split("\n")
    first, last = 1, len(lines) - 1
    if block.kind != "code" or not lines[0].endswith("rust") or first >= last:
        return block
    while first < last and _HIDDEN.match(lines[first]):
        first += 1
    while last > first and _HIDDEN.match(lines[last - 1]):
        last -= 1
    return replace(
        block,
        text="\n".join((lines[0], *lines[first:last], lines[-1])),
        start_line=block.start_line + first - 1,
        end_line=block.end_line - (len(lines) - 1 - last),
    )
