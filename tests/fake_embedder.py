"""An Embedder without a model: a vector counts a text's words, hashed into buckets."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.embedding.embedder import EmbedderState
from askdocs_indexer.embedding.window import UNLIMITED


class FakeEmbedder:
    """Deterministic, and near for texts that share words; `embedded` lists what was asked for."""

    model = identity = "fake"
    device = "cpu"
    detail = ""
    unrelated = 0.0
    window = UNLIMITED

    def __init__(self, state: EmbedderState = "ready", dimension: int = 64) -> None:
        self.state: EmbedderState = state
        self.dimension = dimension
        self.embedded: list[str] = []

    def load(self) -> None:
        self.state = "ready"

    def encode_passages(
        self,
        texts: Sequence[str],
        stop: threading.Event | None = None,
        *,
        urgent: bool = False,
    ) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in text.lower().split():
            bucket = hashlib.blake2b(word.encode(), digest_size=2).digest()
            vector[int.from_bytes(bucket) % self.dimension] += 1
        return vector / max(float(np.linalg.norm(vector)), 1e-9)
