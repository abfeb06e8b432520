"""One workspace's index: the conductor of store, synchronizer, watcher and search.

Writing is serialised by one lock; a worker thread writes what the watcher reports. Searching is
allowed from any thread as soon as the index is open.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import platformdirs

from askdocs_indexer.changes import ChangeQueue
from askdocs_indexer.chunk import CHUNKER_VERSION
from askdocs_indexer.embed import Embedder
from askdocs_indexer.errors import IndexerError, RootError, StoreDamagedError
from askdocs_indexer.readers import reader_for
from askdocs_indexer.search import Searcher
from askdocs_indexer.selection import Selection
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.store import Fingerprint, Store, set_aside
from askdocs_indexer.symbols import SymbolTable
from askdocs_indexer.sync import Progress, Synchronizer
from askdocs_indexer.types import Hit, IndexState, IndexStatus, SyncReport
from askdocs_indexer.vectors import VectorCache
from askdocs_indexer.watch import Watcher

log = logging.getLogger(__name__)

# After a failure (a full disk, a server away) the same changes are tried again.
_RETRY_SECONDS = 5.0

_Part = TypeVar("_Part")


class WorkspaceIndex:
    """The index of one workspace root. Raises RootError where `root` is no folder.

    `on_change` is called from any thread after each change of `status()`.
    """

    def __init__(
        self,
        root: Path,
        docs: DocsSettings,
        index: IndexSettings,
        embedder: Embedder,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        if not root.is_dir():
            raise RootError(f"{root} is not a folder. Give an existing folder with --root.")
        self.root = root.resolve()
        self._docs = docs
        self._index = index
        self._embedder = embedder
        self._on_change = on_change
        self._changes = ChangeQueue()
        self._selection = Selection(self.root, docs, lambda key: reader_for(key) is not None)
        self._watcher = Watcher(self._selection, self._changes.put)
        self._symbols = SymbolTable()
        self._writing = threading.Lock()
        self._closing = threading.Event()
        self._worker: threading.Thread | None = None
        self._store: Store | None = None
        self._cache: VectorCache | None = None
        self._synchronizer: Synchronizer | None = None
        self._searcher: Searcher | None = None
        self._state: IndexState = "opening"
        self._failure = ""
        self._damage = ""
        self._pending = 0
        self._generation = 0

    # -- life -------------------------------------------------------------------------------

    def open(self) -> None:
        """Open what is stored, so that it can be searched; nothing is read from the documents.

        A damaged database is set aside and an empty one takes its place. Raises StoreError.
        """
        folder = index_folder(self.root)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store = self._open_store(folder)
        self._cache = VectorCache(folder / "vectors.sqlite", self._embedder.model)
        self._symbols.load(self._store.symbol_rows())
        self._synchronizer = Synchronizer(
            self._selection, self._docs, self._store, self._embedder, self._cache, self._symbols
        )
        self._searcher = Searcher(self._store, self._embedder, self._symbols)
        self._set("ready")

    def start(self) -> None:
        """Keep the index in step with the disk from now on, beginning with a reconcile."""
        self._watcher.start()
        self._changes.put([""], at_once=True)
        self._worker = threading.Thread(target=self._work, name=f"askdocs-sync-{self.root.name}")
        self._worker.start()

    def close(self) -> None:
        """Stop watching and writing, and let go of the database."""
        self._closing.set()
        self._watcher.stop()
        self._changes.close()
        if self._worker is not None:
            self._worker.join()
        with self._writing:
            if self._store is not None:
                self._store.close()
            if self._cache is not None:
                self._cache.close()
            self._store = self._cache = self._synchronizer = self._searcher = None
        self._set("closed")

    # -- writing ----------------------------------------------------------------------------

    def sync(self, keys: Iterable[str] = ("",), progress: Progress | None = None) -> SyncReport:
        """Bring files and folders in step with the disk now, on the caller's thread.

        Raises InterruptedError when the index is closed meanwhile, and IndexerError.
        """
        with self._writing:
            return self._sync(keys, progress)

    def reindex(self, path: Path | None = None, progress: Progress | None = None) -> SyncReport:
        """Read a file or folder (by default everything) again, whatever the manifest says."""
        key = "" if path is None else self._selection.key_of(path.resolve())
        if key is None:
            raise IndexerError(f"{path} is outside the workspace {self.root}.")
        with self._writing:
            self._opened(self._synchronizer).forget(key)
            return self._sync([key], progress)

    def touch(self, path: Path) -> None:
        """Look at a file soon: an editor says that it was saved."""
        key = self._selection.key_of(path)
        if key is not None:
            self._changes.put([key], at_once=True)

    # -- reading ----------------------------------------------------------------------------

    def search(self, query: str, limit: int) -> list[Hit]:
        """Return the best passages for a question, best first; empty while still opening."""
        return self._searcher.search(query, limit) if self._searcher else []

    def passages(self, query: str, limit: int) -> list[Hit]:
        """Like `search`, with each hit widened by its neighbours in the same section."""
        return self._searcher.passages(query, limit) if self._searcher else []

    def document(self, names: Sequence[str], limit: int) -> list[Hit]:
        """Return the passages that document the first of these qualified names that any does."""
        return self._searcher.document(names, limit) if self._searcher else []

    def status(self) -> IndexStatus:
        """Return a snapshot."""
        synchronizer = self._synchronizer
        rows = list(synchronizer.manifest.values()) if synchronizer else []
        return IndexStatus(
            state=self._state,
            files=sum(1 for row in rows if not row.error),
            chunks=sum(row.chunks for row in rows),
            pending_files=self._pending + len(self._changes),
            generation=self._generation,
            skipped=synchronizer.skipped() if synchronizer else (),
            detail=" ".join(filter(None, self._details())),
        )

    # -- inside -----------------------------------------------------------------------------

    def _open_store(self, folder: Path) -> Store:
        uri = self._index.uri or str(folder / "index.db")
        fingerprint = Fingerprint(
            f"{CHUNKER_VERSION}/{self._docs.chunk_characters}", self._embedder.model
        )
        namespace = f"_{root_digest(self.root)}" if self._index.uri else ""
        token = os.environ.get(self._index.token_env, "")

        def opened() -> Store:
            return Store(uri, fingerprint, lambda: self._embedder.dimension, token, namespace)

        try:
            return opened()
        except StoreDamagedError as error:
            if self._index.uri:
                raise
            aside = set_aside(Path(uri))
            self._damage = f"The index was damaged and is being rebuilt; the old one is {aside}."
            log.warning("%s (%s)", self._damage, error)
            return opened()

    def _work(self) -> None:
        while (batch := self._changes.take()) is not None:
            try:
                self.sync(batch)
            except InterruptedError:
                return
            except Exception as error:
                log.exception("indexing failed; trying again in %s s", _RETRY_SECONDS)
                self._failure = f"Indexing failed ({error}); it is tried again."
                self._set("failed")
                self._closing.wait(_RETRY_SECONDS)
                self._changes.put(batch)

    def _sync(self, keys: Iterable[str], progress: Progress | None) -> SyncReport:
        synchronizer = self._opened(self._synchronizer)
        self._set("indexing")

        def report(done: int, total: int) -> None:
            self._pending = total - done
            self._generation += bool(done)
            if progress is not None:
                progress(done, total)
            self._on_change()

        wanted = frozenset(keys)
        try:
            result = synchronizer.sync(wanted, report, self._closing)
        except BaseException:
            self._set("failed")
            raise
        finally:
            self._pending = 0
        if "" in wanted:
            self._opened(self._store).drop_outdated()
            self._generation += 1  # Also where nothing differed: the first look is over.
        self._failure = ""
        self._set("ready")
        return result

    def _opened(self, part: _Part | None) -> _Part:
        if part is None:
            raise IndexerError(f"The index of {self.root} is not open.")
        return part

    def _details(self) -> Iterator[str]:
        """Yield what a user should know beside the state."""
        yield self._failure
        yield self._damage
        if self._watcher.polling:
            yield (
                "The system's limit of file watches is reached, so files are polled. Raise "
                "fs.inotify.max_user_watches to have changes at once."
            )

    def _set(self, state: IndexState) -> None:
        self._state = state
        self._on_change()


def root_digest(root: Path) -> str:
    """Return a short name for a workspace root that no other root has."""
    return hashlib.blake2b(str(root).encode(), digest_size=6).hexdigest()


def index_folder(root: Path) -> Path:
    """Return the folder in the user's cache that holds the index of `root`."""
    return platformdirs.user_cache_path("askdocs") / "indexes" / f"{root.name}-{root_digest(root)}"
