"""Bringing the store in step with the disk, in two passes.

The first reads what has changed and stores names and words, so that hovers and searches by words
answer soon; the second gives each new chunk its vector. A file's chunks and its manifest row are
stored at once, and the store knows which chunks have no vector yet, so whatever the instant of a
crash, the next run does what is left; it ends in the same state, because ids come from content.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.embedding.vector_cache import Vector, VectorCache
from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.diff import UNFINISHED, Examiner, FileChange
from askdocs_indexer.ingest.differences import Differences
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.manifest import Manifest
from askdocs_indexer.paths import below
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.storage import Store
from askdocs_indexer.symbols.facts import stored_graph
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.types import Chunk, Progress, SyncReport, no_progress

# So many chunks get their vectors at a time: large enough for batches of like lengths, small enough
# that an urgent file waits seconds and a crash loses little.
_GROUP_CHUNKS = 128


class Synchronizer:
    """Brings the store in step with the disk for the keys that it is given. Used by one thread.

    `open_vectors` is called before chunks get their vectors. Raises StoreError and EmbedderError.
    """

    def __init__(
        self,
        selection: Selection,
        docs: DocsSettings,
        store: Store,
        embedder: Embedder,
        cache: VectorCache,
        open_vectors: Callable[[], None],
    ) -> None:
        self._open_vectors = open_vectors
        self._selection = selection
        self._docs = docs
        self._store = store
        self._embedder = embedder
        self._cache = cache
        rows = store.files().values()
        self._manifest = Manifest(rows)
        self._graph = stored_graph(rows)
        self._done = SyncReport()
        self._near: dict[str, None] = {}
        self._differences = Differences(selection, docs, self._manifest)
        spans = store.outline.spans
        self._examiner = Examiner(selection, docs, embedder.window, spans, self._manifest)

    @property
    def manifest(self) -> Manifest:
        """The manifest as stored. Any thread may read its counts."""
        return self._manifest

    @property
    def graph(self) -> SymbolGraph:
        """The symbols of all sources, as stored. Any thread may follow its edges."""
        return self._graph

    @property
    def done(self) -> SyncReport:
        """The counts of the chunks that were stored since opening."""
        return self._done

    def sync(
        self,
        keys: Iterable[str],
        progress: Progress = no_progress,
        stop: threading.Event | None = None,
        urgent: Callable[[], Iterable[str]] = tuple,
        *,
        names_only: bool = False,
    ) -> SyncReport:
        """Bring files and folders (by key; "" is everything) in step with the disk, and give all
        chunks their vectors, unless names and words are wanted only.

        `urgent` is asked after each group for keys that must not wait until this run is over. A set
        `stop` ends the run after the current batch by raising InterruptedError; what is stored by
        then stays valid.
        """
        started = time.monotonic()
        run = _Run(progress, stop or threading.Event(), urgent)
        report = self._read(keys, run)
        if not names_only:
            report = _sum(report, self._embed(run))
        return replace(
            report,
            files=self._manifest.files,
            chunks=self._manifest.chunks,
            skipped=self._manifest.skipped,
            unread=(*self._selection.unread.report, *self._manifest.remarks),
            kinds=self._manifest.kinds,
            seconds=round(time.monotonic() - started, 3),
        )

    def prefer(self, path: str) -> None:
        """Have a file read, and embedded, before others. Any thread may say so."""
        self._near[path] = None

    def forget(self, key: str) -> None:
        """Make everything at or below `key` look changed, so that the next sync redoes it."""
        rows = [self._manifest[path] for path in below(sorted(self._manifest), key)]
        self._manifest.put([replace(row, digest=UNFINISHED) for row in rows])

    def _order(self, path: str) -> tuple[bool, bool, str]:
        """Order files: those that a user is near to, then pages, then sources, which are many and
        whose comments are the second choice."""
        return path not in self._near, is_source(path), path

    # -- the first pass: names and words ----------------------------------------------------

    def _read(self, keys: Iterable[str], run: _Run) -> SyncReport:
        gone, changed = self._differences.of(keys)
        left = deque([*sorted(gone), *sorted(changed, key=self._order)])
        total, report = len(left), SyncReport()
        if left:
            run.progress(0, total, "reading")
        while left:
            run.check()
            group = self._examiner.next_group(left, gone)
            report = _sum(report, self._commit(group))
            run.progress(total - len(left), total, "reading")
            if urgent := frozenset(run.urgent()):
                report = _sum(report, self._read(urgent, run.quiet()))
        return report

    def _commit(self, group: Sequence[FileChange]) -> SyncReport:
        """Store a group of files."""
        rows = [file.row for file in group if file.row is not None]
        gone = [file.path for file in group if file.row is None]
        new = [chunk for file in group for chunk in file.new]
        moved = [chunk for file in group for chunk in file.moved]
        stale = [chunk_id for file in group for chunk_id in file.stale]
        self._store.commit(files=rows, gone=gone, new=new, moved=moved, stale=stale)
        self._manifest.put(rows)
        self._manifest.remove(gone)
        for file in group:
            self._graph.put(file.path, file.facts)
        return self._count(SyncReport(moved=len(moved), deleted=len(stale)))

    # -- the second pass: vectors -----------------------------------------------------------

    def _embed(self, run: _Run) -> SyncReport:
        """Give chunks their vectors."""
        if self._store.waiting or not self._store.knows_meaning:
            self._open_vectors()
        report, left = SyncReport(), deque(self._without_vectors())
        done, total = 0, len(left)
        while left:
            run.progress(done, total, "embedding")
            group = [left.popleft() for _ in range(min(_GROUP_CHUNKS, len(left)))]
            run.check()
            report = _sum(report, self._embed_group(group, run.stop))
            done += len(group)
            if urgent := frozenset(run.urgent()):
                report = _sum(report, self._read(urgent, run.quiet()))
                known = {*left}
                new = [each for each in self._without_vectors() if each not in known]
                left.extendleft(reversed(new))
                total += len(new)
        if total:
            run.progress(done, total, "embedding")
        self._store.settle()
        return report

    def _without_vectors(self) -> list[str]:
        """Return the ids of the chunks that have no vectors, in order."""
        paths = self._store.waiting.paths()
        return sorted(paths, key=lambda chunk_id: self._order(paths[chunk_id]))

    def _embed_group(self, ids: Sequence[str], stop: threading.Event) -> SyncReport:
        """Give chunks their vectors, as far as they still exist."""
        chunks = self._store.get(ids)
        known = self._cache.get(chunk.content_hash for chunk in chunks)
        fresh = self._computed([each for each in chunks if each.content_hash not in known], stop)
        vectors = {**known, **fresh}
        self._store.put_vectors({chunk.id: vectors[chunk.content_hash] for chunk in chunks})
        reused = len(chunks) - len(fresh)
        return self._count(SyncReport(embedded=len(fresh), reused=reused))

    def _computed(self, chunks: Sequence[Chunk], stop: threading.Event) -> dict[str, Vector]:
        """Return the vectors of chunks by their content hashes."""
        texts = {chunk.content_hash: chunk.embedded_text for chunk in chunks}
        if not texts:
            return {}
        computed = self._embedder.encode_passages(list(texts.values()), stop=stop)
        vectors = dict(zip(texts, computed, strict=True))
        self._cache.put(vectors)
        return vectors

    def _count(self, report: SyncReport) -> SyncReport:
        self._done = _sum(self._done, report)
        return report


@dataclass(frozen=True, slots=True)
class _Run:
    """What the caller of a run wants: to be told, to stop it, to have other files looked at."""

    progress: Progress
    stop: threading.Event
    urgent: Callable[[], Iterable[str]]

    def check(self) -> None:
        """Raise InterruptedError where the run is to end."""
        if self.stop.is_set():
            raise InterruptedError("indexing was stopped")

    def quiet(self) -> _Run:
        """Return a run within this one."""
        return _Run(no_progress, self.stop, tuple)


def _sum(*reports: SyncReport) -> SyncReport:
    """Add up the counts of chunks."""
    return SyncReport(
        embedded=sum(report.embedded for report in reports),
        reused=sum(report.reused for report in reports),
        moved=sum(report.moved for report in reports),
        deleted=sum(report.deleted for report in reports),
    )
