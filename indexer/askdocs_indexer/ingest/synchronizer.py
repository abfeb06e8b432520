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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

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
        self._translations = Translations(docs.languages)
        self._examiner = Examiner(selection, docs, embedder.window, store, self._manifest)

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
        return gone - changed, sorted(changed, key=self._order)

    def _order(self, path: str) -> tuple[bool, bool, str]:
        """Order files: those that a user is near to, then pages, then sources, which are many and
        whose comments are the second choice."""
        return path not in self._near, is_source(path), path

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

    # -- the first pass: names and words ----------------------------------------------------

    def _read(self, keys: Iterable[str], run: _Run) -> SyncReport:
        gone, changed = self._differences(keys)
        left = deque([*sorted(gone), *changed])
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
