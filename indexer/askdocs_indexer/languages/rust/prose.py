"""The text of Rust doc comments: Markdown whose code is Rust unless it says otherwise."""

from __future__ import annotations

import re
from dataclasses import replace

from askdocs_indexer.languages.doc_comments.attachment import Doc
from askdocs_indexer.languages.doc_comments.prose import markdown
from askdocs_indexer.types import Block

_FENCE = re.compile(r"(?P<fence>\s*(?:`{3,}|~{3,}))(?P<info>[^`]*)$")
# What the tests of documentation read behind a fence.
_FOR_TESTS = re.compile(
    r"(?:[\s,]|compile_fail|edition\d+|ignore(?:-\w+)*|no_run|rust|should_panic|test_harness)*$"
)
# A line that is compiled but not shown.
_HIDDEN = re.compile(r"\s*#(?:\s|$)")


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


def _shown(block: Block) -> Block:
    """Leave out the hidden lines around an example: its lines in the file stay true."""
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
