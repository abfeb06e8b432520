"""The vector cache: switching to a git branch and back embeds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.hash_cache import HashCache

Vector = NDArray[np.float32]

_TOLERANCE = 0.01


class VectorCache:
    """Vectors by content hash for one embedding model; safe to use from several threads."""

    def __init__(self, path: Path, model: str, dimension: int) -> None:
        self._bytes = 4 * dimension
        self._file = HashCache(path, model, table="vectors", column="vector", what="vectors")

    def get(self, hashes: Iterable[str]) -> dict[str, Vector]:
        """Return the vectors, shape (dimension,), of those hashes that are known."""
        stored = self._file.get(hashes).items()
        vectors = {content_hash: self._vector(value) for content_hash, value in stored}
        return {key: vector for key, vector in vectors.items() if vector is not None}

    def put(self, vectors: Mapping[str, Vector]) -> None:
        """Remember vectors by content hash."""
        self._file.put(
            {key: vector.astype(np.float32).tobytes() for key, vector in vectors.items()}
        )

    def prune(self) -> None:
        """Drop the vectors, of all models, that nobody has asked for in three months."""
        self._file.prune()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _vector(self, stored: bytes) -> Vector | None:
        """Return the stored vector, if it is one of the embedder's: of length 1."""
        if len(stored) != self._bytes:
            return None
        vector: Vector = np.frombuffer(stored, dtype=np.float32)
        with np.errstate(all="ignore"):
            length = float(np.linalg.norm(vector))
        return vector if abs(length - 1.0) < _TOLERANCE else None
