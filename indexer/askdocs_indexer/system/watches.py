"""What limits the watching of files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

INOTIFY = Path("/proc/sys/fs/inotify")


class WatchLimits(NamedTuple):
    """How many folders a user's processes may watch, and how many watchers they may have."""

    folders: int
    watchers: int


def watch_limits(inotify: Path = INOTIFY) -> WatchLimits | None:
    """Return the kernel's limits; None where it has none, as on macOS. `inotify` has its files."""
    try:
        folders, watchers = (
            int((inotify / name).read_text()) for name in ("max_user_watches", "max_user_instances")
        )
    except (OSError, ValueError):
        return None
    return WatchLimits(folders, watchers)


def why_polling() -> str:
    """Return why files are polled instead of watched, and what to do."""
    if has_inotify():
        return (
            "The system's limit of file watches is reached, so files are polled. Raise "
            "fs.inotify.max_user_watches to have changes at once."
        )
    return "The system does not report changes of these files, so they are polled."


def has_inotify() -> bool:
    """Return whether changes of files are reported by inotify."""
    return sys.platform == "linux"
