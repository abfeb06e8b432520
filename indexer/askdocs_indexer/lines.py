"""Lines as LSP counts them, which end at \\n, \\r\\n and \\r alone, and their indentation."""

from __future__ import annotations

import re
from collections.abc import Sequence

LINE_BREAK = re.compile(r"\r\n|\r|\n")

TABLE_HEAD_LINES = 2
"""How many lines of a Markdown table stand above its rows."""


def dedented(lines: Sequence[str]) -> list[str]:
    """Return lines without the indentation that all but the blank ones share."""
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    common = min(indents, default=0)
    return [line[common:] for line in lines]
