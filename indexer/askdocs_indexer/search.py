"""Ranking: which chunks answer a question, and which document a symbol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from askdocs_indexer.embed import Embedder
from askdocs_indexer.store import Store
from askdocs_indexer.symbols import SymbolTable
from askdocs_indexer.types import Chunk, Hit

# How deep each ranking is read before fusion.
_DEPTH = 50
# Share of the dense score in the fused one (convex combination; Bruch, Gai and Ingber, "An Analysis
# of Fusion Functions for Hybrid Retrieval", 2022, find it steadier than reciprocal ranks).
DENSE_WEIGHT = 0.7

# Scores of the two ways in which a symbol's documentation is found by name.
EXACT = 1.0
UNAMBIGUOUS_ENDING = 0.7


class Searcher:
    """Searches one workspace; every method may be called from any thread and blocks it."""

    def __init__(self, store: Store, embedder: Embedder, symbols: SymbolTable) -> None:
        self._store = store
        self._embedder = embedder
        self._symbols = symbols

    def search(self, query: str, limit: int) -> list[Hit]:
        """Return the best chunk of each of the best sections, scores in 0..1, best first.

        While the embedder is not ready, lexical search alone answers.
        """
        lexical = self._store.search_lexical(query, _DEPTH)
        if self._embedder.state != "ready":
            return best_per_section(_scaled(lexical))[:limit]
        dense = self._store.search_dense(self._embedder.encode_query(query), _DEPTH)
        return best_per_section(fuse(dense, lexical))[:limit]

    def document(self, names: Sequence[str], limit: int) -> list[Hit]:
        """Return the sections that document the first of these qualified names that any does.

        A name of several parts may also be the ending of a single documented name; a bare name is
        too weak for that.
        """
        for name in names:
            ids = self._symbols.exact(name)
            if ids:
                return self._sections(ids, name, EXACT)[:limit]
        for name in (one for one in names if "." in one):
            endings = self._symbols.ending(name)
            if len(endings) == 1:
                ids = self._symbols.exact(endings[0])
                return self._sections(ids, endings[0], UNAMBIGUOUS_ENDING)[:limit]
        return []

    def _sections(self, ids: Iterable[str], name: str, score: float) -> list[Hit]:
        """Return one hit per section, its first chunk, the most specific section first."""
        chunks = sorted(
            self._store.get(sorted(ids)), key=lambda chunk: (chunk.path, chunk.start_line)
        )
        first: dict[tuple[str, tuple[str, ...]], Chunk] = {}
        for chunk in chunks:
            first.setdefault((chunk.path, chunk.heading_path), chunk)
        ranked = sorted(first.values(), key=lambda chunk: _specificity(chunk, name))
        return [Hit(chunk, score - 0.001 * place) for place, chunk in enumerate(ranked)]


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit]) -> list[Hit]:
    """Merge two rankings by a weighted sum of their scores, each in 0..1, best first."""
    chunks = {hit.chunk.id: hit.chunk for hit in (*dense, *lexical)}
    # A chunk that dense search did not return is at most as near as the last that it did.
    floor = min((hit.score for hit in dense), default=0.0)
    cosine = {hit.chunk.id: hit.score for hit in dense}
    words = {hit.chunk.id: hit.score for hit in _scaled(lexical)}
    scored = [
        Hit(
            chunk,
            DENSE_WEIGHT * cosine.get(chunk_id, floor)
            + (1 - DENSE_WEIGHT) * words.get(chunk_id, 0.0),
        )
        for chunk_id, chunk in chunks.items()
    ]
    return sorted(scored, key=lambda hit: (-hit.score, hit.chunk.id))


def best_per_section(hits: Iterable[Hit]) -> list[Hit]:
    """Keep each section's best chunk: a second piece of the same section is no second answer."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    kept = []
    for hit in hits:
        section = (hit.chunk.path, hit.chunk.heading_path)
        if section not in seen:
            seen.add(section)
            kept.append(hit)
    return kept


def _scaled(lexical: Sequence[Hit]) -> list[Hit]:
    """Scale BM25 scores, which have no upper bound, to 0..1."""
    top = max((hit.score for hit in lexical), default=0.0)
    return [Hit(hit.chunk, hit.score / top) for hit in lexical] if top > 0 else []


def _specificity(chunk: Chunk, name: str) -> tuple[bool, int, str, int]:
    """Order a symbol's sections: its own entry before a section that names it among others."""
    own = chunk.heading_path[-1:] == (name,) or chunk.title == name.rpartition(".")[2]
    return not own, len(chunk.symbols), chunk.path, chunk.start_line
