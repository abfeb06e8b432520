"""Locks between processes, as files. Light on purpose: an editor's start needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from askdocs_indexer.errors import UnsupportedSystemError


class FileLock:
    """An exclusive lock that ends with its process, however that ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def try_acquire(cls, path: Path) -> FileLock | None:
        """Return the lock, or None while another process has it. Raises OSError."""
        return cls._acquired(path, waits=False)

    @classmethod
    def acquire(cls, path: Path) -> FileLock:
        """Return the lock, however long another process has it. Raises OSError."""
        while (lock := cls._acquired(path, waits=True)) is None:
            pass  # The file was removed while we waited for it; there is another by now.
        return lock

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def write(self, text: str) -> None:
        """Leave a text for processes that find the lock taken. Raises OSError."""
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, text.encode())

    def is_in_place(self) -> bool:
        """Return whether the path still leads to the locked file."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)

    @classmethod
    def _acquired(cls, path: Path, *, waits: bool) -> FileLock | None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            is_ours = _lock(descriptor, waits=waits)
        except BaseException:
            os.close(descriptor)
            raise
        if not is_ours:
            os.close(descriptor)
            return None
        lock = cls(path, descriptor)
        if lock.is_in_place():
            return lock
        lock.release()  # The file was removed between its opening and our lock.
        return None


def holder_of(path: Path) -> str | None:
    """Return the text that the holder of a lock has written into it; None while nobody holds it.

    Nothing is written, and no file is created. Raises OSError where the file cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        if _lock(descriptor, shared=True):
            return None
        return os.read(descriptor, 1000).decode(errors="replace").strip()
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, shared: bool = False, waits: bool = False) -> bool:
    """Lock a file until it is closed; False where another process has it. Raises OSError."""
    if sys.platform != "win32":
        import fcntl

        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind if waits else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
    raise UnsupportedSystemError
