"""Bringing the store in step with the disk.

The manifest row of a file is emptied first and written last, so whatever the instant of a crash, a
file that is incomplete in the store looks changed at the next look and is done again; doing it
again ends in the same state, because ids come from content.

Files go through in groups: while one group is embedded, the next is read and the previous one is
stored, each on a thread of its own, so memory holds three groups at most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.embedding.vector_cache import Vector, VectorCache
from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.dependencies import are_current, changed_ns
from askdocs_indexer.ingest.diff import TOO_LARGE, UNFINISHED, Examiner, FileChange
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.manifest import Manifest
from askdocs_indexer.ingest.translations import Translations
from askdocs_indexer.paths import below
from askdocs_indexer.readers.pdf.decoding import is_installed_since
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.storage import Store
from askdocs_indexer.symbols.facts import stored_graph
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.types import Chunk, FileRow, SyncReport

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


class Synchronizer:
    """Brings the store in step with the disk for the keys that it is given. Used by one thread."""

    def __init__(
        self,
        selection: Selection,
        docs: DocsSettings,
        store: Store,
        embedder: Embedder,
        cache: VectorCache,
    ) -> None:
        self._selection = selection
        self._docs = docs
        self._store = store
        self._embedder = embedder
        self._cache = cache
        rows = store.files().values()
        self._manifest = Manifest(rows)
        self._graph = stored_graph(rows)
        self._done = SyncReport()
        self._translations = Translations(docs.languages)
        self._examiner = Examiner(selection, docs, embedder.window, store, self._manifest)
        self._doubt_what_differs(store.outline.contents())

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
        progress: Progress = lambda done, total: None,
        stop: threading.Event | None = None,
        urgent: Callable[[], Iterable[str]] = tuple,
    ) -> SyncReport:
        """Bring files and folders (by key; "" is everything) in step with the disk.

        `progress` gets (files done, files to do). `urgent` is asked after each group for keys that
        must not wait until this run is over. A set `stop` ends the run after the current batch by
        raising InterruptedError; what is stored by then stays valid.
        """
        started = time.monotonic()
        report = self._run(keys, progress, stop or threading.Event(), urgent)
        if report.embedded or report.reused or report.moved or report.deleted:
            self._store.settle()
        return replace(
            report,
            files=self._manifest.files,
            chunks=self._manifest.chunks,
            skipped=self._manifest.skipped,
            unread=(*self._selection.unread.report, *self._manifest.remarks),
            kinds=self._manifest.kinds,
            seconds=round(time.monotonic() - started, 3),
        )

    def forget(self, key: str) -> None:
        """Make everything at or below `key` look changed, so that the next sync redoes it."""
        self._doubt(below(sorted(self._manifest), key))

    def _doubt(self, paths: Iterable[str]) -> None:
        """Regard files as unfinished, whatever the stored manifest says."""
        rows = [self._manifest.get(path) or _unfinished(path) for path in paths]
        self._manifest.put([replace(row, digest=UNFINISHED) for row in rows])

    def _doubt_what_differs(self, contents: Mapping[str, str]) -> None:
        """Look again at files whose stored chunks are not those in the manifest."""
        doubtful = [path for path in contents if path not in self._manifest]
        for path, row in self._manifest.items():
            if row.digest != UNFINISHED and row.contents != contents.get(path, ""):
                log.warning("the stored chunks of %s are incomplete: it is read again", path)
                doubtful.append(path)
        self._doubt(doubtful)

    # -- what has changed -------------------------------------------------------------------

    def _differences(self, keys: Iterable[str]) -> tuple[set[str], list[str]]:
        """Return (files that are gone, files that differ from their manifest row)."""
        known = sorted(self._manifest)
        wanted = _outermost({*keys, *self._selection.links})
        scanned = {key: frozenset(self._selection.scan(key)) for key in wanted}
        self._selection.unread.sum_up()
        on_disk = frozenset().union(*scanned.values(), self._translations.update(scanned))
        on_disk -= self._translations.left_out
        gone = set().union(*(below(known, key) for key in scanned)) - on_disk
        gone |= self._translations.left_out & self._manifest.keys()
        changed = {path for path in on_disk if not self._is_current(path)}
        dependents = frozenset().union(*map(self._manifest.dependents, scanned)) - on_disk
        changed |= {path for path in dependents - gone if self._rests_on_another(path)}
        # Pages first: sources are many, and their comments are the second choice.
        return gone - changed, sorted(changed, key=lambda path: (is_source(path), path))

    def _rests_on_another(self, path: str) -> bool:
        """Return whether a file of the index rests on another version of some file than now.

        One that does not belong to the index any more is looked at for that reason.
        """
        return not self._is_current(path) and path in self._selection.scan(path)

    def _is_current(self, path: str) -> bool:
        row = self._manifest.get(path)
        if row is None or row.digest == UNFINISHED:
            return False
        try:
            stat = (self._selection.root / path).stat()
        except OSError:
            return False
        is_too_large = stat.st_size > self._docs.max_file_bytes
        if is_too_large != row.error.startswith(TOO_LARGE) or is_installed_since(row.error):
            return False  # What kept it out has changed.
        is_same = (row.size, row.mtime_ns) == (stat.st_size, changed_ns(stat))
        return is_same and are_current(self._selection, row.dependencies)

    # -- the pipeline -----------------------------------------------------------------------

    def _run(
        self,
        keys: Iterable[str],
        progress: Progress,
        stop: threading.Event,
        urgent: Callable[[], Iterable[str]],
    ) -> SyncReport:
        gone, changed = self._differences(keys)
        left = deque([*sorted(gone), *changed])
        total, report = len(left), SyncReport()
        if not left:
            return report
        progress(0, total)
        done = 0
        with (
            ThreadPoolExecutor(1, "askdocs-read") as reading,
            ThreadPoolExecutor(1, "askdocs-store") as storing,
        ):
            storage = storing.submit(SyncReport)
            group = self._examiner.next_group(left, gone)
            while group:
                ahead = reading.submit(self._examiner.next_group, left, gone)
                new = [chunk for file in group for chunk in file.new]
                vectors, embedded = self._vectors(new, stop)
                report = _sum(report, storage.result())
                progress(done, total)
                storage = storing.submit(self._commit, group, vectors, embedded)
                done += len(group)
                group = ahead.result()
                if urgent_keys := frozenset(urgent()):
                    # The group that was read ahead may hold urgent files, as they were before.
                    left.extendleft(file.path for file in reversed(group))
                    report = _sum(report, storage.result())
                    report = _sum(report, self._run(urgent_keys, _silent, stop, tuple))
                    storage = storing.submit(SyncReport)
                    group = self._examiner.next_group(left, gone)
            report = _sum(report, storage.result())
        progress(done, total)
        return report

    def _commit(self, group: Sequence[FileChange], vectors: Vector, embedded: int) -> SyncReport:
        """Store a group of files: mark, add, move, delete, and only then call them done."""
        new = [chunk for file in group for chunk in file.new]
        moved = [chunk for file in group for chunk in file.moved]
        stale = [chunk_id for file in group for chunk_id in file.stale]
        self._mark_unfinished([file.path for file in group if file.touches_chunks])
        self._store.put(new, vectors)
        self._store.move(moved)
        self._store.remove(stale)
        self._finish(group)
        report = SyncReport(
            embedded=embedded,
            reused=len(new) - embedded,
            moved=len(moved),
            deleted=len(stale),
        )
        self._done = _sum(self._done, report)
        return report

    def _mark_unfinished(self, paths: Sequence[str]) -> None:
        self._store.put_files([_unfinished(path) for path in paths])
        # If storing fails half-way, the next try must not think that the files are unchanged.
        self._doubt(paths)

    def _finish(self, group: Sequence[FileChange]) -> None:
        rows = [file.row for file in group if file.row is not None]
        gone = [file.path for file in group if file.row is None]
        self._store.put_files(rows)
        self._store.remove_files(gone)
        self._manifest.put(rows)
        self._manifest.remove(gone)
        for file in group:
            self._graph.put(file.path, file.facts)

    def _vectors(self, chunks: Sequence[Chunk], stop: threading.Event) -> tuple[Vector, int]:
        """Return vectors, shape (len(chunks), dimension), and how many had to be computed."""
        if stop.is_set():
            raise InterruptedError("indexing was stopped")
        if not chunks:
            return np.zeros((0, 0), dtype=np.float32), 0
        known = self._cache.get(chunk.content_hash for chunk in chunks)
        unseen = {
            chunk.content_hash: chunk.embedded_text
            for chunk in chunks
            if chunk.content_hash not in known
        }
        if unseen:
            computed = self._embedder.encode_passages(list(unseen.values()), stop=stop)
            fresh = dict(zip(unseen, computed, strict=True))
            self._cache.put(fresh)
            known |= fresh
        return np.stack([known[chunk.content_hash] for chunk in chunks]), len(unseen)


def _silent(done: int, total: int) -> None:
    """Report no progress."""


def _unfinished(path: str) -> FileRow:
    """Return the row of a file whose stored chunks are unknown."""
    return FileRow(path, 0, 0, UNFINISHED, 0)


def _sum(*reports: SyncReport) -> SyncReport:
    """Add up the counts of chunks."""
    return SyncReport(
        embedded=sum(report.embedded for report in reports),
        reused=sum(report.reused for report in reports),
        moved=sum(report.moved for report in reports),
        deleted=sum(report.deleted for report in reports),
    )


def _outermost(keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys that are not below another of them; the empty key contains all."""
    all_keys = frozenset(keys)
    if "" in all_keys:
        yield ""
        return
    for key in all_keys:
        slashes = (index for index, letter in enumerate(key) if letter == "/")
        if not any(key[:slash] in all_keys for slash in slashes if slash):
            yield key
