"""The order of a question's hits, and whether they are good enough to answer from."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from askdocs_indexer.types import Chunk, Hit, SectionId

# Share of the dense score in the fused one (convex combination; Bruch, Gai and Ingber, "An Analysis
# of Fusion Functions for Hybrid Retrieval", 2022, find it steadier than reciprocal ranks).
DENSE_WEIGHT = 0.8
# The same where the embedder does not know the language of the query: see docs/quality.md.
UNFAMILIAR_DENSE_WEIGHT = 0.2

# The head start of a page of questions and answers where the query is a question: its authors
# wrote it for just that. docs/quality.md says what this gains there, and what it costs elsewhere.
ANSWER_BONUS = 0.15

# Share of a question's words in the relevance of its hits; docs/quality.md has the figures.
COVERAGE_WEIGHT = 0.2

# A name alone is far from any passage, however well that fits: the bonus of so few words where the
# hits hold all of them.
_FEW_WORDS = 2
_FEW_WORDS_BONUS = 0.08

# The more chunks there are, the nearer comes the nearest of those that have nothing to do with a
# question. Scores in docs of the usual size count as they are; see docs/quality.md.
_SIZE_WEIGHT = 0.035
_USUAL_CHUNKS = 4000
_LEAST_CHUNKS = 100

# A question of which the best hit holds two fifths of the words, in docs of a thousand chunks, is
# as relevant as the setting's default.
_WORDS_BASE = 0.43
_WORDS_WEIGHT = 0.6

_QUESTION = re.compile(
    r"[?？؟]\s*$|^\s*(?:what|why|how|when|where|which|who|whose|is|are|was|were|do|does|did|can|could"
    r"|should|would|will|must|may|has|have)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWERS = re.compile(
    r"(?<![a-z])(?:faqs?|frequently[\W_]asked|questions[\W_]+(?:and|&)[\W_]+answers|q\s?&\s?a)(?![a-z])",
    re.IGNORECASE,
)


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], familiarity: float = 1.0) -> list[Hit]:
    """Merge cosine similarities and BM25 scores of the same query by a weighted sum, best first.

    Every chunk of `lexical` should be in `dense` too; otherwise it counts as unrelated.
    `familiarity` tells how well the embedder knows the query's words (0 to 1).
    """
    weight = familiarity * DENSE_WEIGHT + (1 - familiarity) * UNFAMILIAR_DENSE_WEIGHT
    cosine = {hit.chunk.id: max(hit.score, 0.0) for hit in dense}
    words = {hit.chunk.id: hit.score for hit in scaled(lexical)}
    chunks = {hit.chunk.id: hit.chunk for hit in (*dense, *lexical)}
    return by_score(
        Hit(
            chunk,
            weight * cosine.get(chunk_id, 0.0) + (1 - weight) * words.get(chunk_id, 0.0),
        )
        for chunk_id, chunk in chunks.items()
    )


def scaled(lexical: Sequence[Hit]) -> list[Hit]:
    """Scale BM25 scores, which have no upper bound, to 0..1."""
    top = max((hit.score for hit in lexical), default=0.0)
    return [replace(hit, score=hit.score / top) for hit in lexical] if top > 0 else []


def spread(dense: Sequence[Hit], unrelated: float) -> list[Hit]:
    """Measure cosines from that of unrelated texts on, so that all models use the scale 0..1."""
    return [replace(hit, score=(hit.score - unrelated) / (1 - unrelated)) for hit in dense]


def prefer_answers(query: str, hits: Sequence[Hit]) -> list[Hit]:
    """Where the query is a question, put FAQ sections ahead of others that are about as good."""
    if not _QUESTION.search(query):
        return list(hits)
    return by_score(
        replace(hit, score=min(hit.score + ANSWER_BONUS, 1.0)) if _is_answer(hit.chunk) else hit
        for hit in hits
    )


def put_behind(hits: Iterable[Hit], handicap: Callable[[str], float]) -> list[Hit]:
    """Take from each hit the share of its score that its file's standing costs."""
    return by_score(
        replace(hit, score=hit.score * (1 - share), handicap=hit.score * share)
        if (share := handicap(hit.chunk.path))
        else hit
        for hit in hits
    )


def only_manual(hits: Sequence[Hit]) -> list[Hit]:
    """Where the best hit is in the manual, leave out what ranks behind that."""
    if not hits or hits[0].handicap:
        return [*hits]
    return [hit for hit in hits if not hit.handicap]


def relevance(hits: Sequence[Hit], coverage: float, words: int, chunks: int) -> float:
    """Return how well fused hits, best first, answer their question (about 0 to 1.3).

    `coverage` is the share of the question's `words` that they hold: near in meaning is not enough
    where the question's rarest word, often the name of another product, is in none of them. They
    are the best of this number of `chunks`.
    """
    if not hits:
        return 0.0
    bonus = _FEW_WORDS_BONUS if words <= _FEW_WORDS and coverage == 1.0 else 0.0
    own = hits[0].score + hits[0].handicap
    return max(own + COVERAGE_WEIGHT * coverage + bonus - _by_chance(chunks), 0.0)


def relevance_by_words(coverage: float, chunks: int) -> float:
    """Return the same where the embedder does not know the language of the question.

    `coverage` is that of the best hit. It is low by nature: forms of a word that the stemmer does
    not know, and pairs of characters across words, are held by none.
    """
    if not coverage:
        return 0.0
    return _WORDS_BASE + _WORDS_WEIGHT * coverage - _by_chance(chunks)


def _by_chance(chunks: int) -> float:
    """Return how much nearer than usual the nearest of so many unrelated chunks comes."""
    return _SIZE_WEIGHT * math.log(max(chunks, _LEAST_CHUNKS) / _USUAL_CHUNKS)


def best_per_section(hits: Iterable[Hit]) -> list[Hit]:
    """Keep each section's best chunk: another piece of the same section is not a second answer."""
    best: dict[SectionId, Hit] = {}
    for hit in hits:
        best.setdefault(section_of(hit.chunk), hit)
    return [*best.values()]


def section_of(chunk: Chunk) -> SectionId:
    """Return the section that a chunk is a piece of."""
    return chunk.path, chunk.heading_path


def by_score(hits: Iterable[Hit]) -> list[Hit]:
    """Sort hits, best first."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))


def _is_answer(chunk: Chunk) -> bool:
    """Return whether a chunk is on a page, or under a heading, of questions and answers."""
    return _ANSWERS.search("\n".join((chunk.path, *chunk.heading_path))) is not None
