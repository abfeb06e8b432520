"""The other files that the reading of a document rests on: what it includes, and settings.

A stamp says which version of a file was read, so that the document is read again when that changes,
appears or goes: the idea of the dependency files that compilers write for make.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from askdocs_indexer.errors import ReadError
from askdocs_indexer.readers.decoding import decode

# A file changed this recently may change again within the same tick of the file system's clock, so
# its time alone must not be trusted later on.
_RACY_NS = 20_000_000
_MISSING = ""


class Dependencies:
    """Reads files for a document and notes them. Used for one document.

    Paths are relative to `root`, with forward slashes. `admits` says of an absolute path without
    links whether it lies in an indexed folder; no other file is looked at.
    """

    def __init__(self, root: Path, admits: Callable[[Path], bool], most_bytes: int) -> None:
        self._root = root
        self._admits = admits
        self._most_bytes = most_bytes
        self._stamps: dict[str, str] = {}

    def text(self, path: str) -> str | None:
        """Return the text of a file; None where it is missing, too large, no text or outside."""
        file = self._root / path
        if "\0" in path or not self._admits(_resolved(file)):
            return None
        self.note(path)
        try:
            if not file.is_file() or file.stat().st_size > self._most_bytes:
                return None
            return decode(file.read_bytes())
        except (OSError, ReadError):
            return None

    def note(self, path: str) -> None:
        """Note that the document rests on a file, or on its absence."""
        self._stamps.setdefault(path, stamp(self._root / path))

    @property
    def stamps(self) -> tuple[tuple[str, str], ...]:
        """All files that were noted, as (path, stamp), in order of their paths."""
        return tuple(sorted(self._stamps.items()))


def stamp(file: Path) -> str:
    """Return what tells the version of a file from others; "" for one that is missing."""
    now = time.time_ns()
    try:
        stat = file.stat()
    except OSError:
        return _MISSING
    return f"{stat.st_size} {trusted_time(stat, now)}"


def are_current(root: Path, stamps: Iterable[tuple[str, str]]) -> bool:
    """Return whether files are those that were noted."""
    return all(stamp(root / path) == noted for path, noted in stamps)


def changed_ns(stat: os.stat_result) -> int:
    """Return when a file last changed; whoever replaces a file can set its mtime back."""
    return max(stat.st_mtime_ns, stat.st_ctime_ns)


def trusted_time(stat: os.stat_result, now: int) -> int:
    """Return the time to compare with later, or 0 where the file may still change unnoticed."""
    changed = changed_ns(stat)
    return changed if now - changed > _RACY_NS else 0


def _resolved(file: Path) -> Path:
    try:
        return file.resolve()
    except (OSError, RuntimeError):  # A link that leads to itself.
        return Path(os.devnull)
