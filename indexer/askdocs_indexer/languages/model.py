"""The plain value that symbol resolution returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """The identifier under the cursor and what it may stand for.

    `name` is the identifier as written. `candidates` are qualified names, most certain first; a
    caller shows the first one that is documented. There are none where only the name is known (an
    attribute of an untyped value). `start` and `end` are the 0-based (line, character) span of
    `name`, characters in code points, end exclusive.
    """

    name: str
    candidates: tuple[str, ...]
    start: tuple[int, int]
    end: tuple[int, int]
