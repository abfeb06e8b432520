"""Looks at the folders, the daemon and the kernel's limits."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from askdocs_indexer.system.watches import WatchLimits
from askdocs_server.doctor.check import Check

# An index of 20,000 passages takes about 200 MB, the converted answer model 270 MB.
_ENOUGH_DISK_BYTES = 1 << 30
_FEW_INSTANCES = 16


def check_cache(folder: Path) -> Check:
    """Look whether the folder of indexes and models is writable, and for this user only."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
        mode = folder.stat().st_mode
    except OSError as error:
        step = f"Make {folder} writable, or set XDG_CACHE_HOME to a folder that is."
        return Check("cache folder", "broken", f"{folder}: {error.strerror}", step)
    if mode & 0o022:
        detail = f"{folder} can be written by other users"
        return Check("cache folder", "warning", detail, f"Run `chmod go-w {folder}`.")
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_DISK_BYTES:
        detail = f"{folder}: only {free >> 20} MB are free"
        return Check("cache folder", "warning", detail, "Make room for about 1 GB.")
    return Check("cache folder", "good", str(folder))


def check_sockets() -> Check:
    """Look whether there is a private folder for sockets."""
    from askdocs_server.errors import RuntimeDirectoryError
    from askdocs_server.ipc.runtime_dir import runtime_directory

    try:
        return Check("runtime folder", "good", str(runtime_directory()))
    except RuntimeDirectoryError as error:
        detail = "none, so each editor window has a process of its own"
        return Check("runtime folder", "warning", detail, str(error))


def check_daemon() -> Check:
    """Look whether the daemon runs and answers."""
    from askdocs_server.daemon.connect import join
    from askdocs_server.daemon.handshake import Hello
    from askdocs_server.daemon.paths import DaemonPaths
    from askdocs_server.errors import DaemonError

    try:
        joined = join(DaemonPaths.of_this_user(), Hello("status"))
    except DaemonError as error:
        return Check("daemon", "broken", str(error), "Run `askdocs stop`.")
    except OSError:
        return Check("daemon", "good", "none can run without a runtime folder")
    if joined is None:
        return Check("daemon", "good", "none runs; an editor starts it")
    connection, reply = joined
    connection.close()
    windows = f"{reply.about.get('sessions', 0)} editor windows"
    return Check("daemon", "good", f"process {reply.pid}, version {reply.version}, {windows}")


def check_watches(root: Path, limits: WatchLimits | None) -> Iterator[Check]:
    """Compare the kernel's limits of file watches with the project; None: it has no limits."""
    if limits is None:
        return
    watches, instances = limits
    folders = _count_folders(root, watches)
    if folders >= watches:
        step = "Run `sudo sysctl fs.inotify.max_user_watches=524288`. Until then files are polled."
        detail = f"{watches} watches, fewer than the folders of {root}"
        yield Check("file watches", "warning", detail, step)
    elif instances < _FEW_INSTANCES:
        step = "Run `sudo sysctl fs.inotify.max_user_instances=128`. Until then files are polled."
        yield Check("file watches", "warning", f"only {instances} watchers per user", step)
    else:
        yield Check("file watches", "good", f"{folders} needed, {watches} allowed")


def _count_folders(root: Path, limit: int) -> int:
    from askdocs_indexer.ingest.files import PRUNED_FOLDERS

    count = 0
    for _, folders, _ in os.walk(root):
        count += 1
        folders[:] = [name for name in folders if name not in PRUNED_FOLDERS]
        if count >= limit:
            break
    return count
