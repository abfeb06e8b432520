"""A fixture that looks up the symbol at a mark in a piece of code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.symbols.resolution import symbol_in

AtMark = Callable[..., Symbol | None]


@pytest.fixture
def at_mark() -> AtMark:
    """Call it with code that holds the cursor as ¦; options go to `Parsed`."""

    def look_up(code: str, language: str = "python", **options: Any) -> Symbol | None:
        before, after = code.split("¦")
        parsed = Parsed(before + after, language, **options)
        column = len(before.rpartition("\n")[2])
        return symbol_in(parsed, before.count("\n"), column)

    return look_up
