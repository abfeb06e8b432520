"""Citations, excerpts and the units of a passage."""

from __future__ import annotations

import pytest
from tests.fakes import make_hit

from askdocs_server.passages import cite, first_sentences, shorten, units

TABLE = """Parameters of the index:

- Build

  | Name | Description |
  |------|-------------|
  | `M`  | Maximum degree of a node. |
  | `ef` | Search<br/>width |
"""


def test_citations_are_numbered_best_first() -> None:
    first, second = cite([make_hit("one\ntwo", score=0.9), make_hit("three", path="b.md")])
    assert (first.number, first.path, first.start_line, first.end_line) == (1, "docs/a.md", 1, 2)
    assert (second.number, second.place, second.verified) == (2, "b.md:1", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("a line\n" + "x" * 30, "a line\n…"),
        ("```py\nlong code here\nmore code", "```py\nlong code here\n```\n…"),
    ],
)
def test_shortens_at_a_line_and_closes_code(text: str, expected: str) -> None:
    assert shorten(text, 24) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# Head\n\nOne thing. Another\nthing, e.g. this.",
            ["One thing.", "Another thing, e.g. this."],
        ),
        ("Before it.\n```\ncode. Code.\n```\nAfter it.", ["Before it.", "After it."]),
        ("- first item.\n- second item.", ["first item.", "second item."]),
        ("Search parameters\n\nCall it so:\n\n>>> f(x)", []),
        ("Some <b>bold</b> text.", ["Some bold text."]),
    ],
)
def test_units_are_the_sentences_of_prose(text: str, expected: list[str]) -> None:
    assert [unit.text for unit in units(text)] == expected


def test_table_rows_are_units_with_their_header() -> None:
    rows = units(TABLE)
    assert [row.text for row in rows] == ["`M`: Maximum degree of a node", "`ef`: Search width"]
    assert {row.header for row in rows} == {"Name Description"}


@pytest.mark.parametrize(
    ("size", "at_least_one", "expected"),
    [
        (99, False, "See [a. B](x) first. Then `x. Y`, e.g. this. (Last one.) End"),
        (50, False, "See [a. B](x) first. Then `x. Y`, e.g. this."),
        (30, False, "See [a. B](x) first."),
        pytest.param(10, False, "", id="no sentence fits"),
        pytest.param(10, True, "See [a. B](x) first.", id="one is wanted"),
    ],
)
def test_first_sentences(size: int, at_least_one: bool, expected: str) -> None:
    text = "See [a. B](x) first. Then `x. Y`, e.g. this. (Last one.) End"
    assert first_sentences(text, size, at_least_one=at_least_one) == expected
