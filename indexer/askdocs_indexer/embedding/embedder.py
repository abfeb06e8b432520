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
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.hub import downloaded
from askdocs_indexer.embedding.loading import is_bundled, load_model, locate_model
from askdocs_indexer.embedding.model_folder import (
    Role,
    content_digest,
    output_dimension,
    prompt_name,
)
from askdocs_indexer.embedding.window import Window, window_of_folder, window_of_model
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.settings import EmbeddingSettings
from askdocs_indexer.words.forms import in_usual_letters

EmbedderState = Literal["idle", "loading", "ready", "failed"]

# Tokens of a batch with their padding. On a processor small batches stay in its caches and keep a
# waiting query short (eight chunks of the usual size are one); a GPU needs more to be busy.
_CPU_BATCH_TOKENS = 2048
_GPU_BATCH_TOKENS = 16384
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
    """An Embedder on sentence-transformers, loaded on first need."""

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
        self._loaded: Any = None
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
        return str(self._loaded.device) if self._loaded else self._settings.device

    @property
    def dimension(self) -> int:
        if self._loaded is None and self._folder is not None:
            declared = output_dimension(self._folder)
            if declared is not None:
                return declared
        self.load()
        return int(self._loaded.get_embedding_dimension())

    @cached_property
    def window(self) -> Window:
        declared = self._folder and window_of_folder(self._folder, self._source)
        if declared:
            return declared
        self.load()
        # Its files are here now, and the next process goes by them.
        folder = self._folder or downloaded(self._source)
        declared = folder and window_of_folder(folder, self._source)
        prompt = self._loaded.prompts.get(_prompt_name(self._loaded, "passage"), "")
        return declared or window_of_model(self._loaded, prompt)

    def load(self) -> None:
        with self._loading:
            if self._loaded is not None:
                return
            self._set("loading")
            try:
                self._loaded = load_model(self._source, self._settings.device)
                self._unrelated = self._mean_cosine(_UNRELATED)
            except Exception as error:  # To a user all failures of the libraries are the same.
                message = (
                    f"The embedding model {self._name} cannot be loaded ({error}). Set "
                    "embedding.model to `bundled`, or to a folder with a model."
                )
                self._set("failed", message)
                raise EmbedderError(message) from error
            self._set("ready")

    def encode_passages(
        self,
        texts: Sequence[str],
        stop: threading.Event | None = None,
        *,
        urgent: bool = False,
    ) -> NDArray[np.float32]:
        self.load()
        prompt = self._loaded.prompts.get(_prompt_name(self._loaded, "passage"), "")
        with self._gate.pass_through(urgent=urgent):
            lengths = self._token_counts([prompt + text for text in texts])
        tokens = _CPU_BATCH_TOKENS if self.device == "cpu" else _GPU_BATCH_TOKENS
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in _batches(lengths, tokens):
            if stop is not None and stop.is_set():
                raise InterruptedError("embedding was stopped")
            with self._gate.pass_through(urgent=urgent):
                vectors[batch] = self._encode([texts[index] for index in batch], "passage")
        return vectors

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return self._query(text)

    def _encode_query(self, text: str) -> NDArray[np.float32]:
        self.load()
        with self._gate.pass_through(urgent=True):
            vector: NDArray[np.float32] = self._encode([text], "query")[0]
        vector.flags.writeable = False
        return vector

    def _mean_cosine(self, texts: Sequence[str]) -> float:
        vectors = self._encode(list(texts), "passage")
        cosines = vectors @ vectors.T
        return float(cosines[np.triu_indices(len(texts), 1)].mean())

    def _encode(self, texts: list[str], role: Role) -> NDArray[np.float32]:
        """Return unit vectors of texts, each prefixed with the model's prompt for their role."""
        model = self._loaded
        texts = [in_usual_letters(text) for text in texts]
        encode = model.encode_query if role == "query" else model.encode_document
        vectors = encode(
            texts,
            prompt_name=_prompt_name(model, role),
            batch_size=len(texts),
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _token_counts(self, texts: list[str]) -> list[int]:
        """Return the length of each text in tokens; in characters without a usual tokenizer."""
        tokenizer, limit = self._loaded.tokenizer, self._loaded.max_seq_length
        if not texts or not callable(tokenizer):
            return [len(text) for text in texts]
        tokens = tokenizer(texts, truncation=limit is not None, max_length=limit)["input_ids"]
        return [len(ids) for ids in tokens]

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


def _prompt_name(model: Any, role: Role) -> str | None:
    return prompt_name(model.prompts, model.default_prompt_name, role)
