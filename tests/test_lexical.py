"""Words as the lexical index sees them."""

from __future__ import annotations

import pytest

from askdocs_indexer.storage.bm25 import TermStatistics, lexical_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What do the parameters mean?", "paramet mean"),
        ("efConstruction", "efconstruction ef construct"),
        ("os.path.join", "os path join"),
        ("max_file_bytes", "max_file_bytes max file byte"),
        ("HNSW", "hnsw"),
        ("IVF_FLAT", "ivf_flat ivf flat"),
        ("the and of", ""),
        ("größe 東京", "größe 東京"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert lexical_text(text) == expected


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("retry", "the retry policy", 1.0),
        ("retry", "the cache", 0.0),
        ("", "the cache", 0.0),
    ],
)
def test_coverage(query: str, text: str, expected: float) -> None:
    terms = TermStatistics()
    terms.add(lexical_text("the retry policy"))
    assert terms.coverage(lexical_text(query), lexical_text(text)) == expected


def test_a_rare_word_that_is_missing_weighs_more_than_a_common_one() -> None:
    terms = TermStatistics()
    for text in ("create a collection", "drop a collection", "load a collection"):
        terms.add(lexical_text(text))
    query = lexical_text("create a collection in Milvus")
    both = terms.coverage(query, lexical_text("create a collection"))
    common = terms.coverage(query, lexical_text("a collection"))
    unknown = terms.coverage(query, lexical_text("milvus"))
    assert common < both < unknown < 1


@pytest.mark.parametrize(
    ("question", "is_covered"),
    [
        ("restore consistency levels", True),
        ("resotre cnosistency levels", True),
        ("restore pythons", False),
        ("restore con", False),
    ],
)
def test_a_misspelt_word_is_covered(question: str, is_covered: bool) -> None:
    statistics = TermStatistics()
    text = lexical_text("Restore the consistency levels here.")
    statistics.add(text)
    covered = statistics.coverage(lexical_text(question), text)
    assert (covered == pytest.approx(1.0)) is is_covered
