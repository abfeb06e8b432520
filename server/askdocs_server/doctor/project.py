"""Looks at one project: its settings and its index."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from pathlib import Path

from askdocs_server.doctor.check import Check


def check_settings(ignored: Sequence[str]) -> Iterator[Check]:
    """Report each setting that was ignored."""
    step = "Correct it; docs/settings.md lists all settings."
    yield from (Check("settings", "warning", warning, step) for warning in ignored)
    if not ignored:
        yield Check("settings", "good", "all understood")


def check_index(root: Path, uri: str) -> Check:
    """Look whether the project has an index and whether somebody holds it."""
    from askdocs_indexer.paths import index_folder

    if uri:
        return Check("index", "good", f"on the Milvus server {uri}")
    database = index_folder(root) / "index.db"
    if not database.exists():
        return Check("index", "good", "none yet; `askdocs index` or an editor makes it")
    owner = _lock_owner(database.with_suffix(".lock"))
    held = f", in use by process {owner}" if owner else ", free"
    return Check("index", "good", f"{database}{held}")


def _lock_owner(lock: Path) -> str:
    """Return the process that holds a lock file, or an empty string."""
    try:
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return file.read().strip() or "unknown"
    except FileNotFoundError:
        pass
    return ""
