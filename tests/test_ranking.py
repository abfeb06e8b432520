"""The order among hits, apart from any store."""

from __future__ import annotations

import pytest

from askdocs_indexer.retrieval.ranking import (
    best_per_section,
    fuse,
    only_manual,
    prefer_answers,
    put_behind,
    relevance,
    spread,
)
from askdocs_indexer.types import Chunk, Hit


def hit(name: str, score: float, section: str = "") -> Hit:
    heading = (section or name,)
    return Hit(Chunk(name, "a.md", heading[0], heading, (), "text", name, 1, 1), score)


@pytest.mark.parametrize(
    ("dense", "lexical", "expected"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([("a", 0.9), ("b", 0.5)], [], ["a", "b"], id="meaning alone"),
        pytest.param([("a", 0.5), ("b", 0.5)], [("b", 7.0)], ["b", "a"], id="words break a tie"),
        pytest.param([("a", 0.8), ("b", 0.1)], [("b", 9.0)], ["a", "b"], id="words are not all"),
        pytest.param([("a", 0.3)], [("b", 2.0)], ["a", "b"], id="a chunk without a cosine is far"),
    ],
)
def test_fusion(
    dense: list[tuple[str, float]], lexical: list[tuple[str, float]], expected: list[str]
) -> None:
    fused = fuse([hit(*one) for one in dense], [hit(*one) for one in lexical])
    assert [one.chunk.id for one in fused] == expected
    assert all(0 <= one.score <= 1 for one in fused)


def test_a_section_is_one_answer() -> None:
    hits = [hit("a", 0.9, "one"), hit("b", 0.8, "one"), hit("c", 0.7, "two")]
    assert [one.chunk.id for one in best_per_section(hits)] == ["a", "c"]


def page(path: str, score: float, *headings: str) -> Hit:
    return Hit(Chunk(path, path, headings[-1], headings, (), "text", path, 1, 1), score)


@pytest.mark.parametrize(
    ("query", "path", "heading", "leads"),
    [
        pytest.param("How fast is it?", "docs/faq/speed.rst", "Entry 3", True, id="a FAQ's page"),
        pytest.param("is it fast", "guide.md", "Operations FAQs", True, id="a FAQ's heading"),
        pytest.param(
            "I use threads: why is it slow?", "a.md", "Questions & Answers", True, id="at its end"
        ),
        pytest.param("And?\ndef selected(): ...", "faq.md", "One", True, id="with a selection"),
        pytest.param("speed of search", "docs/faq.md", "Entry 3", False, id="no question"),
        pytest.param("How fast is it?", "docs/faquir.md", "Sofaq", False, id="a part of a word"),
        pytest.param("How fast is it?", "docs/guide.md", "Speed", False, id="no FAQ"),
    ],
)
def test_pages_of_answers_lead_for_questions(
    query: str, path: str, heading: str, leads: bool
) -> None:
    hits = [page("reference.md", 0.6, "Speed"), page(path, 0.5, heading)]
    preferred = prefer_answers(query, hits)
    assert (preferred[0].chunk.path == path) is leads


def test_a_bad_answer_leads_nothing() -> None:
    hits = [page("reference.md", 0.8, "Speed"), page("faq.md", 0.5, "Costs")]
    assert prefer_answers("How fast is it?", hits)[0].chunk.path == "reference.md"


def test_scores_stay_below_one() -> None:
    hits = prefer_answers("How fast is it?", [page("faq.md", 0.99, "Speed")])
    assert hits[0].score == 1.0


def test_unrelated_texts_are_at_zero_whatever_the_model() -> None:
    hits = spread([page("a", 1.0, "A"), page("b", 0.85, "B"), page("c", 0.7, "C")], 0.7)
    assert [round(hit.score, 3) for hit in hits] == [1.0, 0.5, 0.0]


@pytest.mark.parametrize(
    ("coverage", "words", "chunks", "expected"),
    [
        pytest.param(1.0, 6, 4000, 0.7, id="a question"),
        pytest.param(0.5, 6, 4000, 0.6, id="half of its words are missing"),
        pytest.param(1.0, 1, 4000, 0.78, id="a name"),
        pytest.param(0.5, 2, 4000, 0.6, id="a name that is unknown in part"),
        pytest.param(1.0, 6, 400, 0.781, id="of few chunks"),
        pytest.param(1.0, 6, 40_000, 0.619, id="of many chunks"),
    ],
)
def test_relevance(coverage: float, words: int, chunks: int, expected: float) -> None:
    found = relevance([page("a.md", 0.5, "A")], coverage, words, chunks)
    assert found == pytest.approx(expected, abs=0.001)
    assert relevance([], coverage, words, chunks) == 0.0


SHARES = {"CHANGELOG.md": 0.2, "tests/test_a.py": 0.4}


@pytest.mark.parametrize(
    ("scores", "expected", "answering"),
    [
        pytest.param(
            {"CHANGELOG.md": 0.8, "docs/a.md": 0.7},
            "docs/a.md CHANGELOG.md",
            "docs/a.md",
            id="near",
        ),
        pytest.param(
            {"CHANGELOG.md": 0.8, "docs/a.md": 0.6},
            "CHANGELOG.md docs/a.md",
            "CHANGELOG.md docs/a.md",
            id="far",
        ),
        pytest.param(
            {"tests/test_a.py": 0.8, "docs/a.md": 0.5},
            "docs/a.md tests/test_a.py",
            "docs/a.md",
            id="tests are put further behind",
        ),
        pytest.param(
            {"tests/test_a.py": 0.8, "CHANGELOG.md": 0.2},
            "tests/test_a.py CHANGELOG.md",
            "tests/test_a.py CHANGELOG.md",
            id="nothing else",
        ),
        pytest.param({}, "", "", id="nothing"),
    ],
)
def test_what_ranks_behind(scores: dict[str, float], expected: str, answering: str) -> None:
    hits = [page(path, score, "A") for path, score in scores.items()]
    ranked = put_behind(hits, lambda path: SHARES.get(path, 0.0))
    assert [hit.chunk.path for hit in ranked] == expected.split()
    assert [hit.chunk.path for hit in only_manual(ranked)] == answering.split()
    for hit in ranked:
        assert hit.score + hit.handicap == pytest.approx(scores[hit.chunk.path])


def test_what_ranks_behind_is_as_relevant_as_before() -> None:
    hits = [page("CHANGELOG.md", 0.5, "A")]
    ranked = put_behind(hits, lambda path: 0.2)
    assert relevance(ranked, 1.0, 6, 4000) == pytest.approx(relevance(hits, 1.0, 6, 4000))
