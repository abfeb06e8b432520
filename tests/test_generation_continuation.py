"""An answer that was begun in the model's name."""

from __future__ import annotations

import pytest

from askdocs_server.generation.continuation import Continuation


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([" the", " cat"], [" the", " cat"], id="continued"),
        pytest.param([" B", " cat"], [" B cat"], id="held back while it may be a repetition"),
        pytest.param(["By the book, the", " cat"], [" the", " cat"], id="repeated"),
        pytest.param(["\n", "By the", " book,", " a", " cat"], [" a", " cat"], id="in pieces"),
        pytest.param(["The", " cat"], [" The", " cat"], id="started again"),
        pytest.param(["By"], [" By"], id="ended within the repetition"),
        pytest.param(["By the book,"], [], id="nothing but the repetition"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_what_comes_after_the_beginning(pieces: list[str], expected: list[str]) -> None:
    continuation = Continuation("By the book,")
    passed_on = [*map(continuation.feed, pieces), continuation.flush()]
    assert [text for text in passed_on if text] == expected
