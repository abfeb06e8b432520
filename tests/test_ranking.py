"""The order among hits, and how sure it is, apart from any store."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from askdocs_indexer.retrieval.candidates import Candidates
from askdocs_indexer.retrieval.evidence import Evidence, evidence_for
from askdocs_indexer.retrieval.ranking import best_per_section, only_manual, ranked, scores
from askdocs_indexer.retrieval.sureness import Signs, sureness
from askdocs_indexer.retrieval.weights import EVIDENCE
from askdocs_indexer.types import Chunk, Hit

LONG = "A text of more than a line or two. " * 10


def chunk(path: str, *headings: str, text: str = LONG) -> Chunk:
    name = f"{path}#{'/'.join(headings)}#{text[:20]}"
    return Chunk(name, path, headings[-1], headings, (), text, name, 1, 1)


def candidates(
    *chunks: Chunk, cosines: list[float] | None = None, words: list[list[float]] | None = None
) -> Candidates:
    word_scores = np.array(words or [[1.0]] * len(chunks))
    return Candidates(
        chunks,
        None if cosines is None else np.array(cosines),
        word_scores,
        np.ones(word_scores.shape[1]),
    )


def paths(found: list[Hit]) -> list[str]:
    return [hit.chunk.path for hit in found]


def in_order(query: str, of: Candidates, familiarity: float = 1.0) -> list[str]:
    evidence = evidence_for(query, of, 0.0)
    return paths(ranked(of.chunks, scores(evidence, familiarity), [0.0] * len(of.chunks)))


A, B = chunk("a.md", "Manual", "A"), chunk("b.md", "Manual", "B")


@pytest.mark.parametrize(
    ("cosines", "words", "familiarity", "expected"),
    [
        pytest.param([0.9, 0.5], [[0.0], [0.0]], 1.0, "a b", id="meaning alone"),
        pytest.param([0.5, 0.5], [[0.0], [7.0]], 1.0, "b a", id="words break a tie"),
        pytest.param([0.8, 0.1], [[0.0], [9.0]], 1.0, "a b", id="words are not all"),
        pytest.param([0.8, 0.1], [[0.0], [9.0]], 0.0, "b a", id="but in an unknown language"),
        pytest.param(None, [[1.0], [9.0]], 0.0, "b a", id="while meaning is not known"),
    ],
)
def test_fusion(
    cosines: list[float] | None, words: list[list[float]], familiarity: float, expected: str
) -> None:
    of = candidates(A, B, cosines=cosines, words=words)
    assert in_order("query", of, familiarity) == [f"{name}.md" for name in expected.split()]
    assert all(0 <= score <= 1 for score in scores(evidence_for("query", of, 0.0), familiarity))


def test_unrelated_texts_are_at_zero_whatever_the_model() -> None:
    of = candidates(A, B, chunk("c.md", "C", "D"), cosines=[1.0, 0.85, 0.4])
    assert evidence_for("query", of, 0.7).meaning == pytest.approx([1.0, 0.5, 0.0])


def test_nothing_at_all_is_ranked() -> None:
    nothing = Candidates((), np.zeros(0), np.zeros((0, 2)), np.ones(2))
    assert in_order("query", nothing) == []


@pytest.mark.parametrize(
    ("behind", "because"),
    [
        pytest.param(chunk("a.py", "a.py", "a.f"), "in_source", id="a source's comment"),
        pytest.param(chunk("a.md", "M", "A", text="Sets it."), "is_brief", id="a line"),
        pytest.param(chunk("a.md", "Manual"), "is_introduction", id="an introduction"),
    ],
)
def test_what_says_less_than_its_words_promise(behind: Chunk, because: str) -> None:
    of = candidates(behind, B, cosines=[0.5, 0.5])
    assert in_order("query", of) == ["b.md", behind.path]
    evidence = evidence_for("query", of, 0.0)
    assert [*getattr(evidence, because)] == [1.0, 0.0]


def test_a_page_that_speaks_of_the_question_throughout_leads() -> None:
    page = [chunk("page.md", "Page", title) for title in "ABC"]
    stray = chunk("stray.md", "Page", "A")
    of = candidates(stray, *page, cosines=[0.5, 0.5, 0.4, 0.4])
    assert in_order("query", of)[0] == "page.md"


def test_a_page_that_holds_all_words_between_its_sections_leads() -> None:
    page = [chunk("page.md", "Page", title) for title in "AB"]
    of = candidates(
        chunk("stray.md", "Page", "A"), *page, cosines=[0.5] * 3, words=[[1, 0], [1, 0], [0, 1]]
    )
    assert in_order("query", of)[0] == "page.md"


def test_every_kind_of_evidence_has_a_weight() -> None:
    assert {column.name for column in fields(Evidence)} == set(EVIDENCE)


@pytest.mark.parametrize(
    ("query", "path", "heading", "leads"),
    [
        pytest.param("How fast is it?", "docs/faq/speed.rst", "Entry 3", True, id="a FAQ's page"),
        pytest.param("is it fast", "guide.md", "Operations FAQs", True, id="a FAQ's heading"),
        pytest.param(
            "I use threads: why is it slow?", "a.md", "Questions & Answers", True, id="at its end"
        ),
        pytest.param("And?\ndef selected(): ...", "faq.md", "One", True, id="with a selection"),
        pytest.param("Is it fast?", "faq.md", "How fast is it?", True, id="the same question"),
        pytest.param("Is it fast?", "faq.md", "Where is the log?", False, id="another question"),
        pytest.param("Is it fast?", "faq.md", "Where is the **log?**", False, id="with markup"),
        pytest.param("speed of search", "docs/faq.md", "Entry 3", False, id="no question"),
        pytest.param("How fast is it?", "docs/faquir.md", "Sofaq", False, id="a part of a word"),
        pytest.param("How fast is it?", "docs/guide.md", "Speed", False, id="no FAQ"),
    ],
)
def test_pages_of_answers_lead_for_questions(
    query: str, path: str, heading: str, leads: bool
) -> None:
    of = candidates(
        chunk("reference.md", "Manual", "Speed"),
        chunk(path, "Manual", heading),
        cosines=[0.6, 0.55],
        words=[[1.0], [1.0]],
    )
    assert (in_order(query, of)[0] == path) is leads


def test_a_question_before_its_answer_is_what_that_answers() -> None:
    faq = chunk("faq.md", "FAQ", "Logs", text=f"**Where is the log?**\n\n{LONG}")
    of = candidates(faq, cosines=[0.5])
    assert [*evidence_for("Is it fast?", of, 0.0).is_answer] == [0.0]
    assert [*evidence_for("Where are logs?", of, 0.0).is_answer] == [1.0]


def test_a_bad_answer_leads_nothing() -> None:
    of = candidates(
        chunk("reference.md", "Manual", "Speed"), chunk("faq.md", "Manual", "X"), cosines=[0.8, 0.5]
    )
    assert in_order("How fast is it?", of)[0] == "reference.md"


def test_a_section_is_one_answer() -> None:
    hits = [
        Hit(chunk("a.md", "A", title, text=text), score)
        for title, text, score in (("B", "x", 0.9), ("B", "y", 0.8), ("C", "z", 0.7))
    ]
    assert [hit.score for hit in best_per_section(hits)] == [0.9, 0.7]


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
    chunks = [chunk(path, "M", "A") for path in scores]
    handicaps = [SHARES.get(path, 0.0) for path in scores]
    hits = ranked(chunks, np.array([*scores.values()]), handicaps)
    assert paths(hits) == expected.split()
    assert paths(only_manual(hits)) == answering.split()
    for hit in hits:
        assert hit.score + hit.handicap == pytest.approx(scores[hit.chunk.path])


SIGNS = Signs(
    score=0.55,
    meaning=0.45,
    words=0.3,
    held=0.7,
    held_by_best=0.4,
    unknown=0.1,
    asked=6,
    chunks=4000,
)


@pytest.mark.parametrize(
    "better",
    [
        {"score": 0.7},
        {"meaning": 0.7},
        {"words": 0.6},
        {"held": 0.9},
        {"unknown": 0.0},
        {"chunks": 400},
    ],
)
def test_what_makes_it_surer(better: dict[str, float]) -> None:
    assert 0 < sureness(SIGNS, 1.0) < sureness(replace(SIGNS, **better), 1.0) < 1


def test_without_meaning_it_is_as_sure_as_the_best_hit_holds_words() -> None:
    def by_words(held: float, chunks: int = 1000) -> float:
        return sureness(replace(SIGNS, score=1.0, held_by_best=held, chunks=chunks), 0.0)

    assert by_words(0.0) == 0.0
    assert by_words(0.2) < 0.4 < by_words(0.5)
    assert by_words(0.3, 50) > by_words(0.3, 5000)


def test_a_name_that_is_held_is_sure_though_far_in_meaning() -> None:
    name = replace(SIGNS, score=0.3, meaning=0.1, held=1.0, held_by_best=1.0, asked=1)
    assert sureness(name, 1.0) > 0.6
    assert sureness(replace(name, asked=6), 1.0) < 0.4
