"""The other files that the reading of a document rests on: what it includes, and settings.

A stamp says which version of a file was read, so that the document is read again when that changes,
appears or goes: the idea of the dependency files that compilers write for make.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

from askdocs_indexer.errors import ReadError
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_page
from askdocs_indexer.paths import read_file
from askdocs_indexer.readers.decoding import decode

# A file changed this recently may change again within the same tick of the file system's clock, so
# its time alone must not be trusted later on.
_RACY_NS = 20_000_000
_MISSING = ""
# Ends the stamp of a file that is in the index as a page of its own.
_OWN_PAGE = " page"
# A heading of Markdown, reStructuredText, AsciiDoc or Org.
_HEADING = re.compile(r"^(?:[#=*]{1,6} \S|\S.{0,200}\n([=\-~^\"'*+#`:.])\1{2,}$)", re.MULTILINE)


class Dependencies:
    """Reads files for a document and notes them. Used for one document.

    Paths are relative to the root, with forward slashes. No file outside of the selection's folders
    is read.
    """

    def __init__(self, selection: Selection, most_bytes: int) -> None:
        self._selection = selection
        self._root = selection.root
        self._most_bytes = most_bytes
        self._stamps: dict[str, str] = {}

    def included(self, path: str) -> str | None:
        """Return the text of a file that the document includes, as `Include` says.

        A page with headings that is in the index itself, such as a chapter of a book, is cited
        there and does not belong to a second page.
        """
        text = self.text(path)
        is_chapter = self._stamps.get(path, "").endswith(_OWN_PAGE)
        return "" if text and is_chapter and _HEADING.search(text) else text

    def text(self, path: str) -> str | None:
        """Return the text of a file; None where it is missing, too large, no text or outside."""
        if "\0" in path:
            return None
        self.note(path)
        file = self._root / path
        if self._stamps[path] == _MISSING or self._selection.key_of(_resolved(file)) is None:
            return None
        try:
            return decode(read_file(file, self._most_bytes))
        except (OSError, ReadError):
            return None

    def note(self, path: str) -> None:
        """Note that the document rests on a file, or on its absence."""
        if path not in self._stamps:
            self._stamps[path] = stamp(self._selection, path)

    @property
    def stamps(self) -> tuple[tuple[str, str], ...]:
        """All files that were noted, as (path, stamp), in order of their paths."""
        return tuple(sorted(self._stamps.items()))


def stamp(selection: Selection, path: str) -> str:
    """Return what tells the version of a file from others; "" for one that is missing.

    It is another where the file is in the index as a page of its own.
    """
    now = time.time_ns()
    try:
        stat = (selection.root / path).stat()
    except OSError:
        return _MISSING
    is_own_page = is_page(path) and path in selection.scan(path)
    return f"{stat.st_size} {trusted_time(stat, now)}{_OWN_PAGE if is_own_page else ''}"


def are_current(selection: Selection, stamps: Iterable[tuple[str, str]]) -> bool:
    """Return whether files are those that were noted."""
    return all(stamp(selection, path) == noted for path, noted in stamps)


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
