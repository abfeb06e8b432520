"""A workspace's index with a fake model, and the truth it is compared with: a clean rebuild."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
from numpy.typing import NDArray
from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.embedding.vector_cache import VectorCache
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_wanted
from askdocs_indexer.ingest.synchronizer import Synchronizer
from askdocs_indexer.languages.facts import FileFacts, loaded
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.storage import Store, Waiting
from askdocs_indexer.storage.outline_table import OutlineEntry, OutlineTable
from askdocs_indexer.storage.symbol_table import DocumentedName, SymbolTable
from askdocs_indexer.types import Chunk, FileRow, IndexStatus, Skipped, SyncReport
from askdocs_indexer.workspace import WorkspaceIndex


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Poll until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


class Harness:
    """A workspace folder and the index over it, which can be closed and opened again."""

    def __init__(self, root: Path, uri: str = "") -> None:
        self.root = root
        self.docs = DocsSettings()
        self.entry = IndexSettings(uri=uri)
        self.embedder = FakeEmbedder()
        self.told: list[IndexStatus] = []
        self.index = self._new()

    def _new(self) -> WorkspaceIndex:
        def tell() -> None:
            self.told.append(index.status())

        index = WorkspaceIndex(self.root, self.docs, self.entry, self.embedder, tell)
        return index

    def reopen(self) -> None:
        self.index.close()
        self.index = self._new()
        self.index.open()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def found(self, query: str) -> list[str]:
        """Return the files whose text holds every word of the query, by search."""
        hits = self.index.search(query, 50)
        return sorted({hit.chunk.path for hit in hits if query in hit.chunk.text})


@dataclass(frozen=True)
class Contents:
    """All that an index holds, in a form that two indexes of equal content share.

    `symbols` are the documented names with the chunks that the table in memory gives for them,
    `facts` those of the sources, which the graph in memory has as well;
    `found` are the best hits, with their scores, of a search for some words.
    """

    chunks: dict[str, Chunk]
    vectors: dict[str, bytes]
    files: dict[str, tuple[str, int]]
    skipped: tuple[Skipped, ...]
    symbols: dict[str, tuple[DocumentedName, ...]]
    facts: dict[str, FileFacts | None]
    found: dict[str, tuple[tuple[str, float], ...]]


def synced(index: WorkspaceIndex) -> SyncReport:
    """Bring an index in step with the disk, and its vectors with its texts."""
    report = index.sync()
    assert index._open is not None
    index._open.store.open_vectors()
    lost = index.sync()
    return replace(
        lost,
        embedded=report.embedded + lost.embedded,
        reused=report.reused + lost.reused,
        moved=report.moved + lost.moved,
        deleted=report.deleted + lost.deleted,
    )


def stored_ids(store: Store) -> list[str]:
    """Return the id of every chunk."""
    return [chunk_id for chunk_id, *_ in store.texts.outline()]


def contents(index: WorkspaceIndex, words: tuple[str, ...] = ()) -> Contents:
    """Read everything out of an open index."""
    assert index._open is not None
    store, synchronizer = index._open.store, index._open.synchronizer
    store.open_vectors()
    ids = sorted(stored_ids(store))
    chunks = {chunk.id: chunk for chunk in store.get(ids)} if ids else {}
    files = store.files()
    stored = {path: (row.digest, row.chunks) for path, row in files.items()}
    held = {path: (row.digest, row.chunks) for path, row in dict(synchronizer.manifest).items()}
    assert stored == held, "the manifest in memory is not the stored one"
    for path, row in files.items():
        assert synchronizer.graph.facts(path) == loaded(row.facts), (
            "the graph is not the stored one"
        )
    return Contents(
        chunks,
        _vectors(store, ids),
        stored,
        synchronizer.manifest.skipped,
        {name: store.symbols.exact(name) for name in store.symbols.names()},
        {path: facts for path, row in files.items() if (facts := loaded(row.facts))},
        {
            word: tuple((hit.chunk.id, round(hit.score, 9)) for hit in index.search(word, 10))
            for word in words
        },
    )


def _vectors(store: Store, ids: Sequence[str]) -> dict[str, bytes]:
    """Return the vectors in Milvus, which has those of the chunks and no others."""
    index = store._index
    assert index is not None, "the vectors are not open"
    assert sorted(index.ids()) == ids
    return {one: vector.tobytes() for one, vector in index.get(ids).items()}


def rebuilt(root: Path, words: tuple[str, ...] = ()) -> Contents:
    """Return what a clean rebuild of a folder, in a fresh cache, holds."""
    with TemporaryDirectory() as cache:
        index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), FakeEmbedder())
        with _cache_at(Path(cache)):
            index.open()
        try:
            index.sync()
            return contents(index, words)
        finally:
            index.close()


class MemoryStore:
    """As much of a Store as a Synchronizer needs, in dictionaries: no crash, no leftovers."""

    knows_meaning = True

    def __init__(self) -> None:
        self.rows: dict[str, FileRow] = {}
        self.chunks: dict[str, Chunk] = {}
        self.vectors: dict[str, bytes] = {}
        self.outline = OutlineTable()
        self.symbols = SymbolTable()
        self.waiting = Waiting()

    def files(self) -> dict[str, FileRow]:
        return dict(self.rows)

    def get(self, ids: Sequence[str]) -> list[Chunk]:
        return [self.chunks[one] for one in ids if one in self.chunks]

    def commit(
        self,
        *,
        files: Sequence[FileRow] = (),
        gone: Sequence[str] = (),
        new: Sequence[Chunk] = (),
        moved: Sequence[Chunk] = (),
        stale: Sequence[str] = (),
    ) -> None:
        for one in stale:
            del self.chunks[one]
            self.vectors.pop(one, None)
            self.outline.remove(one)
            self.symbols.remove(one)
            self.waiting.remove(one)
        for chunk in (*new, *moved):
            self.chunks[chunk.id] = chunk
            lines = chunk.start_line, chunk.end_line
            entry = OutlineEntry(
                chunk.heading_path, *lines, len(chunk.text), position=chunk.position
            )
            self.outline.add(chunk.path, chunk.id, entry)
            self.symbols.add(chunk.id, chunk.symbols, chunk.path, chunk.domain)
        for chunk in new:
            self.waiting.add(chunk.id, chunk.path)
        self.rows.update((row.path, row) for row in files)
        for path in gone:
            self.rows.pop(path, None)

    def put_vectors(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        for one, vector in vectors.items():
            self.vectors[one] = vector.tobytes()
            self.waiting.remove(one)

    def settle(self) -> None:
        pass


def expected(harness: Harness) -> Contents:
    """Return what a clean rebuild of a folder holds, without a database: in milliseconds."""
    store, docs, embedder = MemoryStore(), harness.docs, harness.embedder
    selection = Selection(harness.root.resolve(), docs, is_wanted)
    fresh = FakeEmbedder(dimension=embedder.dimension)
    cache = VectorCache(Path(":memory:"), embedder.model, embedder.dimension)
    try:
        synchronizer = Synchronizer(
            selection, docs, cast("Store", store), fresh, cache, lambda: None
        )
        synchronizer.sync([""])
    finally:
        cache.close()
    return Contents(
        store.chunks,
        store.vectors,
        {path: (row.digest, row.chunks) for path, row in store.rows.items()},
        synchronizer.manifest.skipped,
        {name: store.symbols.exact(name) for name in store.symbols.names()},
        {path: facts for path, row in store.rows.items() if (facts := loaded(row.facts))},
        {},
    )


@contextmanager
def _cache_at(folder: Path) -> Iterator[None]:
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_CACHE_HOME"]
        else:
            os.environ["XDG_CACHE_HOME"] = before


def differences(found: Contents, truth: Contents) -> list[str]:
    """Say in words where two indexes differ; nothing where they are equal."""
    told = []
    for name in Contents.__dataclass_fields__:
        one, other = getattr(found, name), getattr(truth, name)
        if one == other:
            continue
        if isinstance(one, dict):
            keys = [key for key in {*one, *other} if one.get(key) != other.get(key)]
            told += [f"{name}[{key}]: {one.get(key)} is not {other.get(key)}" for key in keys[:5]]
        else:
            told.append(f"{name}: {one} is not {other}")
    return told
