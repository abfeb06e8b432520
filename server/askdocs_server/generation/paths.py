"""Where generation keeps its files: models and logs in the user's cache, sockets in a private
runtime directory."""

from __future__ import annotations

import os
import stat
import tempfile
import warnings
from pathlib import Path

import platformdirs

APPLICATION = "askdocs"
MAX_SOCKET_PATH_BYTES = 100
"""The kernel takes 107 (Linux) or 103 (macOS) bytes in `sockaddr_un.sun_path`."""
_LONGEST_SOCKET_NAME = len("vllm-4194304-000.sock")
_KEPT_LOGS = 5


def models_directory() -> Path:
    """The folder of converted models; not created here."""
    return platformdirs.user_cache_path(APPLICATION) / "models"


def log_file() -> Path:
    """This process's log of its local vLLM; old logs of other processes are pruned."""
    directory = platformdirs.user_cache_path(APPLICATION) / "logs"
    directory.mkdir(parents=True, exist_ok=True)
    logs = sorted(directory.glob("vllm-*.log"), key=_modified, reverse=True)
    for old in logs[_KEPT_LOGS:]:
        old.unlink(missing_ok=True)
    return directory / f"vllm-{os.getpid()}.log"


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def socket_directory() -> Path:
    """A directory that only this user can enter: vLLM's socket itself is world-accessible.

    The user's runtime directory is taken where it is ours and its path is short enough for a
    socket; otherwise a fresh temporary directory.
    """
    with warnings.catch_warnings():
        # platformdirs warns where XDG_RUNTIME_DIR is unset; its fallback is checked below.
        warnings.simplefilter("ignore")
        preferred = platformdirs.user_runtime_path(APPLICATION)
    length = len(os.fsencode(preferred)) + 1 + _LONGEST_SOCKET_NAME
    if length <= MAX_SOCKET_PATH_BYTES and _make_private(preferred):
        return preferred
    return Path(tempfile.mkdtemp(prefix=f"{APPLICATION}-"))


def _make_private(directory: Path) -> bool:
    """Create `directory` with mode 0700; False where it is not a real folder of ours."""
    try:
        directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        parent, info = directory.parent.lstat(), directory.lstat()
        # Who owns the parent could swap our directory for another one.
        ours = info.st_uid == os.getuid() and parent.st_uid in (0, os.getuid())
        if not (ours and stat.S_ISDIR(info.st_mode)):
            return False
        directory.chmod(0o700)
    except OSError:
        return False
    return True
