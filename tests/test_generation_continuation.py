"""An answer that was begun in the model's name."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from askdocs_server.generation.continuation import continuing


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([" the", " cat"], [" the", " cat"], id="continued"),
        pytest.param([" B", " cat"], [" B cat"], id="held back while it may be a repetition"),
        pytest.param(["By the book, the", " cat"], [" the", " cat"], id="repeated"),
        pytest.param(["\n", "By the", " book,", " a", " cat"], [" a", " cat"], id="in pieces"),
        pytest.param(["The", " cat"], [" The", " cat"], id="begun anew"),
        pytest.param(["By"], [" By"], id="ended within the repetition"),
        pytest.param(["By the book,"], [], id="nothing but the repetition"),
        pytest.param([], [], id="nothing"),
    ],
)
async def test_what_comes_after_the_beginning(pieces: list[str], expected: list[str]) -> None:
    closed = False

    async def written() -> AsyncGenerator[str, None]:
        nonlocal closed
        try:
            for piece in pieces:
                yield piece
        finally:
            closed = True

    assert [piece async for piece in continuing("By the book,", written())] == expected
    assert closed
