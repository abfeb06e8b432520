"""One order from two: that of the search, and that of a model that read the first hits again.

The two say different things, so that their mean is better than either: the model sees how question
and passage fit, the search knows the words and the meaning of all passages, and the files. Both are
brought to one scale by their least and largest value (Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", 2022). docs/quality.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from askdocs_indexer.types import Hit

# The model's share of a hit's score. It decides where the two say the very opposite.
MODEL_SHARE = 0.55
# Hits of equal score have no range; the model alone orders them.
_LEAST_RANGE = 1e-6


def blended(hits: Sequence[Hit], scores: Sequence[float], share: float = MODEL_SHARE) -> list[Hit]:
    """Return hits in their new order. `scores` are the model's, on any scale, of the first of them.

    The model's scores are spread over the range of those of the search, so that the new scores
    compare with those of the other hits. What a file's standing takes off grows with the score.
    """
    if not scores or min(scores) == max(scores):
        return list(hits)
    own = [hit.score + hit.handicap for hit in hits[: len(scores)]]
    least, low = min(scores), min(own)
    scale = max(max(own) - low, _LEAST_RANGE) / (max(scores) - least)
    reranked = [
        _with(hit, before, (1 - share) * before + share * (low + scale * (score - least)))
        for hit, before, score in zip(hits, own, scores, strict=False)
    ]
    return sorted((*reranked, *hits[len(scores) :]), key=lambda hit: -hit.score)


def _with(hit: Hit, before: float, after: float) -> Hit:
    """Return a hit with another score than it had before its file's standing was counted."""
    growth = max(after / before, 1.0) if before > 0 else 1.0
    handicap = hit.handicap * growth
    return replace(hit, score=after - handicap, handicap=handicap)
