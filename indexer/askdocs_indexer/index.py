"""An opened index: its stores, the synchronizer that fills one, and the searcher."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.embedding.vector_cache import VectorCache
from askdocs_indexer.errors import StoreDamagedError, StoreError
from askdocs_indexer.ingest.chunker import CHUNKER_VERSION
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.synchronizer import Synchronizer
from askdocs_indexer.paths import index_folder, root_digest
from askdocs_indexer.questions.questions import SectionQuestions
from askdocs_indexer.record import Recorder
from askdocs_indexer.retrieval.searcher import Searcher
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.storage import Database, Fingerprint, Store, ensure_writable, nothing_known
from askdocs_indexer.symbols.facts import stored_graph

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
        chunker = f"{CHUNKER_VERSION}/{docs.chunk_characters}/{embedder.window.name}"
        fingerprint = Fingerprint(chunker, embedder.identity)
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
