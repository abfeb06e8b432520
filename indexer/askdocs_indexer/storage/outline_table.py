"""The outline: path -> the chunks of that file with their positions, without their texts.

Like the table of symbols it lives in memory beside the store, is read from it at opening and
follows every write: a hit's neighbours, and a changed file's stored chunks, cost no query.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from askdocs_indexer.types import Span


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A chunk's position in its file; `characters` is the length of its text.

    `content_hash` is the chunk's own, and so is `position`.
    """

    heading_path: tuple[str, ...]
    start_line: int
    end_line: int
    characters: int
    content_hash: str = ""
    position: int = 0

    @property
    def span(self) -> Span:
        """Where the chunk stands in its file."""
        return self.start_line, self.end_line, self.position


class OutlineTable:
    """The positions of all chunks. Safe to use from any thread.

    `generation` grows with each file that comes or goes, and `titles` whenever headings that
    somebody has asked for may have changed.
    """

    def __init__(self) -> None:
        self.generation = 0
        self.titles = 0
        self._lock = threading.Lock()
        self._files: dict[str, dict[str, OutlineEntry]] = {}
        self._paths: dict[str, str] = {}
        self._headings: dict[str, frozenset[tuple[str, ...]]] = {}

    def add(self, path: str, chunk_id: str, entry: OutlineEntry) -> None:
        """Record a chunk's position, in place of any earlier one."""
        with self._lock:
            self._remove(chunk_id)
            self._paths[chunk_id] = path
            self._forget_headings(path)
            self.generation += path not in self._files
            self._files.setdefault(path, {})[chunk_id] = entry

    def move(self, chunk_id: str, span: Span) -> None:
        """Note where a chunk stands now, if it is known."""
        with self._lock:
            if file := self._files.get(self._paths.get(chunk_id, "")):
                start_line, end_line, position = span
                file[chunk_id] = replace(
                    file[chunk_id], start_line=start_line, end_line=end_line, position=position
                )

    def remove(self, chunk_id: str) -> None:
        """Forget a chunk, if it is known."""
        with self._lock:
            self._remove(chunk_id)

    def files(self) -> list[str]:
        """Return the paths of all files that have chunks."""
        with self._lock:
            return list(self._files)

    def size(self, path: str) -> int:
        """Return how many chunks a file has."""
        with self._lock:
            return len(self._files.get(path, ()))

    def of(self, path: str) -> dict[str, OutlineEntry]:
        """Return a file's chunks, id -> entry, in reading order."""
        with self._lock:
            rows = list(self._files.get(path, {}).items())
        return dict(sorted(rows, key=lambda row: (row[1].position, *row[1].span)))

    def headings(self, path: str) -> frozenset[tuple[str, ...]]:
        """Return the heading paths of a file's chunks: the same object until they may differ."""
        with self._lock:
            if path not in self._headings:
                entries = self._files.get(path, {}).values()
                self._headings[path] = frozenset(entry.heading_path for entry in entries)
            return self._headings[path]

    def path_of(self, chunk_id: str) -> str:
        """Return the path of a chunk's file; "" for one that is gone."""
        with self._lock:
            return self._paths.get(chunk_id, "")

    def spans(self, path: str) -> dict[str, Span]:
        """Return a file's chunks, id -> span."""
        with self._lock:
            return {chunk_id: entry.span for chunk_id, entry in self._files.get(path, {}).items()}

    def __len__(self) -> int:
        """Return how many chunks there are."""
        return len(self._paths)

    def _remove(self, chunk_id: str) -> None:
        path = self._paths.pop(chunk_id, None)
        if path is None:
            return
        self._forget_headings(path)
        file = self._files[path]
        del file[chunk_id]
        if not file:
            del self._files[path]
            self.generation += 1

    def _forget_headings(self, path: str) -> None:
        self.titles += self._headings.pop(path, None) is not None
