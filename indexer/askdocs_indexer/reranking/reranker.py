"""The re-ranking model: loaded behind the searches, and within the time that they may wait."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from askdocs_indexer.embedding.familiarity import familiarity
from askdocs_indexer.reranking.blending import MODEL_SHARE, blended
from askdocs_indexer.reranking.choice import RERANKING
from askdocs_indexer.reranking.optional_model import OptionalModel, OptionalModelState
from askdocs_indexer.reranking.pace import Pace
from askdocs_indexer.reranking.scorer import PairScorer
from askdocs_indexer.settings import RerankerSettings
from askdocs_indexer.types import Hit

RerankerState = OptionalModelState

# So many of the first hits are read again, as far as the time allows; fewer than the least are not
# worth it.
RERANKED = 20
LEAST = 4
# Tokens of a question with a passage: the median of the first twenty hits on seven projects.
_USUAL_TOKENS = 140
# What is measured after loading: passages of such lengths beside a question, so many times, as
# other programs disturb a single time.
_SAMPLE_TOKENS = (_USUAL_TOKENS // 4, _USUAL_TOKENS)
_SAMPLES = 3
# With a model that takes so many times too long for short ones, longer ones are not tried.
_HOPELESS = 10
_SAMPLE_QUERY = "How do I stop the pump?"
# Calls are planned for this share of a search's time, as no estimate is exact.
_PLANNED = 0.8
# A machine that was busy may be idle later. What was too slow is measured again after so long.
_MEASURE_AGAIN_SECONDS = 60.0


class Reranker(Protocol):
    """Orders the first hits of a search anew. May be used from any thread."""

    @property
    def state(self) -> RerankerState:
        """What becomes of searches: `off` also where the model is not here, or too slow."""

    @property
    def model(self) -> str:
        """The model's name; empty where there is none."""

    @property
    def device(self) -> str:
        """The torch device in use, or what was asked for before loading; empty without a model."""

    @property
    def detail(self) -> str:
        """Why it is `off` or `failed`, with the next step, or how many hits are re-ranked."""

    def load(self) -> None:
        """Load the model now, or wait for the load under way. Failures end in `state`."""

    def rerank(self, query: str, hits: Sequence[Hit], language: str) -> list[Hit]:
        """Return hits, best first, in their new order; in that which they have unless `ready`.

        `language` is that of the query's words in Latin letters. Failures end in `state`.
        """


class CrossEncoderReranker(OptionalModel):
    """A Reranker on sentence-transformers' CrossEncoder.

    The model belongs to a thread of its own. A search gives it work and goes on when its time is
    over, with what was scored by then: on a busy machine a call can take far longer than ever.
    """

    def __init__(
        self, settings: RerankerSettings, on_change: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(RERANKING, settings, on_change)
        self._settings = settings
        self._seconds = settings.milliseconds / 1000
        self._worker = ThreadPoolExecutor(1, "askdocs-rerank")
        self._scorer: PairScorer | None = None
        self._pace = Pace()
        self._measured = -math.inf

    def rerank(self, query: str, hits: Sequence[Hit], language: str) -> list[Hit]:
        scorer = self._scorer
        if scorer is None or len(hits) < 2:
            return list(hits)
        if self._state == "off":
            self._measure_behind()
            return list(hits)
        texts = [hit.chunk.embedded_text for hit in hits[:RERANKED]]
        reading = _Reading(query, language, texts, time.monotonic() + _PLANNED * self._seconds)
        working = self._worker.submit(self._read, scorer, reading)
        try:
            working.result(self._seconds)
        except TimeoutError:
            working.cancel()
        return blended(hits, tuple(reading.scores), reading.share)

    def _take(self, model: Any) -> None:
        self._worker.submit(self._begin, PairScorer(model)).result()

    # -- on the thread of the model ---------------------------------------------------------

    def _begin(self, scorer: PairScorer) -> None:
        self._measure(scorer)
        self._scorer, self._device = scorer, scorer.device
        self._judge()

    def _read(self, scorer: PairScorer, reading: _Reading) -> None:
        try:
            # A model that has not learned the language orders by chance.
            known = familiarity(reading.query, reading.language, scorer.window)
            reading.share = MODEL_SHARE * known
            if known:
                self._score(scorer, reading)
        except Exception as error:
            self._give_up(error)

    def _score(self, scorer: PairScorer, reading: _Reading) -> None:
        """Score as many of the first texts as the time allows."""
        query, texts, scores = reading.query, reading.texts, reading.scores
        lengths = scorer.lengths(query, texts)
        needed = self._pace.seconds(lengths[:LEAST])
        if needed > _PLANNED * self._seconds:
            self._measure_behind()
        if needed > reading.deadline - time.monotonic():  # Or another search was before it.
            return
        while rest := lengths[len(scores) :]:
            left = reading.deadline - time.monotonic()
            count = self._pace.fitting(rest, left, scorer.call_tokens)
            if not count:
                break
            scores += self._timed(scorer, query, texts[len(scores) :][:count], rest[:count])
        self._judge()

    def _timed(
        self, scorer: PairScorer, query: str, texts: Sequence[str], lengths: Sequence[int]
    ) -> list[float]:
        started = time.monotonic()
        scores = scorer.scores(query, texts)
        self._pace.note(lengths, time.monotonic() - started)
        return scores

    def _measure(self, scorer: PairScorer) -> None:
        """Learn what this machine needs for texts of some lengths, as busy as it is now."""
        self._pace = Pace()
        for tokens in _SAMPLE_TOKENS:
            texts = ["pump " * tokens] * LEAST
            lengths = scorer.lengths(_SAMPLE_QUERY, texts)
            scorer.scores(_SAMPLE_QUERY, texts)  # The first call prepares much.
            for _ in range(_SAMPLES):
                self._timed(scorer, _SAMPLE_QUERY, texts, lengths)
            if self._pace.seconds(lengths) > _HOPELESS * self._seconds:
                break
        self._measured = time.monotonic()

    def _measure_behind(self) -> None:
        """Measure again without a search waiting for it, where the last time is a while ago."""
        if time.monotonic() - self._measured > _MEASURE_AGAIN_SECONDS:
            self._measured = time.monotonic()
            self._worker.submit(self._measure_again)

    def _measure_again(self) -> None:
        if (scorer := self._scorer) is not None:
            try:
                self._begin(scorer)
            except Exception as error:
                self._give_up(error)

    # -- its state --------------------------------------------------------------------------

    def _judge(self) -> None:
        """Set the state by how many hits of the usual length fit."""
        each, budget = self._pace.seconds([_USUAL_TOKENS]), self._settings.milliseconds
        count = min(int(_PLANNED * self._seconds / each), RERANKED)
        if count >= LEAST:
            self._set("ready", f"About {count} hits of a search are re-ranked within {budget} ms.")
            return
        self._set(
            "off",
            f"{self._name} is too slow here now: a passage takes about {1000 * each:.0f} ms, so "
            f"fewer than {LEAST} fit into search.rerankMs, {budget}. Set that higher, or "
            "search.reranker to a smaller model.",
        )

    def _give_up(self, error: Exception) -> None:
        self._scorer = None
        self._fail("failed", error)


@dataclass(slots=True)
class _Reading:
    """A search's first texts, and what the model says of them until `deadline` (monotonic, s).

    `scores` grow by the first texts that have none; `share` is what they count.
    """

    query: str
    language: str
    texts: Sequence[str]
    deadline: float
    share: float = 0.0
    scores: list[float] = field(default_factory=list)
