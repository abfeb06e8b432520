"""Answers a question from the docs: retrieve, cite, let the model write, check, stream.

Knows neither LSP nor vLLM. The texts that `Asker.run` streams, put together, are the answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from askdocs_indexer.types import Hit
from askdocs_server.answers.completion import complete
from askdocs_server.answers.extractive import Quote, best_quotes, quotes_text, worth_comparing
from askdocs_server.answers.passages import Citation, cite
from askdocs_server.answers.prefetch import begun
from askdocs_server.answers.prompt import ABSTENTION, Prompt, build_prompt
from askdocs_server.answers.retrieval import AskRequest, Search, retrieve
from askdocs_server.answers.verification.checker import Nearness, unknown_nearness
from askdocs_server.answers.writers import QuotingWriter, TrustingWriter, Writer
from askdocs_server.errors import GenerationError
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.generation.openai_client import Message
from askdocs_server.settings.model import AskSettings
from askdocs_server.text.sanitize import plain
from askdocs_server.text.sentence_stream import SentenceBuffer

log = logging.getLogger(__name__)

# A prompt whose beginning vLLM knows is read in less; quotes are embedded on the same cores.
_HEAD_START_SECONDS = 0.1

_BROKEN_OFF = "\n\n*The model stopped before the end of its answer.*"


@dataclass(frozen=True, slots=True)
class Citations:
    """The passages that the answer may cite; comes first, once."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds since the request. `first_token_ms` is the model's; None without a model."""

    retrieve_ms: float
    first_token_ms: float | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; comes last, once.

    `model` is the model that was asked to write; None where the answer was made without one.
    """

    answer: str
    citations: tuple[Citation, ...]
    abstained: bool
    model: str | None
    timings: Timings


AskEvent = Citations | Text | Answer


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers questions with one search, one generator and one set of settings."""

    search: Search
    generator: Generator
    settings: AskSettings = field(default_factory=AskSettings)
    nearness: Nearness = unknown_nearness
    sampling: Sampling = OWN_SAMPLING

    async def run(
        self, request: AskRequest, wait_for_model: float = 0.0
    ) -> AsyncGenerator[AskEvent, None]:
        """Yield Citations, then Text pieces, then the Answer.

        The model gets up to `wait_for_model` seconds to become ready; without one the passages
        are quoted. Close the iterator (`contextlib.aclosing`) or cancel its consumer to abort the
        generation. Raises what `search` raises, and TimeoutError if that takes too long.
        """
        run = _Run(self, request)
        self.generator.ensure_started()
        passages = await retrieve(self.search, request, self.settings.passages)
        run.retrieved(passages.hits)
        yield Citations(run.citations)
        if passages.relevance < self.settings.min_relevance or not passages.hits:
            run.abstained = True
            yield run.text(abstention_text(run.citations))
        elif await self.generator.ready(wait_for_model):
            async with aclosing(run.written()) as pieces:
                async for piece in pieces:
                    yield run.text(piece)
        if not run.parts:
            quotes = await run.quotes()
            yield run.text(quotes_text(quotes) or passages_text(run.citations))
        yield run.answer()


class _Run:
    """What is known so far about one answer."""

    def __init__(self, asker: Asker, request: AskRequest) -> None:
        self._asker = asker
        self._request = request
        self._started = time.perf_counter()
        self._retrieve_ms = 0.0
        self._first_token_ms: float | None = None
        self._first_token = asyncio.Event()
        self._model: str | None = None
        self.citations: tuple[Citation, ...] = ()
        self.parts: list[str] = []
        self.abstained = False

    def retrieved(self, hits: Sequence[Hit]) -> None:
        self.citations = cite(hits[: self._asker.settings.passages])
        self._retrieve_ms = self._elapsed_ms()

    def text(self, text: str) -> Text:
        self.parts.append(text)
        return Text(text)

    def answer(self) -> Answer:
        timings = Timings(self._retrieve_ms, self._first_token_ms, self._elapsed_ms())
        answer = "".join(self.parts)
        return Answer(answer, self.citations, self.abstained, self._model, timings)

    async def written(self) -> AsyncGenerator[str, None]:
        """The answer that the model writes, in checked pieces; nothing where it fails at once."""
        is_small = self._asker.generator.profile.small
        prompt = await self._prompt()
        # The model goes on while the quotes that lead are looked for.
        async with begun(self._sentences(prompt.messages)) as sentences:
            writer = await self._writer(prompt.numbers)
            if lead := writer.lead():
                yield lead
            try:
                async for sentence in sentences:
                    if shown := await writer.add(sentence):
                        yield shown
                    if writer.finished:
                        break
            except GenerationError as error:
                log.warning("The answer is incomplete: %s", error)
                if self.parts and not is_small:
                    yield _BROKEN_OFF
        self.citations = writer.checked()
        answer = "".join(self.parts).strip()
        self.abstained = answer.startswith(ABSTENTION) and len(answer) < 2 * len(ABSTENTION)

    async def quotes(self) -> Sequence[Quote]:
        """What the passages themselves say to the question."""
        question = self._request.question
        texts = worth_comparing(question, self.citations)
        return best_quotes(question, self.citations, await self._asker.nearness(question, texts))

    async def _writer(self, numbers: Mapping[int, int]) -> Writer:
        if self._asker.generator.profile.small:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._first_token.wait(), _HEAD_START_SECONDS)
            return QuotingWriter(self.citations, await self.quotes(), numbers)
        return TrustingWriter(self.citations, self._asker.nearness, numbers)

    async def _prompt(self) -> Prompt:
        request, generator = self._request, self._asker.generator
        return await build_prompt(
            request.question,
            self.citations,
            generator.profile,
            self._asker.settings.max_tokens,
            request.selection,
            request.history,
            generator.count_tokens,
        )

    async def _sentences(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        generator = self._asker.generator
        buffer = SentenceBuffer()
        buffer.feed(generator.profile.prefill)
        max_tokens, sampling = self._asker.settings.max_tokens, self._asker.sampling
        written = complete(generator, messages, max_tokens, sampling)
        async with aclosing(written) as pieces:
            async for piece in pieces:
                if self._first_token_ms is None:
                    self._first_token_ms = self._elapsed_ms()
                    self._first_token.set()
                    self._model = generator.status.model
                for sentence in buffer.feed(piece):
                    yield sentence
        for sentence in buffer.flush():
            yield sentence

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000


def passages_text(citations: Sequence[Citation]) -> str:
    """The answer without a model: the passages themselves, each under its title and number."""
    return "\n\n".join(f"**{plain(c.title)}** [{c.number}]\n\n{c.excerpt}" for c in citations)


def abstention_text(citations: Sequence[Citation]) -> str:
    """The honest answer where nothing relevant was found, with the nearest passages."""
    if not citations:
        return f"{ABSTENTION} Nothing in the index comes near this question."
    nearest = "\n".join(f"- {plain(c.title)} [{c.number}]" for c in citations)
    return f"{ABSTENTION} The nearest passages:\n\n{nearest}"
