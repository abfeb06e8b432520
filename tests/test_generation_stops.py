"""A text that is ended at a stop string."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from askdocs_server.generation.stop_sequences import until


@pytest.mark.parametrize(
    ("pieces", "stops", "expected"),
    [
        pytest.param(["a", "b"], [], ["a", "b"], id="no stops"),
        pytest.param(["a", "b"], ["\n\nQ"], ["a", "b"], id="nothing is held back"),
        pytest.param(["a\n\nQ b", "c"], ["\n\nQ"], ["a"], id="within a piece"),
        pytest.param(["a\n", "\nQ", "b"], ["\n\nQ"], ["a"], id="over two pieces"),
        pytest.param(["\n\nQ"], ["\n\nQ"], [], id="at once"),
        pytest.param(["a\n", "\nb"], ["\n\nQ"], ["a", "\n\nb"], id="only begun"),
        pytest.param(["a\n\n", "\n", "Q"], ["\n\nQ"], ["a", "\n"], id="begun anew"),
        pytest.param(["a\n\n"], ["\n\nQ"], ["a", "\n\n"], id="begun at the end"),
        pytest.param(["a b", " c d"], ["c", "b c"], ["a "], id="the first of two"),
    ],
)
async def test_a_text_ends_at_a_stop(
    pieces: list[str], stops: list[str], expected: list[str]
) -> None:
    closed = False

    async def written() -> AsyncGenerator[str, None]:
        nonlocal closed
        try:
            for piece in pieces:
                yield piece
        finally:
            closed = True

    assert [piece async for piece in until(stops, written())] == expected
    assert closed
