"""The chunks that may answer a query, with how near each is in meaning and what words it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.vector_cache import Vector
from askdocs_indexer.questions.questions import SectionQuestions
from askdocs_indexer.storage import Store
from askdocs_indexer.types import Chunk, Hit, SectionId

# So many sections get the votes of the questions that they answer.
_VOTES = 50


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
    `questions` are those that sections answer, where any were generated: the nearest of a section
    votes for it, so that its best chunk is as near as the question.
    """

    def __init__(
        self,
        store: Store,
        query: str,
        embedded: Future[Vector] | None,
        counts: Callable[[str], bool],
        questions: SectionQuestions | None = None,
    ) -> None:
        self._store = store
        self._query = query
        self._embedded = embedded
        self._counts = counts
        self._questions = questions

    def gather(self, depth: int) -> Candidates:
        """Return the `depth` nearest chunks, and as many of the best by words."""
        lexical = self._store.search_lexical(self._query, depth)
        if self._embedded is None:
            chunks = self._counting(hit.chunk for hit in lexical)
            return self._candidates(chunks, None, are_all=len(lexical) < depth)
        vector = self._embedded.result()
        dense = self._store.search_dense(vector, depth)
        votes = self._questions.nearest(vector, _VOTES) if self._questions else {}
        voted = self._voted(votes, dense)
        chunks = self._counting((*(hit.chunk for hit in (*dense, *lexical)), *voted))
        cosines = self._cosines(chunks, vector, {hit.chunk.id: hit.score for hit in dense})
        raised = _raised(chunks, cosines, votes)
        return self._candidates(chunks, raised, are_all=len(dense) < depth)

    def _voted(self, votes: Mapping[SectionId, float], dense: Sequence[Hit]) -> list[Chunk]:
        """Return the chunks of sections that no chunk brought up, but the vote of a question."""
        least = min((hit.score for hit in dense), default=-1.0)
        sections = {hit.chunk.section for hit in dense}
        ids = [
            chunk_id
            for section, vote in votes.items()
            if vote > least and section not in sections
            for chunk_id, entry in self._store.outline.of(section[0]).items()
            if entry.heading_path == section[1]
        ]
        return self._store.get(ids) if ids else []

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
        ruins the ranking. Of one that has no vector yet nothing is known, so it is as near as the
        others are."""
        others = self._store.vectors([chunk for chunk in chunks if chunk.id not in known])
        cosines = known | {chunk_id: float(other @ vector) for chunk_id, other in others.items()}
        usual = sum(cosines.values()) / len(cosines) if cosines else 0.0
        return np.array([cosines.get(chunk.id, usual) for chunk in chunks], dtype=np.float64)


def _raised(
    chunks: Sequence[Chunk], cosines: NDArray[np.float64], votes: Mapping[SectionId, float]
) -> NDArray[np.float64]:
    """Return cosines, that of each section's nearest chunk raised to its vote."""
    raised = cosines.copy()
    best: dict[SectionId, int] = {}
    for row in np.argsort(-cosines, kind="stable").tolist():
        best.setdefault(chunks[row].section, row)
    for section, vote in votes.items():
        if section in best:
            raised[best[section]] = max(raised[best[section]], vote)
    return raised
