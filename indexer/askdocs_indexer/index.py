"""An opened index: its database, the synchronizer that fills it, and the searcher."""

from __future__ import annotations

import errno
import logging
import os
from contextlib import ExitStack
from pathlib import Path

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
from askdocs_indexer.storage import Database, Fingerprint, OwnerLock, set_aside
from askdocs_indexer.symbols.facts import stored_graph

log = logging.getLogger(__name__)

# A database counts as damaged once this many processes have died while opening it.
_DEATHS = 2
# A database has about this many files open.
_FILES = 64
# If this much does not fit onto the disk (bytes), the disk is full and no database is damaged.
_PROBE_BYTES = 1 << 20


class OpenIndex:
    """Everything that exists while a workspace's index is open.

    `searcher` searches complete collections: after a change of the embedding model, the chunker or
    the schema those are the old ones, until `complete` is called. `detail` says in words what a
    user should know. `questions` are those that the sections of `store` answer.

    Raises StoreError, DatabaseInUseError, StoreDamagedError and EmbedderError.
    """

    def __init__(
        self,
        folder: Path,
        selection: Selection,
        docs: DocsSettings,
        settings: IndexSettings,
        embedder: Embedder,
    ) -> None:
        root = selection.root
        chunker = f"{CHUNKER_VERSION}/{docs.chunk_characters}/{embedder.window.name}"
        fingerprint = Fingerprint(chunker, embedder.identity)
        token = os.environ.get(settings.token_env, "")
        with ExitStack() as opening:
            uri = settings.uri or str(folder / "index.db")
            namespace = f"_{root_digest(root)}" if settings.uri else ""
            self._database = Database(uri, folder / "index.lock", token, namespace)
            opening.callback(self._database.close)
            self.store = self._database.store(fingerprint, lambda: embedder.dimension)
            before = self._before = self._database.before(self.store)
            self._cache = VectorCache(
                folder / "vectors.sqlite", embedder.identity, self.store.dimension
            )
            opening.callback(self._cache.close)
            self.questions = SectionQuestions(
                self.store, embedder, self._cache, folder / "questions.sqlite"
            )
            opening.callback(self.questions.close)
            self.synchronizer = Synchronizer(selection, docs, self.store, embedder, self._cache)
            self._own_searcher = Searcher(
                self.store, docs, embedder, self.synchronizer.graph, self.questions
            )
            self.searcher = self._own_searcher
            if before is not None:
                self.searcher = Searcher(
                    before, docs, embedder, stored_graph(before.files().values())
                )
            self.recorder = Recorder(folder, root)
            self._closing = opening.pop_all()
        self.detail = ""
        if before is not None:
            self.detail = (
                f"The index is rebuilt because {fingerprint.difference(before.fingerprint)}. "
                "The old index answers until then."
            )

    def complete(self) -> None:
        """Search the store from now on: it holds all documents."""
        self.searcher = self._own_searcher
        self._remember_vectors()
        self._database.complete(self.store)
        self._cache.prune()
        self.questions.prune()
        self.detail = ""

    def update_questions(self) -> None:
        """Have the sections' questions follow what the store holds now."""
        self.questions.update(self._own_searcher.is_manual)

    def close(self) -> None:
        """Close the database."""
        self._closing.close()

    def _remember_vectors(self) -> None:
        """Put the vectors of the model of before into the cache, for whoever goes back to it.

        Those that were put there when they were computed may have been dropped meanwhile.
        """
        before, self._before = self._before, None
        if before is None or before.fingerprint.model == self.store.fingerprint.model:
            return
        try:
            for vectors in before.all_vectors():
                self._cache.put(vectors, before.fingerprint.model)
        except StoreError as error:
            log.warning("the vectors of before cannot be read (%s)", error)


def open_index(
    selection: Selection, docs: DocsSettings, settings: IndexSettings, embedder: Embedder
) -> tuple[OpenIndex, str]:
    """Open a workspace's index and say in words if it was damaged.

    A damaged database is set aside and replaced by an empty one. Raises StoreError,
    DatabaseInUseError and EmbedderError.
    """
    folder = index_folder(selection.root)
    ensure_writable(folder, 1)
    marker = folder / "opening"

    def opened(tries: int) -> OpenIndex:
        marker.write_text(str(tries))
        try:
            return OpenIndex(folder, selection, docs, settings, embedder)
        finally:
            marker.unlink(missing_ok=True)

    # Some damage kills the process that reads it, which leaves the marker behind.
    deaths = _number_in(marker)
    try:
        if deaths >= _DEATHS and not settings.uri:
            raise StoreDamagedError(f"{deaths} processes died while they opened it")
        return opened(deaths + 1), ""
    except StoreDamagedError as error:
        damaged = _set_aside(folder)
        message = f"The index was damaged and is being rebuilt; the old one is {damaged}."
        log.warning("%s (%s)", message, error)
        return opened(1), message


def _set_aside(folder: Path) -> Path:
    """Move the database out of the way, unless what looks like damage is something else.

    Raises StoreError, and DatabaseInUseError where somebody holds it.
    """
    ensure_writable(folder)
    _ensure_files_left()
    lock = OwnerLock(folder / "index.lock")
    try:
        return set_aside(folder / "index.db")
    finally:
        lock.release()


def _ensure_files_left() -> None:
    """Raise StoreError where this process can hardly open more files."""
    with ExitStack() as files:
        try:
            for _ in range(_FILES):
                files.enter_context(Path(os.devnull).open("rb"))
        except OSError as error:
            raise StoreError(
                f"The index cannot be opened ({error.strerror}). Raise the limit of open files "
                "(`ulimit -n`)."
            ) from error


def _number_in(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def ensure_writable(folder: Path, size: int = _PROBE_BYTES) -> None:
    """Write `size` bytes below `folder`, which is created if it is missing, and delete them again.

    Raises StoreError where that fails, with the next step.
    """
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            probe.write_bytes(bytes(size))
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        step = (
            "Free some space"
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            else "Make it writable, or set XDG_CACHE_HOME to a folder that is"
        )
        raise StoreError(
            f"The index cannot be written to {folder} ({error.strerror}). {step}."
        ) from error
