"""Where the daemon is found: its socket, its lock, and the lock for starting it."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.system.processes import user_home
from askdocs_server.ipc.runtime_dir import runtime_directory


@dataclass(frozen=True, slots=True)
class DaemonPaths:
    """The daemon's files in the runtime directory; `suffix` is part of their names."""

    directory: Path
    suffix: str = ""

    @classmethod
    def of_this_user(cls, *, create: bool = True) -> DaemonPaths:
        """Return the user's paths. Raises RuntimeDirectoryError, also as `runtime_directory` says.

        If caches or settings are in another folder than usual, a daemon of its own uses them.
        """
        names = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        homes = [os.environ.get("HOME", ""), *(os.environ.get(name, "") for name in names)]
        usual = [user_home(), "", ""]
        suffix = f"-{zlib.crc32(os.fsencode(':'.join(homes))):08x}"
        return cls(runtime_directory(create=create), "" if homes == usual else suffix)

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
        """Held by the client that starts or replaces a daemon."""
        return self.directory / f"start{self.suffix}.lock"
