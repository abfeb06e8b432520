"""A model that tells whether a statement follows from a passage, or contradicts it.

Natural language inference by a cross-encoder: Bowman et al., "A large annotated corpus for learning
natural language inference", 2015.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from askdocs_indexer.embedding.familiarity import familiarity
from askdocs_indexer.embedding.window import window_of_model
from askdocs_indexer.errors import RerankerError
from askdocs_indexer.reranking.optional_model import OptionalModel, OptionalModelState
from askdocs_indexer.words.forms import words_of
from askdocs_indexer.words.languages import language_of
from askdocs_server.answers.verification.role import VERIFYING
from askdocs_server.settings.model import EntailmentSettings

EntailmentState = OptionalModelState

# Of the words of a statement that is judged.
_KNOWN_SHARE = 0.8
_LABELS = ("contradiction", "entailment")


@dataclass(frozen=True, slots=True)
class Judgement:
    """How probable it is that a statement contradicts a passage, and that it follows from it."""

    contradiction: float
    entailment: float


class Entailment(Protocol):
    """Judges statements. May be used from any thread."""

    @property
    def state(self) -> EntailmentState:
        """`off` also where the model is not on the machine; judges only if `ready`."""

    @property
    def model(self) -> str:
        """The model's name; empty where there is none."""

    @property
    def device(self) -> str:
        """The torch device in use, or what was asked for before loading; empty without a model."""

    @property
    def detail(self) -> str:
        """Why it is `off` or `failed`, with the next step."""

    def look(self) -> None:
        """Find out whether there is a model, without loading it."""

    def load(self) -> None:
        """Load the model now, or wait for the load under way. Failures end in `state`."""

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Future[list[Judgement]]:
        """Judge pairs of a passage's words and a statement; no pair where it is not `ready`."""


class CrossEncoderEntailment(OptionalModel):
    """An Entailment on sentence-transformers' CrossEncoder. The model has a thread of its own."""

    def __init__(
        self, settings: EntailmentSettings, on_change: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(VERIFYING, settings, on_change)
        self._worker = ThreadPoolExecutor(1, "askdocs-verify")
        self._judge: _Judge | None = None

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Future[list[Judgement]]:
        return self._worker.submit(self._judged, pairs)

    def _take(self, model: Any) -> None:
        self._judge = _Judge(model)
        self._device = self._judge.device
        self._set("ready")

    def _judged(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        judge = self._judge
        if judge is None or not pairs:
            return []
        try:
            return judge(pairs)
        except Exception as error:
            self._judge = None
            self._fail("failed", error)
            return []


class _Judge:
    """Wraps a CrossEncoder. For one thread at a time. Raises RerankerError for unsuited models."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._window = window_of_model(model, "")
        self._contradiction, self._entailment = _columns(getattr(model.config, "id2label", {}))

    @property
    def device(self) -> str:
        return str(self._model.device)

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Judge pairs; of a statement in a language that the model has not learned, nothing."""
        rows = self._model.predict(
            list(pairs), apply_softmax=True, batch_size=len(pairs), show_progress_bar=False
        )
        judged = [
            Judgement(float(row[self._contradiction]), float(row[self._entailment]))
            if self._knows(statement)
            else Judgement(0.0, 0.0)
            for row, (_, statement) in zip(rows, pairs, strict=True)
        ]
        if not all(math.isfinite(each.contradiction) for each in judged):
            raise RerankerError("its probabilities are no numbers; its weights are damaged")
        return judged

    def _knows(self, statement: str) -> bool:
        language = language_of([word.casefold() for word in words_of(statement)])
        return familiarity(statement, language, self._window) >= _KNOWN_SHARE


def _columns(labels: dict[int, str]) -> tuple[int, int]:
    """Return where a model has the probability of a contradiction, and of an entailment.

    Models differ in that order; their configuration tells it.
    """
    columns = {name.lower(): int(column) for column, name in labels.items()}
    if len(columns) < len(_LABELS) or not all(label in columns for label in _LABELS):
        listed = ", ".join(labels.values()) or "none"
        raise RerankerError(
            f"it is no model for inference: its labels ({listed}) do not name contradiction and "
            "entailment"
        )
    return columns[_LABELS[0]], columns[_LABELS[1]]
