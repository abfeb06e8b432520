"""A model that tells whether a statement follows from a passage, or contradicts it.

Natural language inference by a cross-encoder: Bowman et al., "A large annotated corpus for learning
natural language inference", 2015.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from askdocs_indexer.embedding.familiarity import familiarity
from askdocs_indexer.embedding.loading import load_cross_encoder
from askdocs_indexer.embedding.window import window_of_model
from askdocs_indexer.errors import RerankerError
from askdocs_indexer.reranking.choice import Role, choose
from askdocs_indexer.words.forms import words_of
from askdocs_indexer.words.languages import language_of
from askdocs_server.settings.model import EntailmentSettings

log = logging.getLogger(__name__)

EntailmentState = Literal["off", "idle", "loading", "ready", "failed"]

# Apache-2.0, English, trained on SNLI and MultiNLI: .916 of SNLI's test set and .878 of MultiNLI's
# mismatched set are judged right, as its model card says.
ROLE = Role("verify.model", "cross-encoder/nli-deberta-v3-xsmall", "280 MB")
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


class CrossEncoderEntailment:
    """An Entailment on sentence-transformers' CrossEncoder. The model has a thread of its own."""

    def __init__(
        self, settings: EntailmentSettings, on_change: Callable[[], None] = lambda: None
    ) -> None:
        self._settings = settings
        self._on_change = on_change
        self._loading = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "askdocs-verify")
        self._judge: _Judge | None = None
        self._name = ROLE.default if settings.model == "auto" else settings.model
        self._state: EntailmentState = "idle"
        self._detail = ""
        if settings.model == "off":
            self._name, self._state, self._detail = "", "off", choose("off", role=ROLE).reason

    @property
    def state(self) -> EntailmentState:
        return self._state

    @property
    def model(self) -> str:
        return self._name

    @property
    def device(self) -> str:
        asked = self._settings.device if self._name else ""
        return self._judge.device if self._judge else asked

    @property
    def detail(self) -> str:
        return self._detail

    def look(self) -> None:
        with self._loading:
            if self._state == "idle":
                try:
                    self._chosen()
                except RerankerError as error:
                    self._fail("cannot be loaded", error)

    def load(self) -> None:
        with self._loading:
            if self._judge is not None or self._state == "off":
                return
            self._set("loading")
            try:
                self._load()
            except Exception as error:  # To a user all failures of the libraries are the same.
                self._fail("cannot be loaded", error)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Future[list[Judgement]]:
        return self._worker.submit(self._judged, pairs)

    def _load(self) -> None:
        if source := self._chosen():
            self._judge = _Judge(load_cross_encoder(source, self._settings.device))
            self._set("ready")

    def _chosen(self) -> str:
        """Return what to load; "" where there is nothing, which ends in `state`."""
        choice = choose(self._settings.model, downloads=self._settings.downloads, role=ROLE)
        self._name = choice.name
        if not choice.source:
            self._set("off", choice.reason)
        return choice.source

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

    def _fail(self, what: str, error: Exception) -> None:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        detail = (
            f"The verifying model {self._name} {what} ({lines[0]}). Set {ROLE.setting} to another "
            "model, or to `off`."
        )
        log.error("%s", detail)
        self._set("failed", detail)

    def _set(self, state: EntailmentState, detail: str = "") -> None:
        self._state, self._detail = state, detail
        self._on_change()


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
