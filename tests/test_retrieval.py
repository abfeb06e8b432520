"""What is searched for, and whose relevance counts."""

from __future__ import annotations

import asyncio

import pytest
from tests.fakes import make_hit

from askdocs_indexer.types import Passages
from askdocs_server.answers import retrieval
from askdocs_server.answers.retrieval import AskRequest, leans, retrieval_query, retrieve
from askdocs_server.answers.turn import Turn

HISTORY = (Turn("Long ago?", "x"), Turn("Before?", "y"))
CODE = "sock.connect(address)\n"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does the retry policy of the client do?", False),
        ("How do I write a function so that it returns a value and a flag?", False),
        ("And how do I turn the whole thing off?", True),
        ("What does it return to the calling function?", True),
        ("How do I use this?", True),
        ("What are its limits?", True),
        ("Why?", True),
    ],
)
def test_a_question_that_leans_on_what_was_before(question: str, expected: bool) -> None:
    assert leans(AskRequest(question, history=HISTORY)) is expected
    assert leans(AskRequest(question, selection=CODE)) is expected
    assert not leans(AskRequest(question))
    query = retrieval_query(AskRequest(question, history=HISTORY))
    assert query == (f"Before?\n{question}" if expected else question)
    assert retrieval_query(AskRequest(question)) == question


def test_the_selection_helps_the_search() -> None:
    query = retrieval_query(AskRequest("Which arguments does the call take?", selection=CODE))
    assert query == "Which arguments does the call take?\nsock.connect(address)"


def passages(*titles: str, relevance: float) -> Passages:
    hits = [make_hit(title, title, f"{title}.md", 0.9 - n / 10) for n, title in enumerate(titles)]
    return Passages(tuple(hits), relevance)


@pytest.mark.parametrize(
    ("request_", "titles", "relevance"),
    [
        pytest.param(AskRequest("How do I set a timeout?"), "abcd", 0.5, id="alone"),
        pytest.param(
            AskRequest("How do I set a timeout of the client?", selection=CODE),
            "abce",
            0.5,
            id="the code adds its best hit, and no relevance",
        ),
        pytest.param(AskRequest("What is this?", selection=CODE), "eabf", 1.0, id="it leans on it"),
        pytest.param(
            AskRequest("And its limits?", history=(Turn("What is a sock?", "A thing."),)),
            "eabf",
            1.0,
            id="it goes on",
        ),
        pytest.param(
            AskRequest("And its limits?", history=(Turn("What is known well?", "All."),)),
            "abcd",
            0.9,
            id="what was asked before counts",
        ),
    ],
)
async def test_whose_relevance_counts(request_: AskRequest, titles: str, relevance: float) -> None:
    async def search(query: str, limit: int) -> Passages:
        assert limit == 4
        if "sock" in query:
            return passages("e", "a", "b", "f", relevance=1.0)
        return passages("a", "b", "c", "d", relevance=0.9 if "well?" in query[-5:] else 0.5)

    found = await retrieve(search, request_, 4)
    assert "".join(hit.chunk.title for hit in found.hits) == titles
    assert found.relevance == relevance
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)


async def test_a_search_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(query: str, limit: int) -> Passages:
        await asyncio.Event().wait()
        return Passages()

    monkeypatch.setattr(retrieval, "SEARCH_LIMIT_SECONDS", 0.01)
    with pytest.raises(TimeoutError, match="Ask again"):
        await retrieve(hang, AskRequest("Why?"), 4)
