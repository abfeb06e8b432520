"""Lines as LSP counts them: they end at \\n, \\r\\n and \\r only."""

from __future__ import annotations

from itertools import islice

from askdocs_indexer.lines import LINE_BREAK


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
