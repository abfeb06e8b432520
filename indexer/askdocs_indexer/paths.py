"""Paths: as users write them, and where an index lies."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import platformdirs

_APPLICATION = "askdocs"
# Opening a pipe must not wait for a writer; only a regular file is read.
_READ_FLAGS = os.O_RDONLY
if sys.platform != "win32":
    _READ_FLAGS |= os.O_NONBLOCK


def expanded(text: str) -> Path:
    """Expand a leading `~`; leave the path as it is where no home directory is known."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def read_file(path: Path, limit: int) -> bytes:
    """Return a file's bytes. Raises OSError, also for more than `limit` bytes.

    Only a regular file is read: a device may never end, and a pipe never begin.
    """
    descriptor = os.open(path, _READ_FLAGS)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a file", os.fspath(path))
        if status.st_size > limit or len(data := file.read(limit + 1)) > limit:
            raise OSError(errno.EFBIG, f"it has more than {limit} bytes", os.fspath(path))
    return data


def root_digest(root: Path) -> str:
    """Return a short name for a workspace root that no other root has."""
    return hashlib.blake2b(str(root).encode(), digest_size=6).hexdigest()


def cache_folder() -> Path:
    """Return the folder of all that can be made again: indexes, models, logs.

    `~/.cache/askdocs` on Linux and `~/Library/Caches/askdocs` on macOS, or below XDG_CACHE_HOME.
    """
    return platformdirs.user_cache_path(_APPLICATION)


def config_folder() -> Path:
    """Return the folder of the user's own settings.

    `~/.config/askdocs` on Linux and `~/Library/Application Support/askdocs` on macOS, or below
    XDG_CONFIG_HOME.
    """
    return platformdirs.user_config_path(_APPLICATION)


def indexes_folder() -> Path:
    """Return the folder in the user's cache that holds all indexes."""
    return cache_folder() / "indexes"


def index_folder(root: Path) -> Path:
    """Return the folder in the user's cache that holds the index of `root`."""
    return indexes_folder() / f"{root.name}-{root_digest(root)}"


def is_spelled(folder: Path, name: str) -> bool:
    """Return whether a folder holds an entry of exactly this name, if it holds one at all.

    macOS finds `README.md` by the name `readme.md` as well, and an “é” of two code points by one of
    one: a file that was renamed in that way would still be there under its old name.
    """
    return sys.platform != "darwin" or name in _names(folder)


def key_on_disk(root: Path, key: str) -> str:
    """Return a path relative to the root, as a user spells it, in the spelling of the disk."""
    if sys.platform == "darwin" and not Path(key).is_absolute():
        spelled = Path()
        for part in Path(key).parts:
            spelled /= _alike(_names(root / spelled), part)
        key = spelled.as_posix() if key else key
    return key


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except OSError:
        return []


def _alike(names: Sequence[str], name: str) -> str:
    """Return the name that macOS takes `name` for; `name` itself where no other is meant."""
    if name in names:
        return name
    alike = [other for other in names if _folded(other) == _folded(name)]
    return alike[0] if len(alike) == 1 else name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def below(ordered: Sequence[str], key: str) -> set[str]:
    """Return the paths at or below `key`, out of all paths in order."""
    if not key:
        return set(ordered)
    first, last = bisect_left(ordered, f"{key}/"), bisect_left(ordered, f"{key}0")  # "0" is "/" + 1
    index = bisect_left(ordered, key)
    return {*ordered[first:last], *(path for path in ordered[index : index + 1] if path == key)}
