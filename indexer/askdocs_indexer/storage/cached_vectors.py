"""The vectors of chunks that are at hand, in memory: they are searched while Milvus is not open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

# Scores this close are equal.
_TIE = 1e-6
# So many vectors are fetched at a time: all at once would be in memory twice.
_SLICE = 1000

Known = Callable[[Iterable[str]], Mapping[str, NDArray[np.float32]]]
"""Gives the vectors that are at hand, shape (dimension,), by content hash."""


class CachedVectors:
    """The unit vectors of chunks, as far as they are `known`; searched whole, in milliseconds.

    Chunks are given as id -> content hash.
    """

    def __init__(self, hashes: Mapping[str, str], known: Known, dimension: int) -> None:
        self._ids: list[str] = []
        self._rows = np.empty((len(hashes), dimension), dtype=np.float32)
        ids = [*hashes]
        for start in range(0, len(ids), _SLICE):
            some = ids[start : start + _SLICE]
            vectors = known(hashes[chunk_id] for chunk_id in some)
            for chunk_id in some:
                if (vector := vectors.get(hashes[chunk_id])) is not None:
                    self._rows[len(self._ids)] = vector
                    self._ids.append(chunk_id)

    def __len__(self) -> int:
        """Return how many vectors there are."""
        return len(self._ids)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the ids of the nearest vectors with their cosines, best first, and all that are as
        near as the last of them."""
        cosines = self._rows[: len(self._ids)] @ vector
        least = -np.inf
        if len(cosines) > limit:
            least = np.partition(cosines, len(cosines) - limit)[len(cosines) - limit] - _TIE
        best = np.flatnonzero(cosines >= least)
        order = best[np.argsort(-cosines[best], kind="stable")]
        return [(self._ids[row], float(cosines[row])) for row in order]
