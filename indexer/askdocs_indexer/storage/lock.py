"""The lock of a database, which tells the next process who holds it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from askdocs_indexer.errors import StoreError
from askdocs_indexer.file_lock import FileLock, holder_of
from askdocs_indexer.record import in_use_error


class OwnerLock:
    """Held from its creation until `release`.

    Raises DatabaseInUseError, which names the holder and its progress, and StoreError where the
    file cannot be written.
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
            raise in_use_error(path.parent, holder or "")
        self._lock = lock
        with suppress(OSError):  # A full disk: the next process learns less.
            lock.write(str(os.getpid()))

    def release(self) -> None:
        """Let another process have the database."""
        self._lock.release()
