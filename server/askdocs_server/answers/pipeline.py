"""Answers a question from the docs: retrieve, cite, quote, let the model write, check, stream.

Knows neither LSP nor vLLM. The docs' own words come first, unless a large model is as quick; what a
small model adds comes below them, and the answer of a large one in their place. The texts that
`Asker.run` streams, put together from the last Reset on, are the answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from askdocs_indexer.types import Passages, Unread
from askdocs_server.answers.completion import write_sentences
from askdocs_server.answers.declining import (
    CERTAIN,
    NEAR,
    NEAREST_LINES,
    UNCERTAIN,
    declined,
)
from askdocs_server.answers.passages import Citation, cite
from askdocs_server.answers.prefetch import begun
from askdocs_server.answers.prompt import ABSTENTION, Prompt, build_prompt
from askdocs_server.answers.quoting.quotes import LINES, Quote, best_quotes, quotes_text
from askdocs_server.answers.retrieval import AskRequest, Search, leans, retrieval_query, retrieve
from askdocs_server.answers.rewriting import DEPTH, Rewrite
from askdocs_server.answers.verification.objections import Judge, contradicted, with_objections
from askdocs_server.answers.writers import QuotingWriter, TrustingWriter, Writer
from askdocs_server.errors import GenerationError
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.generation.openai_client import Message
from askdocs_server.settings.model import AskSettings

log = logging.getLogger(__name__)

# A large model on a GPU writes its first sentence in about this time: quotes that are withdrawn at
# once would only flicker.
_GRACE_SECONDS = 0.4

_BROKEN_OFF = "\n\n*The model stopped before the end of its answer.*"
_DECLINED = "\n\n*The model finds no answer in the passages.*"


@dataclass(frozen=True, slots=True)
class Citations:
    """The passages that the answer may cite; comes first, once."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reset:
    """The texts so far, which are quotes, are withdrawn: those that follow are the answer."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The quotes are complete, and the model is awaited: until it `is_ready`, or else its text."""

    is_ready: bool = False


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


Writing = Text | Reset | Waiting
AskEvent = Citations | Writing | Answer


Quoting = Callable[[str, Sequence[Citation], int], Awaitable[Sequence[Quote]]]
"""Gets a question, the citations and how many lines there is room for; returns what of them is
shown, as `best_quotes` does."""


async def quotes_here(question: str, citations: Sequence[Citation], lines: int) -> Sequence[Quote]:
    """Quote without a thread, which takes some 15 ms of the event loop."""
    return best_quotes(question, citations, lines)


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
        quote: Quoting = quotes_here,
    ) -> None:
        self._request = request
        self._search = search
        self._generator = generator
        self._settings = settings or AskSettings()
        self._sampling = sampling
        self._unread = unread
        self._rewrite = rewrite
        self._quote = quote
        self._judge: Judge | None = None
        self._started = time.perf_counter()
        self._retrieve_ms = 0.0
        self._rewrite_ms: float | None = None
        self._first_token_ms: float | None = None
        self._model: str | None = None
        self._is_patient = False
        self._is_uncertain = False
        self._citations: tuple[Citation, ...] = ()
        self._checked: tuple[Citation, ...] = ()
        self._texts: list[str] = []
        self._quotes: Sequence[Quote] = ()  # Those that are shown.
        self._broken_off = False
        self._abstained = False

    async def run(
        self, wait_for_model: float = 0.0, judge: Judge | None = None
    ) -> AsyncGenerator[AskEvent, None]:
        """Yield Citations, then Text pieces, then the Answer.

        A model that is not ready gets up to `wait_for_model` seconds for that, behind the quotes;
        Waiting says so, and also where a model that is ready takes its time. Where a large model
        writes after quotes were shown, Reset precedes its Text; `judge` tells which of its
        sentences the passages contradict. Close the iterator (`contextlib.aclosing`) or cancel its
        consumer to abort the generation. Raises what `search` raises, and TimeoutError if that
        takes too long.
        """
        self._judge = judge
        self._is_patient = wait_for_model > 0
        self._generator.ensure_started()
        passages = await self._retrieve()
        self._citations = cite(passages.hits[: self._settings.passages])
        self._is_uncertain = passages.relevance < CERTAIN
        self._retrieve_ms = self._elapsed_ms()
        yield Citations(self._citations)
        if passages.relevance < self._settings.min_relevance or not passages.hits:
            self._abstained = True
            near = self._citations if passages.relevance >= NEAR else ()
            nearest = await self._quote(self._request.question, near, NEAREST_LINES)
            yield self._text(declined(nearest, self._citations, self._unread))
        else:
            async with aclosing(self._respond(wait_for_model)) as events:
                async for event in events:
                    yield event
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

    async def _respond(self, limit: float) -> AsyncGenerator[Writing, None]:
        """The docs' own words, and what the model writes below them or in their place."""
        if not await self._generator.ready(0):
            yield await self._quoted()
            if limit <= 0 or self._generator.status.state == "off":
                return
            yield Waiting()
            if not await self._generator.ready(limit):
                return
        write = self._below if self._generator.profile.small else self._instead
        async with aclosing(write()) as events:
            async for event in events:
                yield event
        if not self._texts:
            yield await self._quoted()

    async def _below(self) -> AsyncGenerator[Writing, None]:
        """The quotes, then what a small model adds to them that the passages support."""
        if not self._quotes:
            yield await self._quoted()
            if self._is_patient:
                yield Waiting(is_ready=True)
        prefill = self._generator.profile.prefill

        def writer(numbers: Mapping[int, int]) -> Writer:
            return QuotingWriter(self._citations, self._quotes, numbers, prefill)

        async with aclosing(self._pieces(writer)) as pieces:
            async for piece in pieces:
                yield self._text(piece)
        self._citations = self._checked or self._citations

    async def _instead(self) -> AsyncGenerator[Writing, None]:
        """What a large model writes, instead of the quotes if those are shown until it does.

        The quotes stay where it fails before it has written a sentence, or finds no answer.
        """

        def writer(numbers: Mapping[int, int]) -> Writer:
            return TrustingWriter(self._citations, numbers)

        written = ""
        async with begun(self._objected(self._pieces(writer))) as pieces:
            if not self._quotes and not await pieces.within(_GRACE_SECONDS):
                yield await self._quoted()
                if self._is_patient:
                    yield Waiting(is_ready=True)
            async for piece in pieces:
                written += piece
                if not self._quotes:
                    yield self._text(piece)
                elif not _declines(written):
                    yield self._reset()
                    yield self._text(written)
        if remark := self._concluded(written):
            yield self._text(remark)

    def _objected(self, pieces: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        """The pieces, each with a remark where the passage that it cites says otherwise."""
        if (judge := self._judge) is None:
            return pieces
        return with_objections(pieces, lambda piece: contradicted(piece, self._citations, judge))

    def _concluded(self, written: str) -> str:
        """Take over what a large model's text says of the citations; returns a remark on it."""
        self._abstained = _declines(written.strip())
        if not written:
            self._model = None
        if self._quotes:
            return _DECLINED if self._abstained else ""
        self._citations = self._checked or self._citations
        return _BROKEN_OFF if written and self._broken_off else ""

    async def _pieces(
        self, new_writer: Callable[[Mapping[int, int]], Writer]
    ) -> AsyncGenerator[str, None]:
        """What is to be shown of the model's text, piece by piece; an error only ends it.

        Leaves the citations as they were checked in `_checked`.
        """
        try:
            prompt = await self._prompt()
            writer = new_writer(prompt.numbers)
            self._checked = writer.checked()
            async with aclosing(self._sentences(prompt.messages)) as sentences:
                async for sentence in sentences:
                    shown = writer.add(sentence)
                    self._checked = writer.checked()
                    if shown:
                        yield shown
                    if writer.finished:
                        break
        except GenerationError as error:
            log.warning("The answer is incomplete: %s", error)
            self._broken_off = True

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

    async def _quoted(self) -> Text:
        """What the passages themselves say in answer to the question."""
        self._quotes = await self._quote(self._request.question, self._citations, LINES)
        lead = UNCERTAIN if self._is_uncertain else ""
        return self._text(lead + quotes_text(self._quotes))

    def _text(self, text: str) -> Text:
        self._texts.append(text)
        return Text(text)

    def _reset(self) -> Reset:
        self._quotes = []
        self._texts.clear()
        return Reset()

    def _answer(self) -> Answer:
        timings = Timings(
            self._retrieve_ms, self._first_token_ms, self._elapsed_ms(), self._rewrite_ms
        )
        answer = "".join(self._texts)
        return Answer(answer, self._citations, self._abstained, self._model, timings)

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000


def _declines(answer: str) -> bool:
    """Whether a model's answer is that there is none."""
    return answer.startswith(ABSTENTION) and len(answer) < 2 * len(ABSTENTION)
