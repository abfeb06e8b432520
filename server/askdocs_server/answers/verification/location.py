"""Where the words that an answer rests on stand in the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from askdocs_indexer.lines import LINE_BREAK
from askdocs_indexer.paths import read_file
from askdocs_server.answers.passages import Citation, QuotedWords
from askdocs_server.answers.verification.evidence import FoldedText
from askdocs_server.text.lines import line_span

# What is longer is no page; the passages' lines will do.
_MAX_BYTES = 16_000_000


def located(root: Path, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Return the citations with their quotes where the files under `root` hold them.

    A file that shows the words in another form (HTML, a notebook), or has changed since it was
    indexed, leaves them the lines of the passage. Blocks to read the files.
    """
    return tuple(
        _located(root, citation) if citation.quotes else citation for citation in citations
    )


def _located(root: Path, citation: Citation) -> Citation:
    try:
        data = read_file(root / citation.path, _MAX_BYTES)
    except OSError:
        return citation
    source = data.decode("utf-8", "replace")
    first, last = (
        line_span(source, citation.start_line - 1),
        line_span(source, citation.end_line - 1),
    )
    if first is None or last is None:
        return citation
    lines = FoldedText(source[first[0] : last[1]])
    return replace(citation, quotes=tuple(_quote(lines, quote) for quote in citation.quotes))


def _quote(lines: FoldedText, quote: QuotedWords) -> QuotedWords:
    span = lines.find(quote.text)
    if span is None:
        return quote
    above, before_start = _position(lines.text, span.start)
    above_end, before_end = _position(lines.text, span.end)
    return replace(
        quote,
        start_line=quote.start_line + above,
        end_line=quote.start_line + above_end,
        before_start=before_start,
        before_end=before_end,
    )


def _position(text: str, index: int) -> tuple[int, str]:
    """Return how many lines end before an index, and what stands before it in its own."""
    *above, before = LINE_BREAK.split(text[:index])
    return len(above), before
