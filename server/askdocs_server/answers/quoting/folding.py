"""Long blocks, with the lines that decide and "…" where others are left out.

Code loses whole lines, a list whole items and a table whole rows, and no line is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from askdocs_indexer.lines import TABLE_HEAD_LINES
from askdocs_server.answers.quoting.question_words import QuestionWords
from askdocs_server.text.blocks import Block, items

OMITTED = "…"

MOST_LINES = 10
"""A longer block is folded to about so many lines."""


def folded(block: Block, words: QuestionWords) -> Block:
    """Return a block of at most about `MOST_LINES` lines; a paragraph always stays whole."""
    lines = block.text.split("\n")
    if len(lines) <= MOST_LINES or block.kind not in ("code", "list", "table"):
        return block
    if block.kind == "list":
        # After a paragraph a list starts over, with the number of its first item.
        parts = [item.split("\n") for item in items(block.text)]
        return Block("list", _folded_parts(parts, words, f"\n{OMITTED}\n"))
    head, body, foot = _frame(block, lines)
    omitted = f"| {OMITTED} |" if block.kind == "table" else OMITTED
    inner = _folded_parts([[line] for line in body], words, omitted)
    return Block(block.kind, "\n".join([*head, inner, *foot]))


def _frame(
    block: Block, lines: Sequence[str]
) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Part code into its fences and what is between, a table into its head and its rows."""
    if block.kind == "table":
        return lines[:TABLE_HEAD_LINES], lines[TABLE_HEAD_LINES:], []
    is_fenced = lines[0].lstrip().startswith(("```", "~~~"))
    return (lines[:1], lines[1:-1], lines[-1:]) if is_fenced else ([], lines, [])


def _folded_parts(parts: Sequence[Sequence[str]], words: QuestionWords, omitted: str) -> str:
    """Join the parts that are shown, with a mark where others are left out."""
    shares = [words.share("\n".join(part)) for part in parts]
    shown = _decisive(shares, [len(part) for part in parts])
    text = "\n".join(parts[0])
    for before, index in pairwise(shown):
        if index > before + 1:
            text = f"{text.rstrip()}\n{omitted}"
        text = "\n".join([text, *parts[index]])
    return f"{text.rstrip()}\n{omitted.rstrip()}" if shown[-1] < len(parts) - 1 else text


def _decisive(shares: Sequence[float], sizes: Sequence[int]) -> list[int]:
    """Return which parts are shown, in order: the first, then the best with those around them."""
    decisive = [index for index in range(len(shares)) if shares[index]] or range(len(shares))
    ranked = sorted(decisive, key=lambda index: (-shares[index], index))
    shown, room = {0}, MOST_LINES - sizes[0]
    for best in ranked:
        for index in (best, best + 1, best - 1, best + 2):
            if 0 <= index < len(sizes) and index not in shown and sizes[index] <= room:
                shown.add(index)
                room -= sizes[index]
    return sorted(shown)
