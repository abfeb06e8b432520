"""Paths as people write them."""

from __future__ import annotations

from pathlib import Path


def expanded(text: str) -> Path:
    """Expand a leading `~`; where it names no home that is known, leave the path as it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)
