"""A lock file that names the process holding a database, so that the next one can be told."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from askdocs_indexer.errors import DatabaseInUseError, StoreError


class OwnerLock:
    """Held from its creation until `release`.

    Raises DatabaseInUseError, naming the holder, and StoreError where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = path.open("a+")
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}). Make it writable, or delete it."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
            self._file.close()
            raise DatabaseInUseError(
                f"Another askdocs (process {owner}) holds this workspace's index. Close the "
                "editor that runs it, or wait until it has finished, and try again."
            ) from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process have the database."""
        self._file.close()
