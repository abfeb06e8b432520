"""Bringing the store in step with the disk.

The manifest row of a file is written last and emptied first, so whatever the instant of a crash, a
file that is not whole in the store looks changed at the next look and is done again; doing it again
ends in the same state, because ids come from content.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from askdocs_indexer.chunk import chunks_of
from askdocs_indexer.embed import Embedder
from askdocs_indexer.errors import ReadError
from askdocs_indexer.readers import decode, reader_for
from askdocs_indexer.selection import Selection
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.store import Store
from askdocs_indexer.symbols import SymbolTable
from askdocs_indexer.types import Chunk, FileRow, Skipped, SyncReport
from askdocs_indexer.vectors import Vector, VectorCache

log = logging.getLogger(__name__)

# A group of files is embedded and stored together: large enough for batches of like lengths,
# small enough that a stop or a crash loses little.
_GROUP_CHUNKS = 256
_GROUP_FILES = 200
# A file changed this recently may change again within the same tick of the file system's clock, so
# its time alone must not be trusted later.
_RACY_NS = 20_000_000
# No file has this digest: a row that carries it is work in progress.
_UNFINISHED = ""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done for one file; `row` is None where the file leaves the index.

    `named` are the chunks that the symbol table may not know yet.
    """

    path: str
    row: FileRow | None
    new: tuple[Chunk, ...] = ()
    moved: tuple[Chunk, ...] = ()
    stale: tuple[str, ...] = ()
    named: tuple[Chunk, ...] = ()


class Synchronizer:
    """Makes the store equal to the disk for the keys that it is given. Used by one thread."""

    def __init__(
        self,
        selection: Selection,
        docs: DocsSettings,
        store: Store,
        embedder: Embedder,
        cache: VectorCache,
        symbols: SymbolTable,
    ) -> None:
        self._selection = selection
        self._docs = docs
        self._store = store
        self._embedder = embedder
        self._cache = cache
        self._symbols = symbols
        self._manifest = store.files()
        rows = self._manifest.values()
        finished = all(row.digest != _UNFINISHED for row in rows)
        if finished and store.count() != sum(row.chunks for row in rows):
            log.warning("the index has lost chunks: every file is looked at again")
            self.forget("")

    @property
    def manifest(self) -> Mapping[str, FileRow]:
        """The manifest as stored."""
        return self._manifest

    def sync(
        self,
        keys: Iterable[str],
        progress: Progress = lambda done, total: None,
        stop: threading.Event | None = None,
    ) -> SyncReport:
        """Bring files and folders (by key; "" is everything) in step with the disk.

        `progress` gets (files done, files to do). A set `stop` ends the run after the batch in
        hand by raising InterruptedError; what is stored by then stays valid.
        """
        started = time.monotonic()
        gone, changed = self._differences(keys)
        report, done, total = SyncReport(), 0, len(gone) + len(changed)
        if total:
            progress(0, total)
        for group in self._groups(gone, changed, stop):
            report = self._commit(group, report, stop)
            done += len(group)
            progress(done, total)
        if report.embedded or report.reused or report.moved or report.deleted:
            self._store.settle()
        return replace(
            report,
            files=sum(1 for row in self._manifest.values() if not row.error),
            chunks=sum(row.chunks for row in self._manifest.values()),
            skipped=self.skipped(),
            seconds=round(time.monotonic() - started, 3),
        )

    def skipped(self) -> tuple[Skipped, ...]:
        """Return the files that are not in the index, with reasons."""
        rows = sorted(self._manifest.values(), key=lambda row: row.path)
        return tuple(Skipped(row.path, row.error) for row in rows if row.error)

    def forget(self, key: str) -> None:
        """Make everything at or below `key` look changed, so that the next sync redoes it."""
        for path in _below(sorted(self._manifest), key):
            self._manifest[path] = replace(self._manifest[path], digest=_UNFINISHED)

    # -- what has changed -------------------------------------------------------------------

    def _differences(self, keys: Iterable[str]) -> tuple[list[str], list[str]]:
        """Return (files that left, files that the manifest does not describe as they are)."""
        gone: set[str] = set()
        changed: set[str] = set()
        known = sorted(self._manifest)
        for key in _outermost({*keys, *self._selection.links}):
            on_disk = set(self._selection.scan(key))
            gone.update(_below(known, key) - on_disk)
            changed.update(path for path in on_disk if not self._is_current(path))
        return sorted(gone - changed), sorted(changed)

    def _is_current(self, path: str) -> bool:
        row = self._manifest.get(path)
        if row is None or row.digest == _UNFINISHED or row.error:
            return False  # What stood in a file's way may have gone without a trace in its time.
        try:
            stat = (self._selection.root / path).stat()
        except OSError:
            return False
        return (row.size, row.mtime_ns) == (stat.st_size, _changed_ns(stat))

    # -- read and diff ----------------------------------------------------------------------

    def _groups(
        self, gone: Sequence[str], changed: Sequence[str], stop: threading.Event | None
    ) -> Iterator[list[_Work]]:
        group: list[_Work] = []
        size = 0
        for path, left in [*((path, True) for path in gone), *((path, False) for path in changed)]:
            if stop is not None and stop.is_set():
                raise InterruptedError("indexing was stopped")
            work = self._leave(path) if left else self._examine(path)
            group.append(work)
            size += len(work.new)
            if size >= _GROUP_CHUNKS or len(group) >= _GROUP_FILES:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _leave(self, path: str) -> _Work:
        return _Work(path, None, stale=tuple(self._stored(path)))

    def _stored(self, path: str) -> dict[str, tuple[int, int]]:
        """Return id -> line span of a file's stored chunks; a file without a row has none."""
        return self._store.spans_of(path) if path in self._manifest else {}

    def _examine(self, path: str) -> _Work:
        """Read a file and compare its chunks with the stored ones."""
        file = self._selection.root / path
        now = time.time_ns()
        try:
            before = file.stat()
            if before.st_size > self._docs.max_file_bytes:
                raise ReadError(f"larger than docs.maxFileBytes ({self._docs.max_file_bytes})")
            data = file.read_bytes()
            chunks, error = self._chunks(path, data), ""
        except (FileNotFoundError, NotADirectoryError):
            return self._leave(path)
        except OSError as problem:
            before, data, chunks, error = None, b"", (), f"cannot be read: {problem.strerror}"
        except ReadError as problem:
            data, chunks, error = b"", (), str(problem)
        row = FileRow(
            path=path,
            size=before.st_size if before else 0,
            mtime_ns=_trusted_time(before, now) if before else 0,
            digest=hashlib.blake2b(data, digest_size=16).hexdigest(),
            chunks=len(chunks),
            error=error,
        )
        previous = self._manifest.get(path)
        if previous == replace(row, mtime_ns=previous.mtime_ns if previous else 0):
            return _Work(path, row)  # Only touched.
        stored = self._stored(path)
        new = tuple(chunk for chunk in chunks if chunk.id not in stored)
        unfinished = previous is not None and previous.digest == _UNFINISHED
        return _Work(
            path,
            row,
            new=new,
            moved=tuple(
                chunk for chunk in chunks if stored.get(chunk.id, _span(chunk)) != _span(chunk)
            ),
            stale=tuple(stored.keys() - {chunk.id for chunk in chunks}),
            named=chunks if unfinished else new,
        )

    def _chunks(self, path: str, data: bytes) -> tuple[Chunk, ...]:
        reader = reader_for(path)
        if reader is None:
            raise ReadError("no reader for this format")
        text = decode(data)
        try:
            sections = reader(text, path)
        except Exception as error:  # One document must not keep all others out of the index.
            log.exception("the reader of %s failed", path)
            raise ReadError(f"the reader failed ({error!r}); please report it") from error
        return chunks_of(path, sections, self._docs.chunk_characters)

    # -- store ------------------------------------------------------------------------------

    def _commit(
        self, group: Sequence[_Work], report: SyncReport, stop: threading.Event | None
    ) -> SyncReport:
        """Store a group of files: mark, add, move, delete, and only then call them done."""
        new = [chunk for work in group for chunk in work.new]
        moved = [chunk for work in group for chunk in work.moved]
        stale = [one for work in group for one in work.stale]
        vectors, embedded = self._vectors(new, stop)
        if new or moved or stale:
            self._mark_unfinished(group)
        self._store.put(new, vectors)
        self._store.move(moved)
        self._symbols.update((chunk for work in group for chunk in work.named), stale)
        self._store.remove(stale)
        self._finish(group)
        return replace(
            report,
            embedded=report.embedded + embedded,
            reused=report.reused + len(new) - embedded,
            moved=report.moved + len(moved),
            deleted=report.deleted + len(stale),
        )

    def _mark_unfinished(self, group: Sequence[_Work]) -> None:
        rows = [
            FileRow(work.path, 0, 0, _UNFINISHED, 0)
            for work in group
            if work.new or work.moved or work.stale
        ]
        self._store.put_files(rows)
        # If storing fails half-way, the next try must not take the files for what they were.
        for row in rows:
            before = self._manifest.get(row.path, row)
            self._manifest[row.path] = replace(before, digest=_UNFINISHED)

    def _finish(self, group: Sequence[_Work]) -> None:
        kept = [work.row for work in group if work.row is not None]
        left = [work.path for work in group if work.row is None]
        self._store.put_files(kept)
        self._store.remove_files(left)
        self._manifest.update((row.path, row) for row in kept)
        for path in left:
            self._manifest.pop(path, None)

    def _vectors(self, chunks: Sequence[Chunk], stop: threading.Event | None) -> tuple[Vector, int]:
        """Return vectors, shape (len(chunks), dimension), and how many had to be computed."""
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


def _span(chunk: Chunk) -> tuple[int, int]:
    return chunk.start_line, chunk.end_line


def _changed_ns(stat: os.stat_result) -> int:
    """Return when a file last changed; its own time alone can be set back by who replaces it."""
    return max(stat.st_mtime_ns, stat.st_ctime_ns)


def _trusted_time(stat: os.stat_result, now: int) -> int:
    """Return the time to compare with later, or 0 where the file may still change unnoticed."""
    changed = _changed_ns(stat)
    return changed if now - changed > _RACY_NS else 0


def _outermost(keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys that lie below no other of them; the empty key holds all."""
    every = frozenset(keys)
    if "" in every:
        yield ""
        return
    for key in every:
        ends = (place for place, letter in enumerate(key) if letter == "/")
        if not any(key[:end] in every for end in ends if end):
            yield key


def _below(ordered: Sequence[str], key: str) -> set[str]:
    """Return the paths at or below `key`, out of all paths in order."""
    if not key:
        return set(ordered)
    first, last = bisect_left(ordered, f"{key}/"), bisect_left(ordered, f"{key}0")  # "0" is "/" + 1
    place = bisect_left(ordered, key)
    return {*ordered[first:last], *(path for path in ordered[place : place + 1] if path == key)}
