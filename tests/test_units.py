"""A passage taken apart."""

from __future__ import annotations

import pytest

from askdocs_server.text.segments import first_sentences, units

TABLE = """Parameters of the index:

- Build

  | Name | Description |
  |------|-------------|
  | `M`  | Maximum degree of a node. |
  | `ef` | Search<br/>width |
"""


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
