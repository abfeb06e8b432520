"""What runs an embedding model, below the Embedder that all of askdocs uses."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.loading import (
    BUNDLED_NAME,
    folder_of,
    has_cuda,
    is_bundled,
    load_model,
    verify_bundled,
)
from askdocs_indexer.embedding.model_folder import Role, prompt_name, prompt_of_folder
from askdocs_indexer.embedding.window import Window, window_of_model

log = logging.getLogger(__name__)

# On a processor small batches stay in its caches and keep a waiting query short (eight chunks of
# the usual size are one); a GPU needs more to be busy.
_CPU_BATCH_TOKENS = 2048
_GPU_BATCH_TOKENS = 16384


class Encoder(Protocol):
    """A loaded model. One thread at a time may use it."""

    @property
    def device(self) -> str:
        """The torch device that it runs on."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def batch_tokens(self) -> int:
        """How many tokens, with their padding, are best encoded at once."""

    @property
    def window(self) -> Window:
        """How much of a passage is read."""

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens of each passage are read, with all that is put around it."""

    def encode(self, texts: Sequence[str], role: Role) -> NDArray[np.float32]:
        """Return unit vectors, shape (len(texts), dimension), of texts of one role."""


class SentenceTransformerEncoder:
    """An Encoder on a loaded SentenceTransformer."""

    def __init__(self, model: Any) -> None:
        self.model = model

    @property
    def device(self) -> str:
        return str(self.model.device)

    @property
    def dimension(self) -> int:
        return int(self.model.get_embedding_dimension())

    @property
    def batch_tokens(self) -> int:
        return _CPU_BATCH_TOKENS if self.device == "cpu" else _GPU_BATCH_TOKENS

    @property
    def window(self) -> Window:
        return window_of_model(self.model, self._passage_prompt)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each text in tokens; in characters without a usual tokenizer."""
        texts = [self._passage_prompt + text for text in texts]
        tokenizer, limit = self.model.tokenizer, self.model.max_seq_length
        if not texts or not callable(tokenizer):
            return [len(text) for text in texts]
        tokens = tokenizer(texts, truncation=limit is not None, max_length=limit)["input_ids"]
        return [len(ids) for ids in tokens]

    def encode(self, texts: Sequence[str], role: Role) -> NDArray[np.float32]:
        model = self.model
        encode = model.encode_query if role == "query" else model.encode_document
        vectors = encode(
            list(texts),
            prompt_name=self._prompt_name(role),
            batch_size=len(texts),
            show_progress_bar=False,
        )
        return _of_length_one(np.asarray(vectors, dtype=np.float32))

    @property
    def _passage_prompt(self) -> str:
        return str(self.model.prompts.get(self._prompt_name("passage"), ""))

    def _prompt_name(self, role: Role) -> str | None:
        return prompt_name(self.model.prompts, self.model.default_prompt_name, role)


def load_encoder(source: str, device: str, window: Window | None) -> Encoder:
    """Return a loaded model; `window` is what its files tell of how much it reads.

    Raises EmbedderError, and whatever the libraries raise.
    """
    folder = folder_of(source) if source else None
    if source and is_bundled(source):
        verify_bundled(Path(source))
    is_on_processor = device == "cpu" or (device == "auto" and not has_cuda())
    if folder is not None and window is not None and is_on_processor:
        light = _light_encoder(folder, source, window)
        if light is not None:
            return light
    return SentenceTransformerEncoder(load_model(source, device))


def _light_encoder(folder: Path, source: str, window: Window) -> Encoder | None:
    """Return a model that needs no torch; None where it is another kind, or does not run here."""
    name = BUNDLED_NAME if is_bundled(source) else source
    prompts = {role: prompt_of_folder(folder, role, source) for role in get_args(Role)}
    try:
        from askdocs_indexer.embedding.openvino_encoder import OpenVinoEncoder

        return OpenVinoEncoder(folder, window, prompts)
    except (KeyError, OSError, ValueError) as error:
        log.info("sentence-transformers runs %s (%s)", name, error)
    except Exception as error:  # Such as a processor that the library does not know.
        log.warning(
            "OpenVINO does not run %s here (%s), so sentence-transformers does, which is slower "
            "and takes more memory",
            *(name, error),
        )
    return None


def _of_length_one(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the unit vectors of the rows; in bfloat16 they would miss that length by .2 %."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: NDArray[np.float32] = vectors / np.maximum(lengths, np.float32(1e-12))
    return units
