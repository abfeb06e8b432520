"""Cuts a stream of Markdown into sentences as it arrives, losing no character."""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"""(?<=[.!?])["')\]`*]*(?:\s*\[\d[\d,\s]*\])*\s+(?=["'(`*\-#|A-Z0-9])|\n\s*(?=\S)"""
)
_NO_END = re.compile(r"(?:^\s*\d{1,3}|\b(?:e\.g|i\.e|vs|cf|approx))\.\s*$")
LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
FENCE = "```"


class SentenceBuffer:
    """Collects text; gives back whole sentences, each with the white space that follows it.

    A fenced code block counts as one sentence, and a line's end always ends one. A sentence is
    complete only when the next one has begun: a citation mark may still follow its full stop.
    """

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """Add text; return the sentences that are complete now."""
        self._rest += text
        done: list[str] = []
        while (end := self._end_of_first()) > 0:
            done.append(self._rest[:end])
            self._rest = self._rest[end:]
        return done

    def flush(self) -> list[str]:
        """The unfinished rest, at the end of the stream."""
        rest, self._rest = self._rest, ""
        return [rest] if rest else []

    def _end_of_first(self) -> int:
        start = self._rest.lstrip()
        if FENCE.startswith(start[: len(FENCE)]):
            return self._end_of_fence() if start.startswith(FENCE) else 0
        for match in _BREAK.finditer(self._rest):
            if not _NO_END.search(self._rest[: match.end()]) or "\n" in match[0]:
                return match.end()
        return 0

    def _end_of_fence(self) -> int:
        opened = self._rest.index(FENCE) + len(FENCE)
        closing = re.compile(r"\n[ \t]*```[ \t]*\n\s*(?=\S)").search(self._rest, opened)
        return closing.end() if closing else 0
