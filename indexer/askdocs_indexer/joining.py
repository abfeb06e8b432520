"""The text of chunks that follow each other, put together again as it was before it was cut."""

from __future__ import annotations

import re
from collections.abc import Iterable

from askdocs_indexer.types import Chunk, Joint

_FENCE = re.compile(r"\s*(?P<fence>`{3,40}+|~{3,40}+)[^\n`]{0,80}+\n")


def text_of(chunks: Iterable[Chunk]) -> str:
    """Return the text of neighbouring chunks of a section."""
    return joined((chunk.joint, chunk.text) for chunk in chunks)


def joined(pieces: Iterable[tuple[Joint, str]]) -> str:
    """Return pieces in one; each comes with how it joins what stands before it."""
    text = ""
    for joint, piece in pieces:
        if not text:
            text = piece
        elif joint.is_in_code:
            text = f"{_without_closing(text)}{joint.gap}{piece[len(unfenced(piece)[0]) :]}"
        elif rest := "\n".join(piece.split("\n")[joint.repeated_lines :]):
            text = f"{text}{joint.gap}{rest}"
    return text


def unfenced(text: str) -> tuple[str, list[str], str]:
    """Split a fenced code block into its opening line, its code and its closing line."""
    fence = _FENCE.match(text)
    if fence is None:
        return "", text.split("\n"), ""
    lines = text[fence.end() :].split("\n")
    closed = len(lines) > 1 and lines[-1].strip() == fence["fence"]
    return fence[0], lines[:-1] if closed else lines, f"\n{lines[-1]}" if closed else ""


def _without_closing(text: str) -> str:
    above, _, last = text.rpartition("\n")
    marks = last.strip()
    return above if len(marks) >= 3 and set(marks) in ({"`"}, {"~"}) else text
