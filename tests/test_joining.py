"""Chunks put together again: nothing of a section is lost or added where it was cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.joining import text_of
from askdocs_indexer.readers.markdown.reader import read_markdown

CODE = "\n".join(f"    step_{number}(  {number}  )" for number in range(60))


def again(text: str, limit: int) -> str:
    (section,) = read_markdown(text, "a.md")
    return text_of(chunks_of("a.md", [section], limit))


@pytest.mark.parametrize("limit", [60, 100, 300, 5000])
@pytest.mark.parametrize(
    "body",
    [
        f'Call these:\n\n```py title="a"\n{CODE}\n```\n\nThen rest.',
        f"~~~~\n{CODE}\n~~~~",
        "- a first item\n- a second item\n- a third item that is long enough to be cut\n- end",
        "- a first item\n\n- a second item that is loose\n\n- a third item",
        "A sentence of words. " * 20 + "The end.",
        "语句没有空格。" * 40 + "完。",
        "| a | b |\n| --- | --- |\n" + "\n".join(f"| {n} | text of {n} |" for n in range(30)),
        "| a | b |\n| --- | --- |\n" + "\n".join(f"| {n} | {'text ' * 20}|" for n in range(90)),
        "```\n" + "x = 1;  " * 60 + "y\n```",
    ],
)
def test_a_section_is_the_same_again(body: str, limit: int) -> None:
    assert again(f"# A\n\n{body}\n", limit) == body


@given(
    st.lists(
        st.sampled_from(
            ["a b. C d", "- e f g", "```\nh(i)\n\nj\n```", "> k l", "| m |\n| - |\n| n |"]
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(30, 200),
)
def test_any_blocks_are_the_same_again(blocks: list[str], limit: int) -> None:
    body = "\n\n".join(blocks)
    assert again(f"# A\n\n{body}\n", limit) == body
