"""Fences, list marks and ends of sentences: what they are, and that all modules see the same."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import make_hit

from askdocs_server.answers.citation_marks import escaped_marks, take_marks, with_marks
from askdocs_server.answers.passages import cite, shorten
from askdocs_server.answers.quoting.quotes import best_quotes
from askdocs_server.hover.blocks import blocks
from askdocs_server.hover.render import hover_text
from askdocs_server.text.markdown import (
    LIST_MARK,
    Fence,
    code_and_text,
    ends_with_code,
    fenced,
    open_fence,
    opening_fence,
    runs,
    sentence_ends,
    without_list_mark,
)
from askdocs_server.text.sanitize import is_safe, safe_markdown
from askdocs_server.text.sentence_stream import SentenceBuffer

# Written with ``` and read with each of these in its place; none occurs in them otherwise.
FENCES = ("~~~", "~~~~", "````", "``````")

TEXTS = {
    "code between prose": "Call it:\n\n```py\nx = a[1]  # One. Two\n\n- y\n```\n\nIt retries [1].",
    "what looks like markup": "Before it.\n```\n| a | b |\n# c\n<b>![x](y)</b>\n```\nAfter it.",
    "open to its end": "Run this:\n\n```sh\nmake. All\n",
    "in a list": "- Retry it so:\n\n  ```py\n  retry(1). Then\n  ```\n\n- Then wait for it.",
    "two blocks": "One is this.\n```\na\n```\n```\nb\n```\nThat is all of it.",
    "an info string": "```python title=x\nretry(request)\n```\nThe request is sent again.",
}


def streamed(text: str) -> list[str]:
    buffer = SentenceBuffer()
    sentences = [sentence for character in text for sentence in buffer.feed(character)]
    return sentences + buffer.flush()


def quotes(text: str) -> list[str]:
    hits = [make_hit(text, "retry")]
    return [quote.text for quote in best_quotes("How do I retry it again?", cite(hits))]


VIEWS: dict[str, Callable[[str], object]] = {
    "sanitize": safe_markdown,
    "quotes": quotes,
    "stream": streamed,
    "blocks": lambda text: list(blocks(text)),
    "hover": lambda text: hover_text(make_hit(text, "retry"), "python"),
    "excerpt": lambda text: shorten(text, len(text) - 5),
    "taken marks": lambda text: take_marks(text, {1: 1}),
    "escaped marks": escaped_marks,
    "put marks": lambda text: with_marks(text.partition("After it.")[0], "[1]"),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("fence", FENCES)
def test_all_fences_are_alike(view: Callable[[str], object], text: str, fence: str) -> None:
    assert repr(view(text.replace("```", fence))).replace(fence, "```") == repr(view(text))


@given(st.lists(st.sampled_from(["```", "```py", "  ```", "a. B", "- c", "", "[1]"]), max_size=8))
def test_all_fences_are_alike_in_any_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    for view in (streamed, lambda text: list(runs(text)) and open_fence(text) is None):
        assert repr(view(text)).replace("```", "~~~") == repr(view(text.replace("```", "~~~")))


@pytest.mark.parametrize(
    ("line", "fence"),
    [
        ("```", Fence("`", 3)),
        ("~~~~ py {1} ", Fence("~", 4, "py {1}")),
        ("   ```js", Fence("`", 3, "js", "   ")),
        ("~~~ a`b", Fence("~", 3, "a`b")),
        pytest.param("```x``` is code", None, id="a code span"),
        ("``", None),
        ("~~gone~~", None),
        ("a ```", None),
    ],
)
def test_opening_fences(line: str, fence: Fence | None) -> None:
    assert opening_fence(line) == fence


@pytest.mark.parametrize(
    ("line", "closes"),
    [("~~~~", True), ("  ~~~~~ ", True), ("~~~", False), ("````", False), ("~~~~ py", False)],
)
def test_a_fence_is_closed_by_its_own_kind(line: str, closes: bool) -> None:
    assert Fence("~", 4).is_closed_by(line) is closes


@pytest.mark.parametrize("text", ["````md\n```\na. B\n```\n````\n", "~~~\n```\na. B\n~~~\n"])
def test_a_block_ends_at_its_own_fence(text: str) -> None:
    assert streamed(f"{text}End") == [text, "End"]
    assert ends_with_code(text.rstrip())
    assert shorten(f"{text}{'End ' * 9}", len(text) + 9) == f"{text.rstrip()}\n…"


def test_a_cut_block_is_closed_where_it_was_opened() -> None:
    assert shorten("- a\n\n  ~~~~\n  b\n  c\n  ~~~~\n", 18) == "- a\n\n  ~~~~\n  b\n  ~~~~\n…"


@given(st.text("`~a\n"))
def test_code_in_a_fence_stays_whole(code: str) -> None:
    block = fenced(code, "text")
    assert [run.is_open for run in runs(block)] == [False]
    assert is_safe(block)


@given(st.text("`~ab\n [1]"))
def test_pieces_make_up_the_text(text: str) -> None:
    assert "".join(piece for piece, _ in code_and_text(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a", "a"),
        ("  * a", "a"),
        ("12) a", "a"),
        ("2026. a", "a"),
        ("-a", "-a"),
        ("**a**", "**a**"),
    ],
)
def test_list_marks(text: str, expected: str) -> None:
    assert without_list_mark(text) == expected
    assert bool(LIST_MARK.match(text)) is (text != expected)


@pytest.mark.parametrize(
    "text",
    [
        "One. |Two! |Three? |`four` is. |[Five](x).",
        "(One.) |**Two.** |Three",
        "One. [1] [2, 3] |Two.[4] |Three",
        "1. One, e.g. Two, i.e. Three, cf. Four vs. Five, by J. Doe. |Six",
        "One and so on. (two) three, v1.2 and a.b.",
    ],
)
def test_sentence_ends(text: str) -> None:
    whole = text.replace("|", "")
    starts = [0, *sentence_ends(whole), len(whole)]
    assert [whole[a:b] for a, b in pairwise(starts)] == text.split("|")
    assert streamed(whole) == text.split("|")
