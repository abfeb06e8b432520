"""The order of a query's hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

import numpy as np

from askdocs_indexer.retrieval.evidence import Column, Evidence
from askdocs_indexer.retrieval.weights import EVIDENCE, UNFAMILIAR_WORDS
from askdocs_indexer.types import Chunk, Hit, SectionId


def scores(evidence: Evidence, familiarity: float) -> Column:
    """Return the score of each candidate, 0 to 1: a weighed sum of its evidence.

    Meaning and words are a convex combination (Bruch, Gai and Ingber, "An Analysis of Fusion
    Functions for Hybrid Retrieval", 2022, find it steadier than reciprocal ranks), in which words
    count for more the less the embedder knows the query's: `familiarity`, 0 to 1, and 0 where
    nothing is known of meaning.
    """
    weights = EVIDENCE | _fused(familiarity)
    total = np.zeros_like(evidence.meaning)
    for column in fields(evidence):
        total += weights[column.name] * getattr(evidence, column.name)
    return np.clip(total, 0.0, 1.0)


def _fused(familiarity: float) -> dict[str, float]:
    both = EVIDENCE["meaning"] + EVIDENCE["words"]
    words = familiarity * EVIDENCE["words"] + (1 - familiarity) * UNFAMILIAR_WORDS * both
    return {"words": words, "meaning": both - words}


def ranked(chunks: Sequence[Chunk], scores: Column, handicaps: Sequence[float]) -> list[Hit]:
    """Return chunks as hits, best first; each loses the share of its score that the standing of its
    file costs: its handicap."""
    hits = [
        Hit(chunk, score * (1 - share), handicap=score * share)
        for chunk, score, share in zip(chunks, scores.tolist(), handicaps, strict=True)
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))


def only_manual(hits: Sequence[Hit]) -> list[Hit]:
    """Where the best hit is in the manual, leave out what ranks behind that."""
    if not hits or hits[0].handicap:
        return [*hits]
    return [hit for hit in hits if not hit.handicap]


def best_per_section(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield each section's best chunk: another piece of the same section is not a second answer."""
    sections: set[SectionId] = set()
    for hit in hits:
        if hit.chunk.section not in sections:
            sections.add(hit.chunk.section)
            yield hit
