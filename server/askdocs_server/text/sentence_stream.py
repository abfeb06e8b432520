"""Cuts a stream of Markdown into sentences as it arrives, losing no character."""

from __future__ import annotations

import re

from askdocs_server.text.markdown import CITATION, Fence, opening_fence, sentence_ends

# A citation mark belongs to what stands before it, also on a line of its own.
_NEXT_LINE = re.compile(r"\n\s*(?=[^\s\[]|\[[^\d\s])")
_BEHIND_CODE = re.compile(rf"(?:\s*\[1+\])*{_NEXT_LINE.pattern}")
_CITATION = re.compile(rf"{CITATION}|\[\d[\d,:\s]*\Z")
_MAYBE_FENCE = ("", "`", "``", "~", "~~")


class SentenceBuffer:
    """Collects text; returns whole sentences, each with the white space that follows it.

    A fenced code block counts as a sentence, and a line's end always ends a sentence. A sentence is
    complete only when the next has begun: a citation mark may still follow its full stop. The words
    that a mark quotes end no sentence.
    """

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """Add text; return the sentences that are complete now."""
        self._rest += text
        sentences: list[str] = []
        while (end := self._end_of_first()) > 0:
            sentences.append(self._rest[:end])
            self._rest = self._rest[end:]
        return sentences

    def flush(self) -> list[str]:
        """Return the unfinished rest, at the end of the stream."""
        rest, self._rest = self._rest, ""
        return [rest] if rest else []

    def _end_of_first(self) -> int:
        line, *below = self._rest.lstrip().split("\n", 1)
        if line in _MAYBE_FENCE and not below:
            return 0
        fence = opening_fence(line)
        if fence is not None:
            return self._end_of_code(fence) if below else 0
        plain = _CITATION.sub(_blanked, self._rest)
        next_line = _NEXT_LINE.search(plain)
        ends = [next(sentence_ends(plain), 0), next_line.end() if next_line else 0]
        return min(filter(None, ends), default=0)

    def _end_of_code(self, fence: Fence) -> int:
        below = self._rest.index("\n", len(self._rest) - len(self._rest.lstrip())) + 1
        closing = fence.closing.search(self._rest, below)
        if closing is None:
            return 0
        behind = _CITATION.sub(_blanked, self._rest[closing.end() :])
        following = _BEHIND_CODE.match(behind)
        return closing.end() + following.end() if following else 0


def _blanked(mark: re.Match[str]) -> str:
    """Return a mark of the same length that names a number alone."""
    return (
        f"[{'1' * (len(mark[0]) - 2)}]" if mark[0].endswith("]") else "[" + "1" * (len(mark[0]) - 1)
    )
