"""The beginning of a paragraph, cut where a sentence ends."""

from __future__ import annotations

import pytest

from askdocs_server.text.sentences import first_sentences


@pytest.mark.parametrize(
    ("size", "at_least_one", "expected"),
    [
        (99, False, "See [a. B](x) first. Then `x. Y`, e.g. this. (Last one.) End"),
        (50, False, "See [a. B](x) first. Then `x. Y`, e.g. this."),
        (30, False, "See [a. B](x) first."),
        pytest.param(10, False, "", id="no sentence fits"),
        pytest.param(10, True, "See [a. B](x) first.", id="one is wanted"),
    ],
)
def test_first_sentences(size: int, at_least_one: bool, expected: str) -> None:
    text = "See [a. B](x) first. Then `x. Y`, e.g. this. (Last one.) End"
    assert first_sentences(text, size, at_least_one=at_least_one) == expected
