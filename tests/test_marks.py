"""Citation marks in an answer's Markdown."""

from __future__ import annotations

import pytest

from askdocs_server.answers.citation_marks import (
    Mark,
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
    marks = tuple(map(Mark, numbers))
    assert take_marks(sentence, {1: 1, 2: 2}) == (text, marks)


@pytest.mark.parametrize(
    ("sentence", "text", "marks"),
    [
        ('Retries wait [1: "waits 2.5 s"].', "Retries wait.", (Mark(1, "waits 2.5 s"),)),
        ("Wait [1, “so”][2].", "Wait.", (Mark(1, "so"), Mark(2))),
        ('Wait [1, 2: "so"].', "Wait.", (Mark(1), Mark(2, "so"))),
        ('Wait [1: "so", "and so"].', "Wait.", (Mark(1, "so"), Mark(1, "and so"))),
        ('Wait [9: "it\nis ] so"].', "Wait.", (Mark(None, "it\nis ] so"),)),
        ('Call it. [1: "call `a[0]` or `b`"]', "Call it.", (Mark(1, "call `a[0]` or `b`"),)),
        ('Wait [1: "it breaks o', "Wait", ()),
        ('Write `[1: "x"]` here.', 'Write `[1: "x"]` here.', ()),
    ],
)
def test_a_mark_may_quote_words(sentence: str, text: str, marks: tuple[Mark, ...]) -> None:
    assert take_marks(sentence, {1: 1, 2: 2}) == (text, marks)


def test_what_looks_like_a_mark_in_a_quote_is_escaped() -> None:
    text = "As in [1], `items[1]`, \\[2] and [3](x)."
    assert escaped_marks(text) == "As in \\[1\\], `items[1]`, \\[2] and [3](x)."


def test_a_mark_may_mean_another_number() -> None:
    numbers = {1: 4, 2: 1}
    assert take_marks("It is so [2][1][3].", numbers) == ("It is so.", (Mark(1), Mark(4)))
    assert take_marks("Take items[3] of it.", numbers) == ("Take items[3] of it.", ())


def test_an_earlier_answers_marks_are_taken_out() -> None:
    assert without_marks("So [1]. And `a[1]` so [2, 3].") == "So. And `a[1]` so."
