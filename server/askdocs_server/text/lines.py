"""Lines and positions as LSP counts them: lines end at \\n, \\r\\n and \\r only."""

from __future__ import annotations

from itertools import islice

from askdocs_indexer.lines import LINE_BREAK

UNITS = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
"""Encodings of positions, with the bytes of a unit."""
CODECS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}


def line_span(text: str, line: int) -> tuple[int, int] | None:
    """Return the start of a 0-based line and its end before the break; None below the last."""
    start = 0
    if line:
        above = next(islice(LINE_BREAK.finditer(text), line - 1, None), None)
        if above is None:
            return None
        start = above.end()
    below = LINE_BREAK.search(text, start)
    return start, below.start() if below else len(text)


def code_point(text: str, line: int, units: int, encoding: str) -> int | None:
    """Return how many code points stand before a unit of a 0-based line; None below the last.

    A unit beyond the end of its line counts as the end; one inside a code point, as its start.
    """
    span = line_span(text, line)
    if span is None:
        return None
    start, end = span
    # No code point takes more units than the position counts.
    head = text[start : min(end, start + units)]
    data = head.encode(CODECS[encoding], "surrogatepass")[: units * UNITS[encoding]]
    return len(data.decode(CODECS[encoding], "ignore"))
