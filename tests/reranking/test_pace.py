"""How long calls take, learned from those that were."""

from __future__ import annotations

import math

import pytest

from askdocs_indexer.reranking.pace import Pace


def test_nothing_is_known_at_first() -> None:
    assert Pace().seconds([100]) == math.inf
    assert Pace().fitting([100], 10.0, 512) == 0


def test_a_call_takes_what_its_padded_tokens_took() -> None:
    pace = Pace()
    pace.note([130, 200], 4.0)
    assert pace.seconds([150]) == pytest.approx(1.5)
    assert pace.seconds([150, 130, 140]) == pytest.approx(4.5)


def test_each_length_has_a_rate_of_its_own() -> None:
    pace = Pace()
    pace.note([40], 4.0)
    pace.note([200], 2.0)
    assert pace.seconds([50]) == pytest.approx(5.0)
    assert pace.seconds([20]) == pytest.approx(2.0)  # The nearest that is known.
    assert pace.seconds([130]) == pytest.approx(1.3)
    assert pace.seconds([500]) == pytest.approx(5.0)


def test_it_follows_the_machine_but_no_single_call() -> None:
    pace = Pace()
    for _ in range(5):
        pace.note([100], 1.0)
    pace.note([100], 50.0)
    assert pace.seconds([100]) == pytest.approx(1.0)
    for _ in range(2):
        pace.note([100], 50.0)
    assert pace.seconds([100]) == pytest.approx(50.0)
    for _ in range(3):
        pace.note([100], 2.0)
    assert pace.seconds([100]) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("lengths", "seconds", "tokens", "count"),
    [
        ([100, 100, 100, 100], 10.0, 1000, 4),
        ([100, 100, 100, 100], 3.5, 1000, 3),
        ([100, 120, 100, 100], 10.0, 360, 3),
        ([100, 120, 100, 100], 10.0, 359, 2),
        ([100, 120], 0.9, 1000, 0),
        ([100, 120], 1.5, 10, 1),  # A text longer than a call goes alone.
        ([], 10.0, 1000, 0),
    ],
)
def test_so_many_fit(lengths: list[int], seconds: float, tokens: int, count: int) -> None:
    pace = Pace()
    pace.note([100], 1.0)
    assert pace.fitting(lengths, seconds, tokens) == count
