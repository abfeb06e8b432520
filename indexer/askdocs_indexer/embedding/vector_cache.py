"""The vector cache: switching to a git branch and back embeds nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.hash_cache import HashCache
from askdocs_indexer.read_only import read_only

Vector = NDArray[np.float32]

_TOLERANCE = 0.01


def cached_hashes(path: Path, model: str) -> frozenset[str]:
    """Return the content hashes of a model's vectors in a cache that no process has open.

    There are none where that cannot be told.
    """
    if not path.is_file():
        return frozenset()
    try:
        with read_only(path) as cache:
            rows = cache.execute("SELECT content_hash FROM vectors WHERE model = ?", (model,))
            return frozenset(row[0] for row in rows)
    except (sqlite3.Error, OSError):
        return frozenset()


class VectorCache:
    """Vectors by content hash for one embedding model; safe to use from several threads."""

    def __init__(self, path: Path, model: str, dimension: int) -> None:
        self._bytes = 4 * dimension
        self._file = HashCache(path, model, table="vectors", column="vector", what="vectors")

    def get(self, hashes: Iterable[str]) -> dict[str, Vector]:
        """Return the vectors, shape (dimension,), of those hashes that are known.

        A stored value that is none of the embedder's vectors, which have length 1, is not known.
        """
        stored = self._file.get(hashes)
        sized = {key: value for key, value in stored.items() if len(value) == self._bytes}
        rows: Vector = np.frombuffer(b"".join(sized.values()), dtype=np.float32)
        rows = rows.reshape(len(sized), self._bytes // 4)
        with np.errstate(all="ignore"):
            is_unit = np.abs(np.linalg.norm(rows, axis=1) - 1.0) < _TOLERANCE
        return {key: row for key, row, fits in zip(sized, rows, is_unit, strict=True) if fits}

    def put(self, vectors: Mapping[str, Vector], model: str = "") -> None:
        """Remember vectors by content hash, of another model where one is named."""
        values = {key: vector.astype(np.float32).tobytes() for key, vector in vectors.items()}
        self._file.put(values, model)

    def prune(self) -> None:
        """Drop the vectors, of all models, that nobody has asked for in three months."""
        self._file.prune()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
