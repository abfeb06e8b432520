"""How sure it is that the first passages answer: a calibrated probability.

A logistic regression on a few features of the hits (Platt, "Probabilistic Outputs for Support
Vector Machines", 1999), whose coefficients `weights` has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from askdocs_indexer.retrieval.weights import (
    SURENESS,
    SURENESS_BIAS,
    WORDS_SURENESS,
    WORDS_SURENESS_BIAS,
)

# Fewer words, a name for one, are far in meaning from any passage, however well that fits.
_FEW_WORDS: Final = 2
# Below this number of chunks their number tells no more.
_LEAST_CHUNKS: Final = 30
# That of the documentation for which the coefficients by words alone count as they are.
_USUAL_CHUNKS: Final = 4000


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells whether a query's hits answer it.

    `score` (before what its file's standing took off), `meaning` and `words` (its BM25 score as a
    share of the highest that a text could reach) are those of the best hit. `held` is how much of
    the query's words the first five hits hold together, and `held_by_best` the best alone;
    `unknown` how much no chunk holds. `asked` counts the query's words, and `chunks` those of the
    index: the more there are, the nearer comes the nearest of those that have nothing to do with
    it. Shares are 0 to 1, and weigh words by how rare they are.
    """

    score: float
    meaning: float
    words: float
    held: float
    held_by_best: float
    unknown: float
    asked: int
    chunks: int


def sureness(signs: Signs, familiarity: float) -> float:
    """Return the probability that one of the first four hits answers.

    `familiarity` (0 to 1) tells how well the embedder knows the query's words; 0 where it is not
    ready. What it does not know is judged by words alone.
    """
    by_words = _by_words(signs)
    if signs.asked <= _FEW_WORDS and signs.held == 1.0:
        return max(by_words, _usual(signs))
    return familiarity * _usual(signs) + (1 - familiarity) * by_words


def _usual(signs: Signs) -> float:
    odds = SURENESS_BIAS + sum(
        weight * value
        for weight, value in (
            (SURENESS["score"], signs.score),
            (SURENESS["meaning"], signs.meaning),
            (SURENESS["held"], signs.held),
            (SURENESS["words"], signs.words),
            (SURENESS["unknown"], signs.unknown),
            (SURENESS["asked"], signs.asked),
            (SURENESS["chunks"], math.log(max(signs.chunks, _LEAST_CHUNKS))),
        )
    )
    return _probability(odds)


def _by_words(signs: Signs) -> float:
    """Five hits by words hold most words of any question together; the best alone tells more.

    Nothing held is low by nature in a language whose stems are unknown, but it is no answer.
    """
    if not signs.held_by_best:
        return 0.0
    size = math.log(max(signs.chunks, _LEAST_CHUNKS) / _USUAL_CHUNKS)
    odds = WORDS_SURENESS["held"] * signs.held_by_best + WORDS_SURENESS["chunks"] * size
    return _probability(WORDS_SURENESS_BIAS + odds)


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
