"""The connection to Milvus, and which of a database's collections answer.

A workspace's chunks and manifest are two collections whose names carry a fingerprint of schema,
chunker and embedding model, so rows of another shape are never read by mistake. Where the
fingerprint changes, new collections are filled beside the old ones; the alias `current` moves to
them in one step when they are complete, and until then the old ones answer.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from askdocs_indexer.errors import DatabaseInUseError, EmbedderError, StoreDamagedError, StoreError
from askdocs_indexer.file_lock import holder_of
from askdocs_indexer.storage.client import connect
from askdocs_indexer.storage.local import LocalServer, is_local
from askdocs_indexer.storage.lock import OwnerLock
from askdocs_indexer.storage.schema import (
    Fingerprint,
    create_chunk_indexes,
    create_chunks,
    create_file_indexes,
    create_files,
)
from askdocs_indexer.storage.store import Store

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class Database:
    """A Milvus database, open from creation to `close`.

    `uri` is a Milvus server's address, or the path of a Milvus Lite database, which ends in `.db`.
    `lock` is the file that keeps a second process of this machine away: Milvus Lite admits one, and
    so does the order of our writes. `namespace` tells one workspace's collections from another's on
    a server. Raises DatabaseInUseError, StoreDamagedError (only for Milvus Lite) and StoreError.
    """

    def __init__(self, uri: str, lock: Path, token: str = "", namespace: str = "") -> None:
        self._alias = f"current{namespace}"
        self._prefixes = (f"chunks{namespace}_", f"files{namespace}_")
        self._lock = OwnerLock(lock)
        self._server: LocalServer | None = None
        try:
            if is_local(uri):
                server = self._server = LocalServer(Path(uri))
                self._client = self._checked(lambda: connect(server.address, ""))
            else:
                self._client = connect(uri, token)
        except BaseException:
            self._release()
            raise

    def store(self, fingerprint: Fingerprint, dimension: Callable[[], int]) -> Store:
        """Open the collections for a fingerprint; missing ones are created.

        `dimension` is called for the length of a vector only where they are.
        """
        return self._checked(lambda: self._store(fingerprint, dimension))

    def before(self, store: Store) -> Store | None:
        """Open the collections that were complete last, unless they are those of `store`."""
        return self._checked(lambda: self._before(store))

    def complete(self, store: Store) -> None:
        """Make `store` the current one and drop all others of this workspace."""
        name = store.name
        if self._aliased() != name:
            chunks = f"{self._prefixes[0]}{name}"
            try:
                self._client.alter_alias(chunks, self._alias)
            except StoreError:  # There is no alias yet.
                self._client.create_alias(chunks, self._alias)
        current = {f"{prefix}{name}" for prefix in self._prefixes}
        for collection in self._collections():
            if collection not in current:
                log.info("dropping %s: made by another version or model", collection)
                self._client.drop_collection(collection)

    def close(self) -> None:
        """Release the database so that another process can open it, even where this raises."""
        try:
            self._client.close()
        finally:
            self._release()

    # -- inside -----------------------------------------------------------------------------

    def _store(self, fingerprint: Fingerprint, dimension: Callable[[], int]) -> Store:
        chunks, files = (f"{prefix}{fingerprint.suffix}" for prefix in self._prefixes)
        present = self._collections()
        if chunks not in present:
            create_chunks(self._client, chunks, fingerprint, dimension())
        create_chunk_indexes(self._client, chunks)
        if files not in present:
            create_files(self._client, files)
        create_file_indexes(self._client, files)
        return Store(self._client, fingerprint.suffix, chunks, files, fingerprint)

    def _before(self, store: Store) -> Store | None:
        name = self._aliased()
        if name is None or name == store.name:
            return None
        chunks, files = (f"{prefix}{name}" for prefix in self._prefixes)
        properties = self._client.describe_collection(chunks).get("properties", {})
        return Store(self._client, name, chunks, files, Fingerprint.recorded(properties))

    def _aliased(self) -> str | None:
        """Return the name of the store that the alias points at."""
        prefix = self._prefixes[0]
        for collection in self._collections():
            if collection.startswith(prefix):
                aliases = self._client.list_aliases(collection).get("aliases", [])
                if self._alias in aliases:
                    return collection.removeprefix(prefix)
        return None

    def _collections(self) -> list[str]:
        return [name for name in self._client.list_collections() if name.startswith(self._prefixes)]

    def _checked(self, step: Callable[[], _Result]) -> _Result:
        try:
            return step()
        except EmbedderError:
            raise
        except Exception as error:  # Damage makes the libraries raise all kinds of errors.
            if self._server is None:
                raise
            raise StoreDamagedError(f"the database does not load: {error!r}") from error

    def _release(self) -> None:
        try:
            if self._server is not None:
                self._server.close()
        finally:
            self._lock.release()


def set_aside(database: Path) -> Path:
    """Move a damaged Milvus Lite database out of the way and return its new path.

    A database that was set aside before is deleted: it is as large as the index. Raises
    DatabaseInUseError where another program has the database open, which is not damage.
    """
    if _is_held(database / "LOCK"):
        raise DatabaseInUseError(
            f"Another program has {database} open. Close it; the index is then opened again."
        )
    target = database.with_name(f"{database.name}.damaged")
    if not database.is_symlink() and not database.exists():
        return target  # The process that moved it was killed right afterwards.
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    database.rename(target)
    return target


def _is_held(lock: Path) -> bool:
    """Return whether a process holds Milvus Lite's own lock."""
    try:
        return holder_of(lock) is not None
    except OSError:
        return False
