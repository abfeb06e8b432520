"""Patterns of files, as `.gitignore` files write them."""

from __future__ import annotations

import logging
import re
from functools import lru_cache

import pathspec

log = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def patterns(lines: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    """Compile patterns; like git, skip lines that are not patterns, such as a lone `!`."""
    return pathspec.GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        pathspec.GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        log.warning("%r is not an ignore pattern and is skipped", line)
        return False
    return True
