"""What a run of indexing would do, and how long it would take: nothing is written."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Container
from dataclasses import dataclass

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.embedding.speed import measure
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.ingest.diff import Examiner, FileChange
from askdocs_indexer.ingest.differences import Differences
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.left_out import left_out
from askdocs_indexer.ingest.manifest import Manifest
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.storage import Snapshot
from askdocs_indexer.types import Progress, Skipped

Known = Callable[[Collection[str]], Container[str]]
"""Gets the content hashes of chunks and returns those whose vectors are known."""

# The speed is measured on so many of the texts that are to be embedded, for so long.
_SAMPLE = 128
_MEASURED_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of indexing would do.

    `files` and `chunks` say what the index would hold afterwards. `read` files are new or have
    changed, and `leaving` ones are gone. `new` chunks are not in the index yet; of these and of
    those that wait for vectors, `embedded` texts go through the model, and `reused` chunks have one
    of these texts or one whose vector is known. `left_out` is as in `Contents`.

    `seconds` is about the time for that: as long as reading took just now (`reading_seconds`), and
    the texts at `speed`, passages per second, which was measured on some of them. Both are None
    where the model does not load; `detail` says why.
    """

    files: int
    chunks: int
    read: int
    leaving: int
    new: int
    embedded: int
    reused: int
    left_out: tuple[Skipped, ...]
    reading_seconds: float
    speed: float | None = None
    seconds: float | None = None
    detail: str = ""


class Planner:
    """Plans one run, by what is stored. To be used once, by one thread.

    Raises EmbedderError where it takes the model to cut documents and the model does not load.
    """

    def __init__(
        self,
        selection: Selection,
        docs: DocsSettings,
        embedder: Embedder,
        stored: Snapshot,
        known: Known,
    ) -> None:
        self._selection = selection
        self._docs = docs
        self._embedder = embedder
        self._known = known
        self._manifest = Manifest(stored.files.values())
        self._waiting = dict(stored.unembedded)
        self._sample: dict[str, str] = {}
        self._new = 0
        self._examiner = Examiner(
            selection,
            docs,
            embedder.window,
            lambda path: stored.spans.get(path, {}),
            self._manifest,
        )

    def plan(self, progress: Progress, stop: threading.Event) -> Plan:
        """Read what has changed and return the plan. A set `stop` raises InterruptedError."""
        started = time.monotonic()
        gone, changed = Differences(self._selection, self._docs, self._manifest).of([""])
        left = deque([*sorted(gone), *sorted(changed)])
        total = len(left)
        while left:
            if stop.is_set():
                raise InterruptedError("planning was stopped")
            for change in self._examiner.next_group(left, gone):
                self._take(change)
            progress(total - len(left), total, "reading")
        reading_seconds = round(time.monotonic() - started, 3)
        hashes = {*self._waiting.values()}
        known = self._known(hashes)
        embedded = sum(each not in known for each in hashes)
        speed, detail = self._measured(known) if embedded else (None, "")
        embedding_seconds = embedded / speed if speed else None if embedded else 0.0
        return Plan(
            files=self._manifest.files,
            chunks=self._manifest.chunks,
            read=len(changed),
            leaving=len(gone),
            new=self._new,
            embedded=embedded,
            reused=len(self._waiting) - embedded,
            left_out=(*self._manifest.left_out, *left_out(self._selection.root, self._docs)),
            reading_seconds=reading_seconds,
            speed=speed,
            seconds=None if embedding_seconds is None else reading_seconds + embedding_seconds,
            detail=detail,
        )

    def _take(self, change: FileChange) -> None:
        """Take over what a run would store for a file."""
        if change.row is None:
            self._manifest.remove([change.path])
        else:
            self._manifest.put([change.row])
        for chunk_id in change.stale:
            self._waiting.pop(chunk_id, None)
        for chunk in change.new:
            self._waiting[chunk.id] = chunk.content_hash
            self._sample[chunk.content_hash] = chunk.embedded_text
        self._new += len(change.new)
        if len(self._sample) > 2 * _SAMPLE:  # Hashes are in no order, so the least are any texts.
            self._sample = dict(sorted(self._sample.items())[:_SAMPLE])

    def _measured(self, known: Container[str]) -> tuple[float | None, str]:
        """Return how many passages are embedded in a second, or why that is not known."""
        texts = [text for key, text in sorted(self._sample.items()) if key not in known]
        try:
            return measure(self._embedder, _MEASURED_SECONDS, texts), ""
        except EmbedderError as error:
            return None, str(error)
