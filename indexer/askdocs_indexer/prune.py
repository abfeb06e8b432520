"""Removing the indexes of projects that are gone."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.file_lock import FileLock, holder_of
from askdocs_indexer.paths import indexes_folder
from askdocs_indexer.record import RECORD_NAME, IndexRecord, read_record

log = logging.getLogger(__name__)

_LEFTOVER_PREFIX = ".pruned-"


@dataclass(frozen=True, slots=True)
class PrunedIndex:
    """An index that was removed: its project's folder, its own folder, and its size in bytes."""

    root: str
    folder: Path
    size: int


def prune(unused_seconds: float = 0.0) -> list[PrunedIndex]:
    """Remove the indexes whose project is gone and that were not used for `unused_seconds`.

    An index that a process holds is left alone, and so is an index without a record of its project.
    Folders that cannot be removed stay.
    """
    folders = sorted(_subfolders(indexes_folder()))
    for folder in folders:
        if folder.name.startswith(_LEFTOVER_PREFIX):  # The process that removed it was killed.
            shutil.rmtree(folder, ignore_errors=True)
    pruned = []
    for folder in folders:
        record = read_record(folder)
        if record is None or not _is_gone(record.root) or _age(folder) < unused_seconds:
            continue
        try:
            size = _removed(folder, record)
        except OSError as error:
            log.warning("%s cannot be removed (%s)", folder, error)
            continue
        if size is not None:
            pruned.append(PrunedIndex(record.root, folder, size))
    return pruned


def _removed(folder: Path, record: IndexRecord) -> int | None:
    """Remove an index; return its size in bytes, or None where a process holds it.

    It is renamed first, so that a half-removed index is never opened. Raises OSError.
    """
    lock = FileLock.try_acquire(folder / "index.lock")
    if lock is None:
        return None
    with lock:
        # Another program may have the database open, without our lock.
        is_held = holder_of(folder / "index.db" / "LOCK") is not None
        if is_held or read_record(folder) != record:
            return None
        size = sum(path.lstat().st_size for path in folder.rglob("*"))
        leftover = folder.with_name(f"{_LEFTOVER_PREFIX}{os.getpid()}-{folder.name}")
        folder.rename(leftover)
        shutil.rmtree(leftover, ignore_errors=True)
    return size


def _subfolders(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return  # There is no such folder yet.


def _is_gone(root: str) -> bool:
    """Return whether a folder is gone; a folder that cannot be accessed is not."""
    try:
        Path(root).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _age(folder: Path) -> float:
    """Return the time since an index was last used, in seconds."""
    try:
        return time.time() - (folder / RECORD_NAME).stat().st_mtime
    except OSError:
        return 0.0
