"""Patterns of files, as `.gitignore` files write them."""

from __future__ import annotations

import logging
import re
from functools import lru_cache

import pathspec

log = logging.getLogger(__name__)

_CLASS = re.compile(r"\[:([a-z]+):\]")
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \t",
    "digit": "0-9",
    "lower": "a-z",
    "space": " \t",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_BELOW = re.compile(r"/\*\*\s*$")


@lru_cache(maxsize=256)
def patterns(lines: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    """Compile patterns; like git, skip lines that are not patterns, such as a lone `!`."""
    known = map(_as_known, lines)
    return pathspec.GitIgnoreSpec.from_lines(line for line in known if _is_pattern(line))


def _as_known(line: str) -> str:
    """Return a pattern in the terms of pathspec, which knows no classes of characters by name, and
    takes `a/**` for the folder itself as well: then nothing in it could be brought back."""
    line = _CLASS.sub(lambda match: _CLASSES.get(match[1], match[0]), line)
    return f"{line.rstrip()}/*" if _BELOW.search(line) else line


def _is_pattern(line: str) -> bool:
    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        log.warning("%r is not an ignore pattern and is skipped", line)
        return False
    return True
