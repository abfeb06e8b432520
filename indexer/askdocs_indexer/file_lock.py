"""Locks between processes, as files. Light on purpose: an editor's start needs them."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class FileLock:
    """An exclusive lock that ends with its process, however that ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def try_acquire(cls, path: Path) -> FileLock | None:
        """Return the lock, or None while another process has it. Raises OSError."""
        return cls._acquired(path, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @classmethod
    def acquire(cls, path: Path) -> FileLock:
        """Return the lock, however long another process has it. Raises OSError."""
        while (lock := cls._acquired(path, fcntl.LOCK_EX)) is None:
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
        os.pwrite(self._descriptor, text.encode(), 0)

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
    def _acquired(cls, path: Path, operation: int) -> FileLock | None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, operation)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
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
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 1000, 0).decode(errors="replace").strip()
    finally:
        os.close(descriptor)
    return None
