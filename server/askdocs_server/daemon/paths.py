"""Where the daemon is found: its socket, its lock, and the lock of those who start one."""

from __future__ import annotations

import fcntl
import os
import pwd
import zlib
from dataclasses import dataclass
from pathlib import Path

from askdocs_server.ipc.runtime_dir import runtime_directory


@dataclass(frozen=True, slots=True)
class Place:
    """The daemon's files in the runtime directory; `suffix` is part of their names."""

    directory: Path
    suffix: str = ""

    @classmethod
    def of_this_user(cls) -> Place:
        """Return the user's place. Raises RuntimeDirectoryError.

        Caches and settings elsewhere than usual have a daemon of their own, which uses them.
        """
        names = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        homes = [os.environ.get("HOME", ""), *(os.environ.get(name, "") for name in names)]
        usual = [_home(), "", ""]
        suffix = f"-{zlib.crc32(os.fsencode(':'.join(homes))):08x}"
        return cls(runtime_directory(), "" if homes == usual else suffix)

    @property
    def socket(self) -> Path:
        """What the daemon listens on."""
        return self.directory / f"daemon{self.suffix}.sock"

    @property
    def lock(self) -> Path:
        """Held by the daemon for its life; its text is the daemon's pid."""
        return self.directory / f"daemon{self.suffix}.lock"

    @property
    def starting(self) -> Path:
        """Held by the one who starts a daemon, or has one replaced."""
        return self.directory / f"start{self.suffix}.lock"


def _home() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""  # In a container, users need no entry.


class FileLock:
    """An exclusive lock that ends with its process, however that ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def try_acquire(cls, path: Path) -> FileLock | None:
        """Return the lock, or None while another process has it. Raises OSError."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:
            os.close(descriptor)
            raise
        lock = cls(path, descriptor)
        if lock.is_in_place():
            return lock
        lock.release()  # The file was removed between its opening and our lock.
        return None

    def write(self, text: str) -> None:
        """Say something to those who find the lock taken. Raises OSError."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def is_in_place(self) -> bool:
        """Return whether the path still leads to the locked file."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Let others have it."""
        os.close(self._descriptor)
