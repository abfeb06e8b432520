"""The embedding models of a process, shared by its indexes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from weakref import WeakValueDictionary

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.settings import EmbeddingSettings

# Loading takes seconds, and commands often follow each other: a model stays loaded for this long
# after its last use.
UNUSED_SECONDS = 300.0


class Embedders:
    """Gives out one embedder for equal settings; `changed` is called when its state changes.

    Safe to use from several threads.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._last_use: dict[EmbeddingSettings, float] = {}
        self._recent: dict[EmbeddingSettings, SentenceTransformerEmbedder] = {}
        # An index that is being opened or closed may still use a released embedder: a new request
        # then gets the same embedder, and no model is loaded twice.
        self._alive: WeakValueDictionary[EmbeddingSettings, SentenceTransformerEmbedder] = (
            WeakValueDictionary()
        )

    def get(self, settings: EmbeddingSettings) -> SentenceTransformerEmbedder:
        """Return the embedder with these settings; it loads its model when needed."""
        with self._lock:
            embedder = self._alive.get(settings)
            if embedder is None:
                embedder = SentenceTransformerEmbedder(settings, self._changed)
            self._alive[settings] = self._recent[settings] = embedder
            self._last_use[settings] = time.monotonic()
            return embedder

    def release(self, in_use: Collection[EmbeddingSettings]) -> bool:
        """Release the embedders that have been unused for a while; returns whether there were any.

        The time runs from the last call that finds them in use. `free_memory` frees their memory.
        """
        now = time.monotonic()
        with self._lock:
            self._last_use.update(dict.fromkeys(in_use, now))
            unused = [
                settings
                for settings in self._recent
                if now - self._last_use[settings] >= UNUSED_SECONDS
            ]
            for settings in unused:
                del self._recent[settings], self._last_use[settings]
        return bool(unused)
