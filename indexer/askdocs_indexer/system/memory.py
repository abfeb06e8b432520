"""The machine's memory, and pages of it that are given back."""

from __future__ import annotations

import mmap
import sys
from pathlib import Path

MEMINFO = Path("/proc/meminfo")


def read_meminfo(path: Path) -> dict[str, float]:
    """Return the machine's memory (GiB) by Linux's own names; empty where it does not tell."""
    try:
        rows = dict(row.split(":", 1) for row in path.read_text().splitlines())
        return {name: int(value.split()[0]) / 2**20 for name, value in rows.items()}
    except (OSError, ValueError, IndexError):
        return {}


def release_pages(mapped: mmap.mmap) -> None:
    """Give back the memory of what was read of a mapped file; it is read again where it is used.

    Only Linux does so at once.
    """
    if sys.platform == "linux":
        mapped.madvise(mmap.MADV_DONTNEED)
