"""The outline: path -> the chunks of that file with their positions, without their texts.

Like the table of symbols it lives in memory beside the store, is read from it at opening and
follows every write: a hit's neighbours, and a changed file's stored chunks, cost no query.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A chunk's position in its file; `characters` is the length of its text.

    `content_hash` is the chunk's own.
    """

    heading_path: tuple[str, ...]
    start_line: int
    end_line: int
    characters: int
    content_hash: str = ""


class OutlineTable:
    """The positions of all chunks. Safe to use from any thread.

    `generation` grows with each file that comes or goes.
    """

    def __init__(self) -> None:
        self.generation = 0
        self._lock = threading.Lock()
        self._files: dict[str, dict[str, OutlineEntry]] = {}
        self._paths: dict[str, str] = {}

    def add(self, path: str, chunk_id: str, entry: OutlineEntry) -> None:
        """Record a chunk's position, in place of any earlier one."""
        with self._lock:
            self._remove(chunk_id)
            self._paths[chunk_id] = path
            self.generation += path not in self._files
            self._files.setdefault(path, {})[chunk_id] = entry

    def move(self, chunk_id: str, start_line: int, end_line: int) -> None:
        """Note the new lines of a chunk, if it is known."""
        with self._lock:
            if file := self._files.get(self._paths.get(chunk_id, "")):
                entry = file[chunk_id]
                file[chunk_id] = replace(entry, start_line=start_line, end_line=end_line)

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
        """Return a file's chunks, id -> entry, in the order of their lines."""
        with self._lock:
            rows = list(self._files.get(path, {}).items())
        return dict(sorted(rows, key=lambda row: (row[1].start_line, row[1].end_line)))

    def spans(self, path: str) -> dict[str, tuple[int, int]]:
        """Return a file's chunks, id -> (start line, end line)."""
        with self._lock:
            file = self._files.get(path, {})
            return {
                chunk_id: (entry.start_line, entry.end_line) for chunk_id, entry in file.items()
            }

    def __len__(self) -> int:
        """Return how many chunks there are."""
        return len(self._paths)

    def _remove(self, chunk_id: str) -> None:
        path = self._paths.pop(chunk_id, None)
        if path is None:
            return
        file = self._files[path]
        del file[chunk_id]
        if not file:
            del self._files[path]
            self.generation += 1
