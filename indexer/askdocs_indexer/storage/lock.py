"""The lock of a database, which names the process that holds it, so that the next one is told."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from askdocs_indexer.errors import DatabaseInUseError, StoreError
from askdocs_indexer.file_lock import FileLock, holder_of


class OwnerLock:
    """Held from its creation until `release`.

    Raises DatabaseInUseError, naming the holder, and StoreError where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock.try_acquire(path)
            holder = None if lock is not None else holder_of(path)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}). Make it writable, or delete it."
            ) from error
        if lock is None:
            raise DatabaseInUseError(
                f"Another askdocs (process {holder or 'unknown'}) holds this workspace's index. "
                "Close the editor that runs it, or wait until it has finished, and try again."
            )
        self._lock = lock
        with suppress(OSError):  # A full disk: who comes next is told less.
            lock.write(str(os.getpid()))

    def release(self) -> None:
        """Let another process have the database."""
        self._lock.release()
