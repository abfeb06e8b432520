"""Searches once more with the words of the docs, where a question's own words find nothing clear.

A model that runs anyway rewrites the question into a few search queries. It is shown the headings
that the first search found, so that it can use the docs' terms: pseudo-relevance feedback, and
"Query Rewriting for Retrieval-Augmented Large Language Models" (Ma et al., 2023). The scores of
what the queries find are added to those of the question, which itself counts most. All of it
happens within a time limit: what is not there by then does not count, and the first search stands.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.types import Hit, Passages, SectionId
from askdocs_server.answers.prompt import rewriting_messages
from askdocs_server.answers.retrieval import Search
from askdocs_server.answers.written_lines import written_lines
from askdocs_server.errors import GenerationError
from askdocs_server.generation.base import Generator

log = logging.getLogger(__name__)

CLEAR_RELEVANCE = 0.9
"""From this relevance on, what the question's own words find is not searched for again."""

DEPTH = 10
"""How many hits of each search are fused."""

_QUERIES = 3
_MAX_TOKENS = 64

# What the queries weigh together, where the question weighs 1; docs/quality.md has the figures.
_QUERIES_WEIGHT = 0.3
# What is not among the hits of a search has at most the score of the last of them, likely less.
_UNSEEN_SHARE = 0.8

# How long a model is left alone that was too slow or failed.
_REST_SECONDS = 300.0

Rewrite = Callable[[str, Passages, Search], Awaitable[Passages | None]]
"""Gets a question, what it found and the search; returns what is found with rewritten queries, or
None where no model was asked for any."""


class Rewriter:
    """Has questions rewritten, and leaves a model that is too slow alone for `rest` seconds.

    A prompt that a slow model is still reading would delay the answer. Use from one event loop.
    """

    def __init__(self, *, rest: float = _REST_SECONDS) -> None:
        self._rest = rest
        self._resting: dict[tuple[str, str], float] = {}

    async def improved(
        self, question: str, first: Passages, search: Search, generator: Generator, seconds: float
    ) -> Passages | None:
        """Return what the question and its rewritten queries find together, best first.

        It is `first` where no query has found anything within `seconds`, and None, at once, where
        `first` is clear or no large model is ready. The relevance remains that of the question:
        queries in the docs' own words are near to the docs, whether or not these answer it.
        """
        model = (generator.status.where, generator.profile.name)
        if not _is_worth_it(first, generator, seconds) or self._is_resting(model):
            return None
        results: dict[int, Passages] = {}
        try:
            async with asyncio.timeout(seconds):
                await _search_all(_queries(question, first.hits, generator), search, results)
        except (GenerationError, TimeoutError) as error:
            log.info("The question is not rewritten: %s", error or f"over {seconds:.2f} s.")
            self._resting[model] = asyncio.get_running_loop().time() + self._rest
        return fused(first, [results[number] for number in sorted(results)])

    def _is_resting(self, model: tuple[str, str]) -> bool:
        return asyncio.get_running_loop().time() < self._resting.get(model, 0.0)


def _is_worth_it(first: Passages, generator: Generator, seconds: float) -> bool:
    is_ready = generator.status.state == "ready" and not generator.profile.small
    return is_ready and seconds > 0 and bool(first.hits) and first.relevance < CLEAR_RELEVANCE


async def _search_all(
    queries: AsyncGenerator[str, None], search: Search, results: dict[int, Passages]
) -> None:
    """Search for each query as soon as it is written; `results` gets what each has found."""

    async def note(number: int, query: str) -> None:
        # Whatever goes wrong with one of them, the question itself was searched for.
        with suppress(IndexerError, TimeoutError):
            results[number] = await search(query, DEPTH)

    searches: list[asyncio.Task[None]] = []
    try:
        async with aclosing(queries):
            async for query in queries:
                searches.append(asyncio.create_task(note(len(searches), query)))
        await asyncio.gather(*searches)
    finally:
        for task in searches:
            task.cancel()
        await asyncio.gather(*searches, return_exceptions=True)


def _queries(question: str, hits: Sequence[Hit], generator: Generator) -> AsyncGenerator[str, None]:
    headings = dict.fromkeys(" > ".join(hit.chunk.heading_path) or hit.chunk.path for hit in hits)
    messages = rewriting_messages(question, [*headings], generator.profile, _QUERIES)
    return written_lines(generator, messages, _QUERIES, _MAX_TOKENS, known=[question])


def fused(first: Passages, others: Sequence[Passages]) -> Passages:
    """Fuse what a question and its rewritten queries have found, by the scores of sections.

    The order is that of the weighted sums. Scores remain those of the searches, lowered where
    needed so that they fall with the rank.
    """
    if not any(passages.hits for passages in others):
        return first
    rankings = [_by_section(passages) for passages in (first, *others)]
    weights = [1.0, *[_QUERIES_WEIGHT / len(others)] * len(others)]
    hits: dict[SectionId, Hit] = {}
    for ranking in rankings:
        hits = ranking | hits
    sums = dict.fromkeys(hits, 0.0)
    for weight, ranking in zip(weights, rankings, strict=True):
        unseen = _UNSEEN_SHARE * min((hit.score for hit in ranking.values()), default=0.0)
        for section in sums:
            score = ranking[section].score if section in ranking else unseen
            sums[section] += weight * score
    ranked = sorted(hits, key=lambda section: (-sums[section], hits[section].chunk.id))
    return replace(first, hits=tuple(_falling(hits[section] for section in ranked)))


def _by_section(passages: Passages) -> dict[SectionId, Hit]:
    return {hit.chunk.section: hit for hit in reversed(passages.hits)}


def _falling(hits: Iterable[Hit]) -> Iterable[Hit]:
    least = float("inf")
    for hit in hits:
        least = min(least, hit.score)
        yield replace(hit, score=least)
