"""An opened index: its stores, the synchronizer that fills one, and the searcher."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.embedding.vector_cache import VectorCache, cached_hashes
from askdocs_indexer.errors import StoreDamagedError, StoreError
from askdocs_indexer.grammars import is_source
from askdocs_indexer.ingest.chunker import CHUNKER_VERSION
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import selection_of
from askdocs_indexer.ingest.plan import Plan, Planner
from askdocs_indexer.ingest.synchronizer import Synchronizer
from askdocs_indexer.paths import index_folder, root_digest
from askdocs_indexer.questions.questions import SectionQuestions
from askdocs_indexer.record import Recorder
from askdocs_indexer.retrieval.searcher import Searcher
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.storage import (
    Database,
    Fingerprint,
    Store,
    ensure_writable,
    nothing_known,
    snapshot,
)
from askdocs_indexer.symbols.facts import stored_graph
from askdocs_indexer.types import IndexedFile, Progress, no_progress

log = logging.getLogger(__name__)


class OpenIndex:
    """Everything that exists while a workspace's index is open.

    Names and words answer at once, meaning from the first full `sync` on. `searcher` searches a
    complete index: after a change of the embedding model, the chunker or the schema that is the old
    one, until `complete` is called. `questions` are those that the sections of `store` answer.

    Raises StoreError, DatabaseInUseError, StoreDamagedError and EmbedderError.
    """

    def __init__(
        self,
        selection: Selection,
        docs: DocsSettings,
        settings: IndexSettings,
        embedder: Embedder,
    ) -> None:
        root = selection.root
        folder = index_folder(root)
        ensure_writable(folder, 1)
        fingerprint = fingerprint_of(docs, embedder)
        token = os.environ.get(settings.token_env, "")
        with ExitStack() as opening:
            namespace = f"_{root_digest(root)}" if settings.uri else ""
            self._database = Database(folder, settings.uri, token, namespace)
            opening.callback(self._database.close)
            texts = self._database.texts(fingerprint, lambda: embedder.dimension)
            opening.callback(texts.close)
            self._cache = VectorCache(folder / "vectors.sqlite", embedder.identity, texts.dimension)
            opening.callback(self._cache.close)
            self.store = Store(texts, self._database.vectors, self._cache.get)
            self.questions = SectionQuestions(
                self.store, embedder, self._cache, folder / "questions.sqlite"
            )
            opening.callback(self.questions.close)
            self.synchronizer = Synchronizer(
                selection, docs, self.store, embedder, self._cache, self._open_vectors
            )
            self._own_searcher = Searcher(
                self.store, docs, embedder, self.synchronizer.graph, self.questions
            )
            self.searcher = self._own_searcher
            self._before = self._store_before()
            if self._before is not None:
                opening.callback(self._before.close)
                graph = stored_graph(self._before.files().values())
                self.searcher = Searcher(self._before, docs, embedder, graph)
            self.recorder = Recorder(folder, root)
            self._closing = opening.pop_all()

    @property
    def damage(self) -> str:
        """What was found damaged, in words; else empty."""
        return self._database.damage

    @property
    def detail(self) -> str:
        """What is rebuilt, in words; else empty."""
        if self._before is None:
            return ""
        difference = self.store.fingerprint.difference(self._before.fingerprint)
        return f"The index is rebuilt because {difference}. The old index answers until then."

    def complete(self) -> None:
        """Search the store from now on: it holds all documents."""
        self.searcher = self._own_searcher
        before, self._before = self._before, None
        if before is not None:
            self._remember_vectors(before)
            before.close()
        self._database.complete(self.store.texts)
        self._cache.prune()
        self.questions.prune()

    def update_questions(self) -> None:
        """Have the sections' questions follow what the store holds now."""
        self.questions.update(self._own_searcher.is_manual)

    def known_vectors(self, hashes: Collection[str]) -> Collection[str]:
        """Return those of some content hashes whose vectors are known."""
        return self._cache.get(hashes).keys()

    def files(self) -> list[IndexedFile]:
        """Return the files that the store holds, by path. Any thread may ask."""
        rows = self.synchronizer.manifest.indexed()
        behind = self._own_searcher.behind(row.path for row in rows)
        return [
            IndexedFile(
                row.path,
                "source" if is_source(row.path) else "page",
                row.chunks,
                behind.get(row.path, ""),
            )
            for row in rows
        ]

    def close(self) -> None:
        """Close the database."""
        self._closing.close()

    def _open_vectors(self) -> None:
        if self._before is not None:
            self._before.open_vectors()
        self.store.open_vectors()

    def _store_before(self) -> Store | None:
        texts = self._database.before(self.store.texts)
        if texts is None:
            return None
        is_same_model = texts.fingerprint.model == self.store.fingerprint.model
        known = self._cache.get if is_same_model else nothing_known
        return Store(texts, self._database.vectors, known)

    def _remember_vectors(self, before: Store) -> None:
        """Put the vectors of the model of before into the cache, for whoever goes back to it.

        Those that were put there when they were computed may have been dropped meanwhile.
        """
        if before.fingerprint.model == self.store.fingerprint.model:
            return
        try:
            for vectors in before.all_vectors():
                self._cache.put(vectors, before.fingerprint.model)
        except StoreError as error:
            log.warning("the vectors of before cannot be read (%s)", error)


def fingerprint_of(docs: DocsSettings, embedder: Embedder) -> Fingerprint:
    """Return what the chunks and vectors of an index with these settings must match."""
    chunker = f"{CHUNKER_VERSION}/{docs.chunk_characters}/{embedder.window.name}"
    return Fingerprint(chunker, embedder.identity)


def open_index(
    selection: Selection, docs: DocsSettings, settings: IndexSettings, embedder: Embedder
) -> OpenIndex:
    """Open a workspace's index. What is damaged is set aside and replaced by an empty one.

    Raises StoreError, DatabaseInUseError and EmbedderError.
    """
    try:
        return OpenIndex(selection, docs, settings, embedder)
    except StoreDamagedError as error:
        log.info("opened again (%s)", error)  # It is known now what is damaged.
        return OpenIndex(selection, docs, settings, embedder)


def planned(
    root: Path,
    docs: DocsSettings,
    embedder: Embedder,
    progress: Progress = no_progress,
    stop: threading.Event | None = None,
) -> Plan:
    """Return what a run of indexing would do for a root whose index no process has open.

    Nothing is written. Raises EmbedderError.
    """
    folder = index_folder(root)
    fingerprint = fingerprint_of(docs, embedder)
    hashes = cached_hashes(folder / "vectors.sqlite", embedder.identity)
    stored = snapshot(folder, fingerprint)
    planner = Planner(selection_of(root, docs), docs, embedder, stored, lambda _: hashes)
    return planner.plan(progress, stop or threading.Event())
