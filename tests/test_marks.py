"""Citation marks in an answer's Markdown."""

from __future__ import annotations

import pytest

from askdocs_server.answers.citation_marks import (
    escaped_marks,
    take_marks,
    with_marks,
    without_marks,
)


def test_a_link_is_not_a_citation_mark() -> None:
    sentence = "The client retries a failed request, see [1](retry.md)."
    assert take_marks(sentence, {1: 1}) == (sentence, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A claim.\n\n", "A claim. [1]\n\n"),
        ("```\ncode\n```\n", "```\ncode\n```\n\n[1]\n"),
        ("| a | b |\n", "| a | b [1] |\n"),
        ("\n", "\n"),
    ],
)
def test_marks_keep_the_markdown_whole(text: str, expected: str) -> None:
    assert with_marks(text, "[1]") == expected


@pytest.mark.parametrize(
    ("sentence", "text", "numbers"),
    [
        ("Retries wait [1], then stop [2][1].", "Retries wait, then stop.", (1, 2)),
        ("Requests are retried[1].", "Requests are retried.", (1,)),
        ("Requests are retried [1, 2].", "Requests are retried.", (1, 2)),
        ("Requests are retried [9].", "Requests are retried.", ()),
        ("Take items[0] or `items[1]` of it.", "Take items[0] or `items[1]` of it.", ()),
        ("```\nx = items[1]\n```\n", "```\nx = items[1]\n```\n", ()),
        ("Write \\[1\\] for a note.", "Write \\[1\\] for a note.", ()),
    ],
)
def test_only_citation_marks_are_taken_out(
    sentence: str, text: str, numbers: tuple[int, ...]
) -> None:
    assert take_marks(sentence, {1: 1, 2: 2}) == (text, numbers)


def test_what_looks_like_a_mark_in_a_quote_is_escaped() -> None:
    text = "As in [1], `items[1]`, \\[2] and [3](x)."
    assert escaped_marks(text) == "As in \\[1\\], `items[1]`, \\[2] and [3](x)."


def test_a_mark_may_mean_another_number() -> None:
    numbers = {1: 4, 2: 1}
    assert take_marks("It is so [2][1][3].", numbers) == ("It is so.", (1, 4))
    assert take_marks("Take items[3] of it.", numbers) == ("Take items[3] of it.", ())


def test_an_earlier_answers_marks_are_taken_out() -> None:
    assert without_marks("So [1]. And `a[1]` so [2, 3].") == "So. And `a[1]` so."
