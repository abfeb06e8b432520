"""The files of a workspace's index, its connection to Milvus, and which of them answer.

Texts and vectors are kept apart for each fingerprint of schema, chunker and embedding model, in
files and collections that carry it in their names, so what has another shape is never read by
mistake. Where the fingerprint changes, new ones are filled beside the old ones, which answer until
the new ones are complete.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from askdocs_indexer.errors import StoreDamagedError, StoreError
from askdocs_indexer.storage.client import connect
from askdocs_indexer.storage.damage import counted, set_aside
from askdocs_indexer.storage.fingerprint import Fingerprint
from askdocs_indexer.storage.local import LocalServer, is_local
from askdocs_indexer.storage.lock import OwnerLock
from askdocs_indexer.storage.text_store import TextStore, text_file
from askdocs_indexer.storage.vector_index import VectorIndex

log = logging.getLogger(__name__)

# What collections of a workspace begin with; those of chunks and files are earlier versions'.
_KINDS = ("vectors", "chunks", "files")


class Database:
    """An index's folder, held from creation to `close`.

    Vectors are in a Milvus Lite database in that folder, or in the Milvus server at `uri`, where
    `namespace` tells one workspace's collections from another's. A lock keeps a second process of
    this machine away: Milvus Lite admits one, and so does the order of our writes. Raises
    DatabaseInUseError and StoreError.

    What is damaged is moved out of the way and started over; `damage` says so in words.
    """

    def __init__(self, folder: Path, uri: str = "", token: str = "", namespace: str = "") -> None:
        self.damage = ""
        self._folder = folder
        # Where Milvus Lite has its database; None where a server has it.
        self._local = Path(uri or folder / "index.db") if is_local(uri or ".db") else None
        self._uri = uri
        self._token = token
        self._prefixes = tuple(f"{kind}{namespace}_" for kind in _KINDS)
        self._milvus = threading.Lock()
        self._client: Any = None
        self._server: LocalServer | None = None
        self._is_tidy = False
        self._lock = OwnerLock(folder / "index.lock")

    # -- texts ------------------------------------------------------------------------------

    def texts(self, fingerprint: Fingerprint, dimension: Callable[[], int]) -> TextStore:
        """Open the texts of a fingerprint, which may be new.

        `dimension` is called for the length of a vector only where they are.
        """
        path = text_file(self._folder, fingerprint)
        try:
            return TextStore(path, fingerprint, dimension)
        except StoreDamagedError as error:
            self._note_damage(TextStore.set_aside(path), error)
            return TextStore(path, fingerprint, dimension)

    def before(self, texts: TextStore) -> TextStore | None:
        """Open the texts that were complete last, unless these are."""
        if texts.is_complete:
            return None
        for path in sorted(self._others(texts), key=lambda path: -path.stat().st_mtime_ns):
            try:
                others = TextStore(path)
            except StoreError as error:
                log.info("%s is not read (%s)", path, error)
                continue
            if others.is_complete:
                return others
            others.close()
        return None

    def complete(self, texts: TextStore) -> None:
        """Note that texts and their vectors are complete, and drop all others of this workspace."""
        if self._is_tidy:
            return
        texts.note_complete()
        for path in self._others(texts):
            log.info("dropping %s: made by another version or model", path)
            for file in path.parent.glob(f"{path.name}*"):
                file.unlink(missing_ok=True)
        self._drop_others(self._collection(texts))
        self._is_tidy = True

    def _others(self, texts: TextStore) -> list[Path]:
        return [path for path in self._folder.glob("texts_*.sqlite") if path != texts.path]

    # -- vectors ----------------------------------------------------------------------------

    def vectors(self, texts: TextStore) -> VectorIndex:
        """Open the vectors of texts, which may be new. Raises StoreError."""
        with self._milvus:
            if self._local is None:
                return self._index(texts)
            try:
                return self._local_index(texts, self._local)
            except StoreDamagedError as error:
                self._close_milvus()
                self._note_damage(set_aside(self._local), error)
            return self._local_index(texts, self._local)

    def close(self) -> None:
        """Release the index so that another process can open it, even where this raises."""
        try:
            with self._milvus:
                self._close_milvus()
        finally:
            self._lock.release()

    # -- inside -----------------------------------------------------------------------------

    def _collection(self, texts: TextStore) -> str:
        return f"{self._prefixes[0]}{texts.fingerprint.suffix}"

    def _index(self, texts: TextStore) -> VectorIndex:
        return VectorIndex(self._connected(), self._collection(texts), texts.dimension)

    def _local_index(self, texts: TextStore, database: Path) -> VectorIndex:
        """Open the vectors in Milvus Lite, of which damage makes the libraries raise all kinds of
        errors, or kills the process."""
        with counted(self._folder / "opening"):
            self._server = self._server or LocalServer(database)
            try:
                return self._index(texts)
            except Exception as error:
                raise StoreDamagedError(f"the database does not load: {error!r}") from error

    def _connected(self) -> Any:
        if self._client is None:
            if self._server is not None:
                self._client = connect(self._server.address, "")
            else:
                self._client = connect(self._uri, self._token)
        return self._client

    def _drop_others(self, collection: str) -> None:
        with self._milvus:
            client = self._client
            for other in client.list_collections() if client is not None else ():
                if other.startswith(self._prefixes) and other != collection:
                    log.info("dropping %s: made by another version or model", other)
                    for alias in client.list_aliases(other).get("aliases", []):
                        client.drop_alias(alias)
                    client.drop_collection(other)

    def _note_damage(self, damaged: Path, error: Exception) -> None:
        self.damage = f"The index was damaged and is being rebuilt; the old one is {damaged}."
        log.warning("%s (%s)", self.damage, error)

    def _close_milvus(self) -> None:
        client, self._client = self._client, None
        server, self._server = self._server, None
        try:
            if client is not None:
                client.close()
        finally:
            if server is not None:
                server.close()
