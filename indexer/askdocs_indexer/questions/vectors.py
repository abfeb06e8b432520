"""The vectors of questions in memory: a few for each section, searched whole in milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Container, Sequence

import numpy as np

from askdocs_indexer.embedding.vector_cache import Vector

_FIRST_ROWS = 64


class QuestionVectors:
    """Unit vectors, each with the key that it votes for. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Rows beyond the keys are free: what is added does not disturb a search under way.
        self._rows: Vector = np.zeros((0, 0), dtype=np.float32)
        self._keys: list[str] = []

    def add(self, key: str, vectors: Sequence[Vector]) -> None:
        """Add vectors, each of shape (dimension,), that vote for a key."""
        if not vectors:
            return
        with self._lock:
            used = len(self._keys)
            self._reserve(used + len(vectors), len(vectors[0]))
            self._rows[used : used + len(vectors)] = vectors
            self._keys += [key] * len(vectors)

    def nearest(self, vector: Vector, limit: int) -> dict[str, float]:
        """Return the keys with the best votes, best first: cosines of their nearest vectors."""
        with self._lock:
            used = len(self._keys)
            rows, keys = self._rows[:used], self._keys
        if not used:
            return {}
        cosines = rows @ vector
        # Each key has a few vectors; all of the best may be those of one key.
        order = np.argsort(-cosines, kind="stable")
        best: dict[str, float] = {}
        for row in order:
            best.setdefault(keys[row], float(cosines[row]))
            if len(best) == limit:
                break
        return best

    def only(self, keys: Container[str]) -> QuestionVectors:
        """Return those that vote for certain keys."""
        with self._lock:
            mine, rows = self._keys, self._rows
            wanted = [row for row, key in enumerate(mine) if key in keys]
        copy = QuestionVectors()
        copy._keys = [mine[row] for row in wanted]
        copy._rows = rows[wanted]
        return copy

    def _reserve(self, rows: int, dimension: int) -> None:
        if rows > len(self._rows):
            grown = np.zeros((max(2 * rows, _FIRST_ROWS), dimension), dtype=np.float32)
            if self._keys:
                grown[: len(self._keys)] = self._rows[: len(self._keys)]
            self._rows = grown
