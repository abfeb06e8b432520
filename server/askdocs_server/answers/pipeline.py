"""Answers a question from the docs: retrieve, cite, let the model write, check, stream.

Knows neither LSP nor vLLM. The texts that `Asker.run` streams, put together, are the answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from askdocs_indexer.types import Passages, Unread
from askdocs_server.answers.completion import write_sentences
from askdocs_server.answers.declining import CERTAIN, UNCERTAIN, declined
from askdocs_server.answers.passages import Citation, cite
from askdocs_server.answers.prefetch import begun
from askdocs_server.answers.prompt import ABSTENTION, Prompt, build_prompt
from askdocs_server.answers.quoting.quotes import Quote, best_quotes, quotes_text
from askdocs_server.answers.retrieval import AskRequest, Search, leans, retrieval_query, retrieve
from askdocs_server.answers.rewriting import DEPTH, Rewrite
from askdocs_server.answers.writers import QuotingWriter, TrustingWriter, Writer
from askdocs_server.errors import GenerationError
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.generation.openai_client import Message
from askdocs_server.settings.model import AskSettings

log = logging.getLogger(__name__)

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
    """Milliseconds since the request. `first_token_ms` is the model's; None without a model.

    `rewrite_ms` is how much of `retrieve_ms` rewriting the question took, with the searches for
    that; None where no model was asked for it.
    """

    retrieve_ms: float
    first_token_ms: float | None
    total_ms: float
    rewrite_ms: float | None = None


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


class Asker:
    """Answers one question with a search, a generator and settings. To be run once."""

    def __init__(
        self,
        request: AskRequest,
        search: Search,
        generator: Generator,
        settings: AskSettings | None = None,
        sampling: Sampling = OWN_SAMPLING,
        unread: Sequence[Unread] = (),
        rewrite: Rewrite | None = None,
    ) -> None:
        self._request = request
        self._search = search
        self._generator = generator
        self._settings = settings or AskSettings()
        self._sampling = sampling
        self._unread = unread
        self._rewrite = rewrite
        self._started = time.perf_counter()
        self._retrieve_ms = 0.0
        self._rewrite_ms: float | None = None
        self._first_token_ms: float | None = None
        self._model: str | None = None
        self._citations: tuple[Citation, ...] = ()
        self._texts: list[str] = []
        self._abstained = False

    async def run(self, wait_for_model: float = 0.0) -> AsyncGenerator[AskEvent, None]:
        """Yield Citations, then Text pieces, then the Answer.

        The model gets up to `wait_for_model` seconds to become ready; without one the passages
        are quoted. Close the iterator (`contextlib.aclosing`) or cancel its consumer to abort the
        generation. Raises what `search` raises, and TimeoutError if that takes too long.
        """
        self._generator.ensure_started()
        passages = await self._retrieve()
        self._citations = cite(passages.hits[: self._settings.passages])
        self._retrieve_ms = self._elapsed_ms()
        yield Citations(self._citations)
        if passages.relevance < self._settings.min_relevance or not passages.hits:
            self._abstained = True
            yield self._text(
                declined(self._request.question, self._citations, passages.relevance, self._unread)
            )
        elif await self._generator.ready(wait_for_model):
            async with aclosing(self._write()) as texts:
                async for text in texts:
                    yield text
        if not self._texts:
            lead = UNCERTAIN if passages.relevance < CERTAIN else ""
            yield self._text(lead + quotes_text(self._quotes()))
        yield self._answer()

    async def _retrieve(self) -> Passages:
        """What the question finds, alone or with its rewritten queries."""
        depth = DEPTH if self._rewrite else None
        first = await retrieve(self._search, self._request, self._settings.passages, depth)
        if self._rewrite is None:
            return first
        request, before = self._request, self._elapsed_ms()
        question = retrieval_query(request) if leans(request) else request.question
        passages = await self._rewrite(question, first, self._search)
        if passages is None:
            return first
        self._rewrite_ms = self._elapsed_ms() - before
        return passages

    async def _write(self) -> AsyncGenerator[Text, None]:
        """The answer that the model writes, in checked pieces; nothing where it fails at once."""
        prompt = await self._prompt()
        # The model goes on writing while the quotes that come first are looked up.
        async with begun(self._sentences(prompt.messages)) as sentences:
            writer = self._writer(prompt.numbers)
            if lead := writer.lead():
                yield self._text(lead)
            try:
                async for sentence in sentences:
                    if shown := writer.add(sentence):
                        yield self._text(shown)
                    if writer.finished:
                        break
            except GenerationError as error:
                log.warning("The answer is incomplete: %s", error)
                if self._texts and not self._generator.profile.small:
                    yield self._text(_BROKEN_OFF)
        self._citations = writer.checked()
        answer = "".join(self._texts).strip()
        self._abstained = answer.startswith(ABSTENTION) and len(answer) < 2 * len(ABSTENTION)

    async def _prompt(self) -> Prompt:
        return await build_prompt(
            self._request.question,
            self._citations,
            self._generator.profile,
            self._settings.max_tokens,
            self._request.selection,
            self._request.history,
            self._generator.count_tokens,
        )

    def _sentences(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        return write_sentences(
            self._generator,
            messages,
            self._settings.max_tokens,
            self._sampling,
            prefill=self._generator.profile.prefill,
            on_first_token=self._note_first_token,
        )

    def _note_first_token(self) -> None:
        self._first_token_ms = self._elapsed_ms()
        self._model = self._generator.status.model

    def _writer(self, numbers: Mapping[int, int]) -> Writer:
        if self._generator.profile.small:
            prefill = self._generator.profile.prefill
            return QuotingWriter(self._citations, self._quotes(), numbers, prefill)
        return TrustingWriter(self._citations, numbers)

    def _quotes(self) -> Sequence[Quote]:
        """What the passages themselves say in answer to the question."""
        return best_quotes(self._request.question, self._citations)

    def _text(self, text: str) -> Text:
        self._texts.append(text)
        return Text(text)

    def _answer(self) -> Answer:
        timings = Timings(
            self._retrieve_ms, self._first_token_ms, self._elapsed_ms(), self._rewrite_ms
        )
        answer = "".join(self._texts)
        return Answer(answer, self._citations, self._abstained, self._model, timings)

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000
