"""How often the search finds what answers a question, and how well it knows whether it does.

    python -m tests.bench.bench_retrieval SRC [--questions FILE …]

SRC holds the projects as `projects/README.md` lays them out; other files of questions in the same
form can be given. Prints, for each project and in all: how often the first hit answers (R@1), one
of the first five (R@5), and the mean of 1/rank (MRR@10); the share of answerable questions that
would be declined, and of unanswerable ones that are; and how often hits of a given probability
answer.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from tests.bench.questions import DEPTH, OWN, Asked, ask, questions_in

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.retrieval.sureness import sureness
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_server.settings.model import AskSettings

_FIRST = 4  # The passages that an answer rests on by default.
_BINS = 5


def main() -> None:
    """Ask all questions and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--questions", type=Path, nargs="+", default=[OWN])
    parser.add_argument("--model", default="bundled", help="as in the setting embedding.model")
    options = parser.parse_args()
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(model=options.model))
    embedder.load()
    asked = [*ask(options.sources, questions_in(options.questions), embedder)]
    print(f"{'':28s}  n    R@1   R@5   MRR@{DEPTH}  declined wrongly  rightly")
    by_project = defaultdict[str, list[Asked]](list)
    for row in asked:
        by_project[row.question.project].append(row)
    for project, rows in by_project.items():
        _print(project, rows)
    _print("all", asked)
    print("\nprobability  mean  answered by one of the first four")
    _print_calibration(asked)


def _print(name: str, rows: Sequence[Asked]) -> None:
    answerable = [row for row in rows if row.question.expected]
    others = [row for row in rows if not row.question.expected]
    ranks = [row.rank for row in answerable]
    figures = (
        _mean(rank == 1 for rank in ranks),
        _mean(0 < rank <= _FIRST + 1 for rank in ranks),
        _mean(1 / rank if rank else 0.0 for rank in ranks),
    )
    declined = (_mean(map(_is_declined, answerable)), _mean(map(_is_declined, others)))
    print(
        f"{name:28s} {len(rows):3d}  " + "  ".join(f"{figure:.3f}" for figure in figures),
        f"     {declined[0]:.3f}          {declined[1]:.3f}",
    )


def _print_calibration(asked: Sequence[Asked]) -> None:
    bins = defaultdict[int, list[Asked]](list)
    for row in asked:
        bins[min(int(_probability(row) * _BINS), _BINS - 1)].append(row)
    for number, rows in sorted(bins.items()):
        answered = _mean(0 < row.rank <= _FIRST for row in rows)
        span = f"{number / _BINS:.1f} to {(number + 1) / _BINS:.1f}"
        print(f"{span:11s}  {_mean(map(_probability, rows)):.2f}  {answered:.2f} of {len(rows)}")


def _probability(row: Asked) -> float:
    return sureness(row.signs, row.results.familiarity)


def _is_declined(row: Asked) -> bool:
    return _probability(row) < AskSettings().min_relevance


def _mean(values: Iterable[float]) -> float:
    row = [*values]
    return float(np.mean(row)) if row else float("nan")


if __name__ == "__main__":
    main()
