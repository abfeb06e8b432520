"""Finds words in a text exactly, apart from white space, Markdown's marks, case and spelling forms.

What is compared is a text without the characters that only lay it out. Each character that is left
knows where it stands in the text itself, so what is found can be shown and highlighted as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from askdocs_indexer.words.forms import clusters_of, is_unspaced, normalised, word_count, words_of
from askdocs_server.text.tokens import whole_words

MIN_WORDS = 3
"""Fewer words prove nothing, unless they hold a value: "the client" stands everywhere."""

MIN_CONTENT_WORDS = 2
"""So many of them must carry meaning."""

_FENCE = r"(?m:^[ \t>]*(?:`{3,}|~{3,})[^`\n]*$)"  # With the language of its code.
_LAYOUT = regex.compile(
    rf"{_FENCE}"
    r"|(?m:^[ \t>]*(?:#{1,6}[ \t]|(?:[-*+]|\d{1,9}[.)])[ \t])|^[ \t]*>+)"  # Where a line begins.
    r"|!(?=\[)|\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)|\]\[[^\]\n]*\]"  # Around the text of a link.
    rf"|(?:(?!{_FENCE})[\s\[\]*_`~|\\\"'“”„‘’‚«»‹›「」『』])+"
)
_DASHES = str.maketrans("‐–—−", "----")
_EDGE = ".,;:!?。，、；：！？…"
_VALUE = re.compile(r"\b\d|\w\s?=\s?[\w\"']")
_ELLIPSIS = re.compile(r"\s*(?:…|\.{3}|\[\.{3}\])\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: the index of its first character, and that behind its last."""

    start: int
    end: int


class FoldedText:
    """A text in which words are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = list(_folded(text))
        self._folded = "".join(piece for piece, _, _ in pieces)
        self._starts = [start for piece, start, _ in pieces for _ in piece]
        self._ends = [end for piece, _, end in pieces for _ in piece]

    def find(self, words: str, begin: int = 0) -> Span | None:
        """Return where whole words stand in the text from `begin` on; None where they do not."""
        wanted = "".join(piece for piece, _, _ in _folded(words)).strip(_EDGE)
        at = self._folded.find(wanted) if wanted else -1
        while at >= 0:
            span = Span(self._starts[at], self._ends[at + len(wanted) - 1])
            if span.start >= begin and not self._cuts_a_word(span):
                return span
            at = self._folded.find(wanted, at + 1)
        return None

    def find_parts(self, words: str) -> tuple[Span, ...]:
        """Return where the parts of a quotation stand that prove something, in order.

        What `…` leaves out stands between its parts. Returns () unless all of them stand there.
        """
        spans: list[Span] = []
        end = 0
        for part in filter(None, _ELLIPSIS.split(words)):
            span = self.find(part, end)
            if span is None:
                return ()
            end = span.end
            if proves(part):
                spans.append(span)
        return tuple(spans)

    def _cuts_a_word(self, span: Span) -> bool:
        return any(_is_inside(self.text, index) for index in (span.start, span.end))


def proves(words: str) -> bool:
    """Whether words are enough to show where a statement comes from."""
    if len(whole_words(words)) < MIN_CONTENT_WORDS:
        return False
    length = max(word_count(words), sum(1 for _ in words_of(words)))
    return length >= MIN_WORDS or _VALUE.search(words) is not None


def _folded(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the characters that are compared, each with the start and the end of what it stands
    for."""
    start = 0
    for layout in _LAYOUT.finditer(text):
        yield from _characters(text, start, layout.start())
        start = layout.end()
    yield from _characters(text, start, len(text))


def _characters(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for cluster in clusters_of(text[start:end]):
        behind = start + len(cluster)
        yield normalised(cluster).casefold().translate(_DASHES), start, behind
        start = behind


def _is_inside(text: str, index: int) -> bool:
    """Whether a word or a number goes on at an index."""
    before, after = text[index - 1 : index] if index else "", text[index : index + 1]
    if not before.isalnum():
        return (
            before in {".", ","}
            and after.isdigit()
            and text[max(index - 2, 0) : index - 1].isdigit()
        )
    if after in {".", ","}:
        return before.isdigit() and text[index + 1 : index + 2].isdigit()
    return after.isalnum() and not (is_unspaced(before) or is_unspaced(after))
