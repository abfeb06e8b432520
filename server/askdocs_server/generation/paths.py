"""Where generation keeps its files: models and logs in the user's cache, sockets in a private
runtime directory."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from askdocs_indexer.paths import cache_folder
from askdocs_server.errors import RuntimeDirectoryError
from askdocs_server.ipc.runtime_dir import runtime_directory

_KEPT_LOGS = 5


def models_directory() -> Path:
    """The folder of converted models; not created here."""
    return cache_folder() / "models"


def log_file() -> Path:
    """This process's log of its local vLLM; old logs of other processes are pruned."""
    directory = cache_folder() / "logs"
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

    It is a new temporary one where the user's own cannot be used.
    """
    try:
        return runtime_directory()
    except RuntimeDirectoryError:
        return Path(tempfile.mkdtemp(prefix="askdocs-"))
