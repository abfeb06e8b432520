"""The words of a sentence."""

from __future__ import annotations

import pytest

from askdocs_server.words import content_words, exact_tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [("parameters", "Parameter"), ("queries", "query"), ("cached", "caches"), ("indexes", "index")],
)
def test_word_forms_meet(one: str, other: str) -> None:
    assert content_words(one) == content_words(other) != frozenset()


def test_names_count_as_a_whole_and_in_parts() -> None:
    assert {"os.path", "os", "path"} <= content_words("os.path")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Set `depth` to 2.5 in os.path.", {"depth", "2.5", "os.path"}),
        ("Use snake_case and camelCase, e.g. HNSW.", {"snake_case", "camelcase"}),
        ("Plain words.", set()),
    ],
)
def test_what_a_passage_must_hold_literally(text: str, expected: set[str]) -> None:
    assert exact_tokens(text) == expected
