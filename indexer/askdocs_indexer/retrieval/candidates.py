"""The chunks that may answer a query, with how near each is in meaning and what words it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.vector_cache import Vector
from askdocs_indexer.storage import Store
from askdocs_indexer.types import Chunk


@dataclass(frozen=True, slots=True)
class Candidates:
    """Chunks that a search by meaning or by words came upon.

    Every array has a row for each chunk. `cosines` is None where nothing is known of meaning.
    `word_scores`, shape (chunks, words), is what each word of the query adds to a chunk's BM25
    score, and `rarities`, shape (words,), how much each word tells. `are_all` says that the index
    has no other candidates.
    """

    chunks: tuple[Chunk, ...]
    cosines: NDArray[np.float64] | None
    word_scores: NDArray[np.float64]
    rarities: NDArray[np.float64]
    are_all: bool = True


class Gatherer:
    """Gathers the candidates for one query from a store.

    `embedded` gives the query's vector, and the words are looked up meanwhile; with None they are
    all that is searched by. `counts` tells whether the chunks of a path may be candidates.
    """

    def __init__(
        self,
        store: Store,
        query: str,
        embedded: Future[Vector] | None,
        counts: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._query = query
        self._embedded = embedded
        self._counts = counts

    def gather(self, depth: int) -> Candidates:
        """Return the `depth` nearest chunks, and the best by words.

        Those by words are read half as deep: a chunk that only they give, and far down, does not
        come up.
        """
        if self._embedded is None:
            lexical = self._store.search_lexical(self._query, depth)
            chunks = self._counting(hit.chunk for hit in lexical)
            return self._candidates(chunks, None, are_all=len(lexical) < depth)
        lexical = self._store.search_lexical(self._query, depth // 2)
        vector = self._embedded.result()
        dense = self._store.search_dense(vector, depth)
        chunks = self._counting(hit.chunk for hit in (*dense, *lexical))
        cosines = self._cosines(chunks, vector, {hit.chunk.id: hit.score for hit in dense})
        return self._candidates(chunks, cosines, are_all=len(dense) < depth)

    def _candidates(
        self, chunks: tuple[Chunk, ...], cosines: NDArray[np.float64] | None, *, are_all: bool
    ) -> Candidates:
        word_scores = self._store.word_scores(self._query, chunks)
        rarities = self._store.rarities(self._query)
        return Candidates(chunks, cosines, word_scores, rarities, are_all)

    def _counting(self, chunks: Iterable[Chunk]) -> tuple[Chunk, ...]:
        distinct = {chunk.id: chunk for chunk in chunks}
        return tuple(chunk for chunk in distinct.values() if self._counts(chunk.path))

    def _cosines(
        self, chunks: tuple[Chunk, ...], vector: Vector, known: dict[str, float]
    ) -> NDArray[np.float64]:
        """Return the true cosine of every chunk: any guess for those that only their words gave
        ruins the ranking. A chunk that was removed meanwhile is unrelated."""
        others = self._store.vectors([chunk.id for chunk in chunks if chunk.id not in known])
        cosines = known | {chunk_id: float(other @ vector) for chunk_id, other in others.items()}
        return np.array([cosines.get(chunk.id, 0.0) for chunk in chunks], dtype=np.float64)
