"""The ask pipeline, from question to checked answer, with a fake search and a fake model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import pytest
from tests.fakes import LARGE, SMALL, FakeGenerator, make_hit

from askdocs_indexer.types import Hit, Passages
from askdocs_server.answers import pipeline
from askdocs_server.answers.declining import UNCERTAIN
from askdocs_server.answers.pipeline import (
    Answer,
    Asker,
    AskEvent,
    Citations,
    Reset,
    Text,
    Waiting,
)
from askdocs_server.answers.prompt import ABSTENTION
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.errors import RequestFailedError
from askdocs_server.generation.models import ModelProfile
from askdocs_server.settings.model import AskSettings

HITS = [
    make_hit("The client retries a failed request. It waits 2.5 seconds in between.", "Retries"),
    make_hit("Responses are cached on disk.", "Cache", "b.md", 0.4),
    make_hit("Logs are written to stderr.", "Logs", "c.md", 0.3),
]
QUESTION = "How long does it wait between retries?"
REQUEST = AskRequest(QUESTION)

QUOTE = "**Retries** [1]\n\n> The client retries a failed request. It waits 2.5 seconds in between."


def found(hits: list[Hit]) -> Passages:
    return Passages(tuple(hits), hits[0].score if hits else 0.0)


class FakeSearch:
    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits
        self.queries: list[tuple[str, int]] = []

    async def __call__(self, query: str, limit: int) -> Passages:
        self.queries.append((query, limit))
        return found(self.hits[:limit])


def shown(events: Sequence[AskEvent]) -> str:
    """What a client shows that puts the texts together."""
    text = ""
    for event in events:
        if isinstance(event, Text):
            text += event.text
        elif isinstance(event, Reset):
            text = ""
    return text


async def run(
    generator: FakeGenerator,
    request: AskRequest | None = None,
    hits: list[Hit] | None = None,
    wait: float = 0.0,
) -> tuple[list[AskEvent], Answer]:
    """Run to the end and check what holds for every answer."""
    search = FakeSearch(HITS if hits is None else hits)
    asker = Asker(request or REQUEST, search, generator, AskSettings(passages=2))
    events = [event async for event in asker.run(wait)]
    answer = events[-1]
    assert isinstance(events[0], Citations)
    assert isinstance(answer, Answer)
    assert shown(events) == answer.answer
    assert [c.number for c in answer.citations] == [c.number for c in events[0].citations]
    timings = answer.timings
    assert 0 <= timings.retrieve_ms <= (timings.first_token_ms or timings.total_ms)
    assert (timings.first_token_ms or 0) <= timings.total_ms
    assert generator.closed_streams == len(generator.prompts)
    return events, answer


async def test_a_large_model_answers_with_citations() -> None:
    generator = FakeGenerator(["The client re", "tries a failed request. It wa", "its 9 seconds."])
    events, answer = await run(generator)
    assert answer.answer == (
        "The client retries a failed request. [1] It waits 9 seconds. *(unverified)*"
    )
    assert (answer.model, answer.abstained) == (LARGE.name, False)
    assert [c.verified for c in answer.citations] == [True, None]
    assert answer.timings.first_token_ms is not None
    assert len(events) == 4


async def test_a_small_model_is_led_by_quotes_and_filtered() -> None:
    pieces = ["The wait is 9 hours. ", "Responses are cached on disk. ", "Nonsense follows here."]
    _, answer = await run(FakeGenerator(pieces, SMALL))
    assert answer.answer == f"{QUOTE}\n\nResponses are cached on disk. [2]"
    assert answer.model == SMALL.name


async def test_a_rambling_small_model_is_stopped() -> None:
    generator = FakeGenerator(["The moon is cheese. "] * 50, SMALL, hang=True)
    async with asyncio.timeout(5):
        _, answer = await run(generator)
    assert "moon" not in answer.answer


async def test_without_supported_words_the_passages_answer() -> None:
    _, answer = await run(FakeGenerator(["The moon is cheese."], SMALL), AskRequest("Zebra?"))
    assert answer.answer == QUOTE


@pytest.mark.parametrize("state", ["off", "failed", "starting"])
async def test_while_the_model_is_away_the_passages_answer(state: str) -> None:
    generator = FakeGenerator(["never"], state=state)
    _, answer = await run(generator)
    assert answer.answer == QUOTE
    assert (answer.model, answer.abstained) == (None, False)
    assert answer.timings.first_token_ms is None
    assert generator.starts == 1


async def test_a_caller_may_wait_for_the_model() -> None:
    generator = FakeGenerator(["Logs are written."], state="starting")
    events, answer = await run(generator, wait=5.0)
    assert events[1:4] == [Text(QUOTE), Waiting(), Reset()]
    assert answer.answer == "Logs are written. *(unverified)*"
    assert answer.model == LARGE.name


@pytest.mark.parametrize("profile", [LARGE, SMALL])
async def test_a_ready_model_that_takes_its_time_is_waited_for(
    profile: ModelProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_GRACE_SECONDS", 0.0)
    generator = FakeGenerator(["Responses are cached on disk. "], profile)
    generator.may_write.clear()
    async with aclosing(Asker(REQUEST, FakeSearch(HITS), generator).run(5.0)) as events:
        shown: list[AskEvent] = []
        async for event in events:
            shown.append(event)
            if isinstance(event, Waiting):
                generator.may_write.set()
    assert shown[1:3] == [Text(QUOTE), Waiting(is_ready=True)]
    assert isinstance(shown[-1], Answer)
    assert "Responses are cached on disk." in shown[-1].answer


async def test_a_small_model_that_was_waited_for_writes_below_the_quotes() -> None:
    generator = FakeGenerator(["Responses are cached on disk. "], SMALL, state="starting")
    events, answer = await run(generator, wait=5.0)
    assert events[1:3] == [Text(QUOTE), Waiting()]
    assert answer.answer == f"{QUOTE}\n\nResponses are cached on disk. [2]"


@pytest.mark.parametrize(("state", "waits"), [("off", False), ("failed", True)])
async def test_a_model_that_does_not_come_leaves_the_quotes(state: str, waits: bool) -> None:
    events, answer = await run(FakeGenerator(["never"], state=state), wait=5.0)
    assert (answer.answer, answer.model) == (QUOTE, None)
    assert (Waiting() in events) == waits


@pytest.mark.parametrize("hits", [[], [make_hit("Far away.", "Far", score=0.05)]])
async def test_nothing_near_is_said_honestly(hits: list[Hit]) -> None:
    generator = FakeGenerator(["never"])
    _, answer = await run(generator, hits=hits)
    assert answer.answer.startswith(ABSTENTION)
    assert (answer.abstained, answer.model) == (True, None)
    assert len(answer.citations) == len(hits)
    assert all(f"[{c.number}]" in answer.answer for c in answer.citations)
    assert generator.prompts == []


async def test_what_may_not_answer_is_shown_as_the_nearest() -> None:
    generator = FakeGenerator(["never"])
    _, answer = await run(generator, hits=[make_hit("Far away.", "Far", score=0.2)])
    assert answer.answer == f"{UNCERTAIN}**Far** [1]\n\n> Far away."
    assert (answer.abstained, answer.model) == (True, None)


async def test_a_setting_says_how_relevant_is_relevant() -> None:
    hits = [make_hit("Far away.", "Far", score=0.1)]
    settings = AskSettings(min_relevance=0.0)
    asker = Asker(REQUEST, FakeSearch(hits), FakeGenerator(state="off"), settings)
    events = [event async for event in asker.run()]
    assert isinstance(events[-1], Answer)
    assert not events[-1].abstained


async def test_quotes_do_not_wait_for_a_slow_model() -> None:
    generator = FakeGenerator(["It waits."], SMALL)
    generator.may_write.clear()
    async with aclosing(Asker(REQUEST, FakeSearch(HITS), generator).run()) as events:
        async for event in events:
            if isinstance(event, Text):
                break
        assert event == Text(QUOTE)


async def begun(generator: FakeGenerator) -> tuple[list[AskEvent], asyncio.Task[Answer]]:
    """Ask a model that does not write yet; returns what comes, and the answer to be."""
    generator.may_write.clear()
    events: list[AskEvent] = []
    has_text = asyncio.Event()

    async def ask() -> Answer:
        async for event in Asker(REQUEST, FakeSearch(HITS), generator).run():
            events.append(event)
            if isinstance(event, Text):
                has_text.set()
        assert isinstance(event, Answer)
        assert shown(events) == event.answer
        return event

    task = asyncio.create_task(ask())
    await asyncio.wait_for(has_text.wait(), 5)
    return events, task


async def test_a_slow_large_model_replaces_the_quotes() -> None:
    generator = FakeGenerator(["It waits 2.5 seconds in between. Logs are written to stderr."])
    events, answering = await begun(generator)
    assert events[1:] == [Text(QUOTE)]
    generator.may_write.set()
    answer = await asyncio.wait_for(answering, 5)
    assert events[2] == Reset()
    assert QUOTE not in answer.answer
    assert answer.model == LARGE.name
    assert [c.verified for c in answer.citations] == [True, None, True]


async def test_a_quick_large_model_shows_no_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_GRACE_SECONDS", 30)
    events, _ = await run(FakeGenerator(["Responses are cached on disk."]))
    assert [type(event) for event in events] == [Citations, Text, Answer]


async def test_quotes_stay_where_a_slow_model_declines() -> None:
    generator = FakeGenerator([ABSTENTION])
    events, answering = await begun(generator)
    generator.may_write.set()
    answer = await asyncio.wait_for(answering, 5)
    assert Reset() not in events
    assert answer.answer == f"{QUOTE}\n\n*The model finds no answer in the passages.*"
    assert (answer.abstained, answer.model) == (True, LARGE.name)


async def test_a_slow_model_that_only_begins_by_declining_replaces_the_quotes() -> None:
    generator = FakeGenerator([f"{ABSTENTION} But it waits 2.5 seconds in between retries."])
    _, answering = await begun(generator)
    generator.may_write.set()
    answer = await asyncio.wait_for(answering, 5)
    assert answer.answer.startswith(f"{ABSTENTION} But it waits")
    assert not answer.abstained


async def test_quotes_stay_where_a_slow_model_fails() -> None:
    generator = FakeGenerator(["It wa"], failure=RequestFailedError("It broke off."))
    _, answering = await begun(generator)
    generator.may_write.set()
    answer = await asyncio.wait_for(answering, 5)
    assert (answer.answer, answer.model) == (QUOTE, None)


async def test_a_cancel_while_the_model_is_slow_ends_everything() -> None:
    generator = FakeGenerator(["never"])
    _, answering = await begun(generator)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    assert generator.closed_streams == 1


async def test_a_model_that_declines_is_an_abstention() -> None:
    _, answer = await run(FakeGenerator([ABSTENTION]))
    assert answer.abstained
    assert answer.answer.startswith(ABSTENTION)


async def test_a_failure_before_the_first_word_leaves_the_passages() -> None:
    _, answer = await run(FakeGenerator(failure=RequestFailedError("Cannot reach it.")))
    assert answer.answer.startswith("**Retries** [1]")
    assert answer.model is None


async def test_a_failure_in_the_middle_keeps_what_was_said() -> None:
    failure = RequestFailedError("It broke off.")
    pieces = ["The client retries a failed request. It ", "wa"]
    _, answer = await run(FakeGenerator(pieces, failure=failure))
    assert answer.answer.startswith("The client retries a failed request. [1] ")
    assert answer.answer.endswith("*The model stopped before the end of its answer.*")


async def test_closing_the_answer_closes_the_generation() -> None:
    generator = FakeGenerator(["The client retries a failed request. It"], hang=True)
    asker = Asker(REQUEST, FakeSearch(HITS), generator)
    async with aclosing(asker.run()) as events:
        async for event in events:
            if isinstance(event, Text):
                break
    assert generator.closed_streams == 1


async def test_cancelling_the_consumer_closes_the_generation() -> None:
    generator = FakeGenerator(["The client retries a failed request. It"], hang=True)
    seen = asyncio.Event()

    async def consume() -> None:
        async for event in Asker(REQUEST, FakeSearch(HITS), generator).run():
            if isinstance(event, Text):
                seen.set()

    task = asyncio.create_task(consume())
    await asyncio.wait_for(seen.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert generator.closed_streams == 1
