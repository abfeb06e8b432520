"""A text that is ended at a stop string."""

from __future__ import annotations

import pytest

from askdocs_server.generation.stop_sequences import StopSequences


@pytest.mark.parametrize(
    ("pieces", "stops", "expected"),
    [
        pytest.param(["a", "b"], [], ["a", "b"], id="no stops"),
        pytest.param(["a", "b"], ["\n\nQ"], ["a", "b"], id="nothing is held back"),
        pytest.param(["a\n", "\nb"], ["\n\nQ"], ["a", "\n\nb"], id="only begun"),
        pytest.param(["a\n\n"], ["\n\nQ"], ["a", "\n\n"], id="begun at the end"),
    ],
)
def test_a_text_without_a_stop_is_whole(
    pieces: list[str], stops: list[str], expected: list[str]
) -> None:
    sequences = StopSequences(stops)
    passed_on = [*map(sequences.feed, pieces), sequences.flush()]
    assert [text for text in passed_on if text] == expected
    assert not sequences.reached


@pytest.mark.parametrize(
    ("pieces", "stops", "expected"),
    [
        pytest.param(["a\n\nQ b"], ["\n\nQ"], ["a"], id="within a piece"),
        pytest.param(["a\n", "\nQ"], ["\n\nQ"], ["a", ""], id="over two pieces"),
        pytest.param(["\n\nQ"], ["\n\nQ"], [""], id="at once"),
        pytest.param(["a\n\n", "\n", "Q"], ["\n\nQ"], ["a", "\n", ""], id="begun again"),
        pytest.param(["a b", " c d"], ["c", "b c"], ["a ", ""], id="the first of two"),
    ],
)
def test_a_text_ends_at_a_stop(pieces: list[str], stops: list[str], expected: list[str]) -> None:
    sequences = StopSequences(stops)
    assert [sequences.feed(piece) for piece in pieces] == expected
    assert sequences.reached
