"""Fences of colons: `:::note`, MyST's `:::{name} argument`, and the lines that close them."""

from __future__ import annotations

import re
from collections.abc import Sequence

COLONS = re.compile(r"(?P<colons>:{3,}+)[ \t]*+(?P<name>\{?[.#]?\w)?")
COLON_DIRECTIVE = re.compile(r"(?P<colons>:{3,}+)[ \t]*+(?P<info>\{[A-Za-z][\w:.+-]*\}.*)")
AUTODOC = re.compile(r":::[ \t]+(?P<name>[A-Za-z_]\w*(?P<rest>\.\w+)*)$")
_FENCE = re.compile(r"`{3,}+(?=[^`]*$)|~{3,}+")
_AROUND = " \t>"
# An unclosed fence stays open: no line looks further back than this for what it closes.
_DEEPEST = 20


def closing_colons(lines: Sequence[str]) -> dict[int, int]:
    """Return the line that closes each line of colons with a name, by their 0-based numbers.

    Colons close the nearest fence of as many. Where there is none, they close the nearest of fewer,
    as MyST allows.
    """
    closing: dict[int, int] = {}
    is_open: list[tuple[int, int]] = []
    fence = ""
    for number, line in enumerate(lines):
        text = line.strip(_AROUND)
        if fence:
            fence = "" if text.startswith(fence) and not text.strip(fence[0]) else fence
        elif code := _FENCE.match(text):
            fence = code[0]
        elif (match := COLONS.match(text)) and not _is_autodoc(text):
            length = len(match["colons"])
            if match["name"]:
                is_open.append((length, number))
            elif match.end() == len(text) and (closed := _closed(is_open, length)) is not None:
                closing[is_open[closed][1]] = number
                del is_open[closed:]
    return closing


def _is_autodoc(text: str) -> bool:
    match = AUTODOC.match(text)
    return match is not None and match["rest"] is not None


def _closed(is_open: Sequence[tuple[int, int]], length: int) -> int | None:
    """Return the index of the open fence that so many colons close."""
    near = range(len(is_open) - 1, max(-1, len(is_open) - 1 - _DEEPEST), -1)
    as_many = (index for index in near if is_open[index][0] == length)
    fewer = (index for index in near if is_open[index][0] < length)
    return next(as_many, next(fewer, None))
