"""Sequences in slices: databases take so many values at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_Value = TypeVar("_Value")

SLICE = 500
"""SQLite takes so many values in one statement at least; Milvus takes more."""


def slices_of(values: Sequence[_Value]) -> Iterator[list[_Value]]:
    """Yield values in lists of at most `SLICE`, in order."""
    yield from ([*values[start : start + SLICE]] for start in range(0, len(values), SLICE))
