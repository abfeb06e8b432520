"""From texts to vectors: prompts, batches, and who goes first.

A gate admits one batch at a time and lets a waiting query pass before the next batch of bulk work,
so a query never waits behind more than one small batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.encoder import Encoder, load_encoder
from askdocs_indexer.embedding.hub import downloaded
from askdocs_indexer.embedding.loading import is_bundled, locate_model
from askdocs_indexer.embedding.model_folder import Role, content_digest, output_dimension
from askdocs_indexer.embedding.window import Window, window_of_folder
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_indexer.words.forms import in_usual_letters

EmbedderState = Literal["idle", "loading", "ready", "failed"]

# A question is embedded for the search, for its quotes, and again for follow-up questions.
_CACHED_QUERIES = 64

# Models differ in how similar they find texts that have nothing in common: about 0 for MiniLM, 0.7
# and more for E5. Similarity is measured from there.
_UNRELATED = (
    "The socket is closed when the timeout expires.",
    "Knead the dough until it no longer sticks.",
    "The king signed the treaty in the spring of that year.",
    "Red blood cells carry oxygen.",
    "Tickets for children cost half as much.",
    "The glacier has lost a third of its ice.",
    "Install the package with the command below.",
    "She tuned the violin before the concert.",
)


class Embedder(Protocol):
    """Turns text into unit vectors. `encode_*` may be called from any thread."""

    @property
    def model(self) -> str:
        """The model's name."""

    @property
    def identity(self) -> str:
        """What a passage's vector depends on beside its text, as recorded in the index.

        May load the model. Raises EmbedderError.
        """

    @property
    def dimension(self) -> int:
        """Length of a vector; may load the model. Raises EmbedderError."""

    @property
    def window(self) -> Window:
        """How much of a passage is read; may load the model. Raises EmbedderError."""

    @property
    def unrelated(self) -> float:
        """The cosine of texts that have nothing in common; 0 before loading."""

    @property
    def state(self) -> EmbedderState:
        """Where loading stands."""

    @property
    def device(self) -> str:
        """The torch device in use, or what was asked for before loading."""

    @property
    def detail(self) -> str:
        """Why `state` is failed, with the next step; else empty."""

    def load(self) -> None:
        """Load the model now, or wait for the load under way. Raises EmbedderError."""

    def encode_passages(
        self,
        texts: Sequence[str],
        stop: threading.Event | None = None,
        *,
        urgent: bool = False,
    ) -> NDArray[np.float32]:
        """Return unit vectors, shape (len(texts), dimension).

        A set `stop` raises InterruptedError between batches; `urgent` texts go between the batches
        of others. Raises EmbedderError.
        """

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return a unit vector, shape (dimension,), read-only. Raises EmbedderError."""


class _Gate:
    """A lock with two classes of waiters: urgent ones pass first."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._busy = False
        self._urgent = 0

    @contextmanager
    def pass_through(self, *, urgent: bool) -> Iterator[None]:
        with self._condition:
            self._urgent += urgent
            self._condition.wait_for(lambda: not self._busy and (urgent or not self._urgent))
            self._urgent -= urgent
            self._busy = True
        try:
            yield
        finally:
            with self._condition:
                self._busy = False
                self._condition.notify_all()


class SentenceTransformerEmbedder:
    """An Embedder for the models of sentence-transformers, loaded on first need."""

    def __init__(
        self, settings: EmbeddingSettings, on_change: Callable[[], None] = lambda: None
    ) -> None:
        self._settings = settings
        self._on_change = on_change
        self._source, self._name = locate_model(settings.model)
        # Only a folder's files are known before the model is loaded.
        is_folder = bool(self._source) and self._source != self._name
        self._folder = Path(self._source) if is_folder else downloaded(self._source)
        self._loading = threading.Lock()
        self._gate = _Gate()
        self._encoder: Encoder | None = None
        self._state: EmbedderState = "idle"
        self._detail = ""
        self._unrelated = 0.0
        self._query = lru_cache(maxsize=_CACHED_QUERIES)(self._encode_query)

    @property
    def model(self) -> str:
        return self._name

    @cached_property
    def identity(self) -> str:
        # Other models may be called like a folder, or come to lie in it.
        prompt = self.window.prompt
        is_own = self._source != self._name and not is_bundled(self._source)
        name = f"{self._name}@{content_digest(Path(self._source))}" if is_own else self._name
        return f"{name} with {prompt!r}" if prompt else name

    @property
    def unrelated(self) -> float:
        return self._unrelated

    @property
    def state(self) -> EmbedderState:
        return self._state

    @property
    def detail(self) -> str:
        return self._detail

    @property
    def device(self) -> str:
        return self._encoder.device if self._encoder else self._settings.device

    @property
    def dimension(self) -> int:
        if self._encoder is None and self._folder is not None:
            declared = output_dimension(self._folder)
            if declared is not None:
                return declared
        return self._loaded().dimension

    @cached_property
    def window(self) -> Window:
        if self._declared_window is not None:
            return self._declared_window
        encoder = self._loaded()
        # Its files are here now, and the next process goes by them.
        folder = self._folder or downloaded(self._source)
        return (folder and window_of_folder(folder, self._source)) or encoder.window

    @cached_property
    def _declared_window(self) -> Window | None:
        """The window of which the files tell before the model is loaded."""
        return window_of_folder(self._folder, self._source) if self._folder else None

    def load(self) -> None:
        self._loaded()

    def _loaded(self) -> Encoder:
        with self._loading:
            if self._encoder is not None:
                return self._encoder
            self._set("loading")
            try:
                window = self._declared_window
                encoder = load_encoder(self._source, self._settings.device, window)
                self._unrelated = _mean_cosine(encoder, _UNRELATED)
            except Exception as error:  # To a user all failures of the libraries are the same.
                message = (
                    f"The embedding model {self._name} cannot be loaded ({error}). Set "
                    "embedding.model to `bundled`, or to a folder with a model."
                )
                self._set("failed", message)
                raise EmbedderError(message) from error
            self._encoder = encoder
            self._set("ready")
            return encoder

    def encode_passages(
        self,
        texts: Sequence[str],
        stop: threading.Event | None = None,
        *,
        urgent: bool = False,
    ) -> NDArray[np.float32]:
        encoder = self._loaded()
        with self._gate.pass_through(urgent=urgent):
            lengths = encoder.token_counts(texts)
        vectors = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
        for batch in _batches(lengths, encoder.batch_tokens):
            if stop is not None and stop.is_set():
                raise InterruptedError("embedding was stopped")
            with self._gate.pass_through(urgent=urgent):
                vectors[batch] = _encode(encoder, [texts[index] for index in batch], "passage")
        return vectors

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return self._query(text)

    def _encode_query(self, text: str) -> NDArray[np.float32]:
        encoder = self._loaded()
        with self._gate.pass_through(urgent=True):
            vector: NDArray[np.float32] = _encode(encoder, [text], "query")[0]
        vector.flags.writeable = False
        return vector

    def _set(self, state: EmbedderState, detail: str = "") -> None:
        self._state, self._detail = state, detail
        self._on_change()


def _batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Yield the indices of texts in batches of at most `tokens` tokens, but of at least one text.

    Batches of like lengths waste no time on padding; by characters they would waste a fifth.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    while order:
        size = max(tokens // max(lengths[order[0]], 1), 1)
        yield order[:size]
        order = order[size:]


def _encode(encoder: Encoder, texts: Sequence[str], role: Role) -> NDArray[np.float32]:
    return encoder.encode([in_usual_letters(text) for text in texts], role)


def _mean_cosine(encoder: Encoder, texts: Sequence[str]) -> float:
    """Return the mean of the cosines of each two texts."""
    vectors = _encode(encoder, texts, "passage")
    cosines = vectors @ vectors.T
    return float(cosines[np.triu_indices(len(texts), 1)].mean())
