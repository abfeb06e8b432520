"""Fits the coefficients of `retrieval/weights.py`, and says what they gain on other projects.

    python -m tests.bench.fit_ranking SRC [--questions FILE …]

SRC and the questions are as for `bench_retrieval`. The weights of the evidence minimise a smooth
1/rank of the best candidate that answers (after Qin, Liu and Li, "A General Approximation Framework
for Direct Optimization of Information Retrieval Measures", 2010), and are held near to plain hybrid
search. Each project is also ranked with the weights that all the others give. Prints the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from tests.bench.questions import OWN, Asked, ask, questions_in

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.retrieval.evidence import Evidence
from askdocs_indexer.retrieval.weights import EVIDENCE, SURENESS
from askdocs_indexer.settings import EmbeddingSettings

NAMES = [column.name for column in fields(Evidence)]
# Plain hybrid search, from which the fit starts and strays little: there are few questions.
_PRIOR = {"meaning": 1.0, "words": 0.25}
_STRENGTH = 1.0
# Scores this close are half in order.
_SOFTNESS = 0.03
# Few projects have a page of questions and answers: its weight is chosen, not fitted.
_FIXED = ("meaning", "is_answer")
_FIRST = 4


@dataclass(frozen=True)
class Ranked:
    """A question's candidates: evidence (candidates, kinds), which answer, what standing leaves."""

    project: str
    evidence: NDArray[np.float64]
    answers: NDArray[np.bool_]
    sections: NDArray[np.int64]
    left: NDArray[np.float64]


def main() -> None:
    """Ask all questions, fit, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--questions", type=Path, nargs="+", default=[OWN])
    options = parser.parse_args()
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    asked = [*ask(options.sources, questions_in(options.questions), embedder)]
    answerable = [row for row in map(ranked, asked) if row.answers.any()]
    print(f"{len(answerable)} questions of which a candidate answers")
    plain = np.array([_PRIOR.get(name, 0.0) for name in NAMES])
    print(f"plain hybrid search: MRR {mean_reciprocal_rank(answerable, plain):.3f}")
    fitted = fit(answerable)
    print(f"fitted:              MRR {mean_reciprocal_rank(answerable, fitted):.3f}")
    print(f"each project by the others: MRR {across_projects(answerable):.3f}")
    scale = 1 / (fitted[NAMES.index("meaning")] + fitted[NAMES.index("words")])
    weights = (fitted * scale).round(3).tolist()
    print(dict(zip(NAMES, weights, strict=True)))
    coefficients, bias = fit_sureness(asked)
    print({name: round(value, 2) for name, value in coefficients.items()}, round(bias, 2))


def ranked(row: Asked) -> Ranked:
    """Return a question's candidates as the fit needs them."""
    chunks = row.results.candidates.chunks
    sections = dict.fromkeys(chunk.section for chunk in chunks)
    numbers = {section: number for number, section in enumerate(sections)}
    return Ranked(
        row.question.project,
        np.column_stack([getattr(row.results.evidence, name) for name in NAMES]),
        np.array([row.question.is_answered_by(chunk) for chunk in chunks]),
        np.array([numbers[chunk.section] for chunk in chunks]),
        1 - np.array(row.results.handicaps),
    )


def fit(rows: Sequence[Ranked]) -> NDArray[np.float64]:
    """Return the weights of the kinds of evidence, that of meaning being 1."""
    start = np.array([_PRIOR.get(name, 0.0) for name in NAMES])
    start[NAMES.index("is_answer")] = EVIDENCE["is_answer"] / EVIDENCE["meaning"]
    is_free = np.array([name not in _FIXED for name in NAMES])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros_like(weights)
        for row in rows:
            value, gradient = _reciprocal_rank(row, weights)
            total -= value
            slope -= gradient
        away = weights - start
        value = total / len(rows) + _STRENGTH * float(away @ away) / 2
        return value, np.where(is_free, slope / len(rows) + _STRENGTH * away, 0.0)

    found: Any = minimize(loss, start, jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def _reciprocal_rank(
    row: Ranked, weights: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return the smooth 1/rank of the best candidate that answers, and its gradient."""
    evidence = row.evidence * row.left[:, None]
    scores = evidence @ weights
    best = np.flatnonzero(row.answers)[np.argmax(scores[row.answers])]
    ahead = 1 / (1 + np.exp(-np.clip((scores - scores[best]) / _SOFTNESS, -30, 30)))
    ahead[row.answers] = 0.0
    rank = 1 + ahead.sum()
    slopes = ahead * (1 - ahead) / _SOFTNESS
    return 1 / rank, -(evidence.T @ slopes - slopes.sum() * evidence[best]) / rank**2


def mean_reciprocal_rank(rows: Sequence[Ranked], weights: NDArray[np.float64]) -> float:
    """Return the mean of 1/rank of the first section that answers."""
    return float(np.mean([1 / _rank(row, weights) for row in rows]))


def _rank(row: Ranked, weights: NDArray[np.float64]) -> int:
    scores = row.evidence @ weights * row.left
    order = np.argsort(-scores, kind="stable")
    first = order[np.argmax(row.answers[order])]
    ahead = order[: int(np.argmax(row.answers[order]))]
    return 1 + len({*row.sections[ahead]} - {row.sections[first]})


def across_projects(rows: Sequence[Ranked]) -> float:
    """Return the mean of 1/rank where each project is ranked by what the others give."""
    values: list[float] = []
    for project in sorted({row.project for row in rows}):
        own = [row for row in rows if row.project == project]
        weights = fit([row for row in rows if row.project != project])
        values += [1 / _rank(row, weights) for row in own]
    return float(np.mean(values))


def fit_sureness(asked: Sequence[Asked]) -> tuple[dict[str, float], float]:
    """Return the coefficients and the bias of the probability that the first hits answer."""
    features = np.array([[_sign(row, name) for name in SURENESS] for row in asked])
    answered = np.array([0 < row.rank <= _FIRST for row in asked])
    mean, spread = features.mean(axis=0), features.std(axis=0)
    model = LogisticRegression().fit((features - mean) / spread, answered)
    coefficients = model.coef_[0] / spread
    bias = float(model.intercept_[0] - coefficients @ mean)
    return dict(zip(SURENESS, coefficients.tolist(), strict=True)), bias


def _sign(row: Asked, name: str) -> float:
    value = float(asdict(row.signs)[name])
    return float(np.log(max(value, 30))) if name == "chunks" else value


if __name__ == "__main__":
    main()
