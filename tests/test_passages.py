"""Citations and excerpts."""

from __future__ import annotations

import pytest
from tests.fakes import make_hit

from askdocs_server.answers.passages import cite, shorten


def test_citations_are_numbered_best_first() -> None:
    first, second = cite([make_hit("one\ntwo", score=0.9), make_hit("three", path="b.md")])
    assert (first.number, first.path, first.start_line, first.end_line) == (1, "docs/a.md", 1, 2)
    assert (second.number, second.path, second.verified) == (2, "b.md", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("a line\n" + "x" * 30, "a line\n…"),
        ("```py\nlong code here\nmore code", "```py\nlong code here\n```\n…"),
        ("```py\nlong = [code,\nmore code]\n```", "```py\nlong = [code,\n```\n…"),
        ("so see [the settings](settings.md)", "so see\n…"),
        ("so see the [settings](settings.md)", "so see the\n…"),
        ("or so a [link\nthat](is.md) broken here", "or so a\n…"),
        ("Words of a list [a, b, c] and more", "Words of a list\n…"),
        ("A footnote is here: [10]  and more", "A footnote is here: [10]\n…"),
    ],
)
def test_shortens_at_a_line_and_closes_code(text: str, expected: str) -> None:
    assert shorten(text, 24) == expected
