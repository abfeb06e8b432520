"""What becomes of an order when a model has read the first hits again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fakes import make_hit

from askdocs_indexer.reranking.blending import blended
from askdocs_indexer.types import Hit


def hits(*scores: float) -> list[Hit]:
    """Hits named a, b, c…"""
    return [
        make_hit("Text.", name, score=score) for name, score in zip("abcdef", scores, strict=False)
    ]


def order(found: list[Hit]) -> str:
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)
    return "".join(hit.chunk.title for hit in found)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], "abcd"),
        ([7.0], "abcd"),
        ([1.0, 1.0, 1.0, 1.0], "abcd"),
        ([3.0, 2.0, 1.0, 0.0], "abcd"),
        ([0.0, 0.0, 0.0, 9.0], "dabc"),
        ([0.0, 9.0, 0.0, 0.0], "bacd"),
        ([-9.0, 4.0, 3.0, 9.0], "bcda"),
        ([0.0, 1.0], "bacd"),
        ([0.0, 0.2, 0.9], "cabd"),
        ([0.2, 0.0, 1.0, 0.5], "cabd"),
    ],
)
def test_the_order_is_a_mean_of_both(scores: list[float], expected: str) -> None:
    assert order(blended(hits(0.9, 0.85, 0.8, 0.5), scores)) == expected


def test_the_scale_of_the_models_scores_does_not_count() -> None:
    first, scores = hits(0.9, 0.8, 0.7, 0.6), [0.1, 0.4, 0.2, 0.3]
    scaled = [100 * score - 50 for score in scores]
    assert order(blended(first, scores)) == order(blended(first, scaled)) != "abcd"


def test_scores_stay_in_the_range_of_the_search() -> None:
    reranked = blended(hits(0.9, 0.8, 0.7, 0.6, 0.5), [-3.0, 11.0, 4.0])
    assert order(reranked) == "bacde"
    assert [hit.score for hit in reranked] == pytest.approx([0.855, 0.79, 0.755, 0.6, 0.5])


def test_hits_of_equal_score_are_ordered_by_the_model() -> None:
    assert order(blended(hits(0.5, 0.5, 0.5), [1.0, 3.0, 2.0])) == "bca"


@pytest.mark.parametrize(
    ("score", "handicap", "expected"), [(0.1, 0.0, "cab"), (0.08, 0.02, "abc"), (0.06, 0.04, "abc")]
)
def test_what_a_files_standing_costs_grows_with_the_score(
    score: float, handicap: float, expected: str
) -> None:
    """A low score lost next to nothing, and the model has raised it."""
    manual, other, behind = hits(0.5, 0.4, score)
    behind = replace(behind, handicap=handicap)
    reranked = blended([manual, other, behind], [0.0, 1.0, 5.0])
    assert order(reranked) == expected
    (after,) = (hit for hit in reranked if hit.chunk.title == "c")
    assert after.handicap / (after.score + after.handicap) == pytest.approx(handicap / 0.1)


def test_what_a_files_standing_costs_never_shrinks() -> None:
    first, behind = replace(hits(0.6)[0], handicap=0.2), make_hit("Text.", "b", score=0.2)
    reranked = {hit.chunk.title: hit for hit in blended([first, behind], [0.0, 1.0])}
    assert reranked["a"].handicap == 0.2


def test_a_model_without_a_share_changes_nothing() -> None:
    assert blended(hits(0.9, 0.8), [1.0, 2.0], share=0.0) == hits(0.9, 0.8)
