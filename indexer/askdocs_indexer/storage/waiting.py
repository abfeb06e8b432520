"""The chunks that wait for their vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class Waiting:
    """Chunks by id, and how many files they are of. Changed by one thread; any may read counts."""

    def __init__(self, chunks: Iterable[tuple[str, str]] = ()) -> None:
        self._paths: dict[str, str] = {}
        self._files: Counter[str] = Counter()
        for chunk_id, path in chunks:
            self.add(chunk_id, path)

    def add(self, chunk_id: str, path: str) -> None:
        """Note that a chunk of the file at `path` waits."""
        self.remove(chunk_id)
        self._paths[chunk_id] = path
        self._files[path] += 1

    def remove(self, chunk_id: str) -> None:
        """Note that a chunk waits no more, if it did."""
        path = self._paths.pop(chunk_id, None)
        if path is not None:
            self._files[path] -= 1
            if not self._files[path]:
                del self._files[path]

    @property
    def files(self) -> int:
        """Of how many files chunks wait."""
        return len(self._files)

    def __len__(self) -> int:
        """Return how many chunks wait."""
        return len(self._paths)

    def paths(self) -> dict[str, str]:
        """Return the paths of the files by the ids of the chunks, in the order of their coming."""
        return dict(self._paths)
