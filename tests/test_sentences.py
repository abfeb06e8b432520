"""Cutting a stream into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_server.text.sentence_stream import SentenceBuffer


def cut(text: str, size: int = 1) -> list[str]:
    buffer = SentenceBuffer()
    found: list[str] = []
    for start in range(0, len(text), size):
        found.extend(buffer.feed(text[start : start + size]))
    return found + buffer.flush()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One sentence", ["One sentence"]),
        ("One. Two. Three", ["One. ", "Two. ", "Three"]),
        ("One. [1] Two [2]. [3]", ["One. [1] ", "Two [2]. [3]"]),
        ('One [1: "It is. So"]. Two [2: "a\nb"]', ['One [1: "It is. So"]. ', 'Two [2: "a\nb"]']),
        ('One.\n[1: "It is. So"]\nTwo', ['One.\n[1: "It is. So"]\n', "Two"]),
        ("Set `ef` to 2.5 now. Then go.", ["Set `ef` to 2.5 now. ", "Then go."]),
        ("Use e.g. Milvus Lite. Done.", ["Use e.g. Milvus Lite. ", "Done."]),
        ("1. First\n2. Second\n", ["1. First\n", "2. Second\n"]),
        ("Head:\n\n- a\n- b", ["Head:\n\n", "- a\n", "- b"]),
        (
            "Run:\n```py\na. B\n\nc\n```\nThen. End",
            ["Run:\n", "```py\na. B\n\nc\n```\n", "Then. ", "End"],
        ),
        ('```\nx\n```\n[1: "a. B"]\nSo', ['```\nx\n```\n[1: "a. B"]\n', "So"]),
        ("```\nopen. End", ["```\nopen. End"]),
        ("Call np.linalg.norm. It works!", ["Call np.linalg.norm. ", "It works!"]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_cuts_at_sentence_ends(text: str, expected: list[str], size: int) -> None:
    assert cut(text, size) == expected


def test_gives_a_sentence_as_soon_as_the_next_begins() -> None:
    buffer = SentenceBuffer()
    assert buffer.feed("One. ") == []
    assert buffer.feed("T") == ["One. "]


@given(st.text(alphabet='aA.! \n`[]1-|:"', max_size=60), st.integers(1, 7))
def test_loses_no_character(text: str, size: int) -> None:
    assert "".join(cut(text, size)) == text
