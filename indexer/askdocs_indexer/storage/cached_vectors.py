"""The vectors of chunks that are at hand, in memory: they are searched while Milvus is not open."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

# Scores this close are equal.
_TIE = 1e-6


class CachedVectors:
    """Unit vectors, shape (dimension,), by the ids of chunks; searched whole, in milliseconds."""

    def __init__(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        self._ids = [*vectors]
        self._rows = np.stack([*vectors.values()]) if vectors else None

    def __len__(self) -> int:
        """Return how many vectors there are."""
        return len(self._ids)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the ids of the nearest vectors with their cosines, best first, and all that are as
        near as the last of them."""
        if self._rows is None:
            return []
        cosines = self._rows @ vector
        least = -np.inf
        if len(cosines) > limit:
            least = np.partition(cosines, len(cosines) - limit)[len(cosines) - limit] - _TIE
        best = np.flatnonzero(cosines >= least)
        order = best[np.argsort(-cosines[best], kind="stable")]
        return [(self._ids[row], float(cosines[row])) for row in order]
