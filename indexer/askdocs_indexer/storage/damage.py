"""What to do with a database that is damaged, and what only looks like damage."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from askdocs_indexer.errors import DatabaseInUseError, StoreDamagedError, StoreError
from askdocs_indexer.file_lock import holder_of

# A database counts as damaged once this many processes have died while opening it.
_DEATHS = 2
# A database has about this many files open.
_FILES = 64
# If this much does not fit onto the disk (bytes), the disk is full and no database is damaged.
_PROBE_BYTES = 1 << 20


def set_aside(database: Path) -> Path:
    """Move a damaged database, a file or a folder, out of the way and return its new path.

    What was set aside before is deleted: it is as large. Raises StoreError where the disk is full
    or this process can open no more files, neither of which is damage, and DatabaseInUseError where
    another program has a folder of Milvus Lite open.
    """
    ensure_writable(database.parent)
    _ensure_files_left()
    if _is_held(database / "LOCK"):
        raise DatabaseInUseError(
            f"Another program has {database} open. Close it; the index is then opened again."
        )
    target = database.with_name(f"{database.name}.damaged")
    if not database.is_symlink() and not database.exists():
        return target  # The process that moved it was killed right afterwards.
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    database.rename(target)
    return target


@contextmanager
def counted(marker: Path) -> Iterator[None]:
    """Open a database in this context: some damage kills the process that reads it, which leaves
    `marker` behind. Raises StoreDamagedError where that has happened again and again."""
    deaths = _number_in(marker)
    if deaths >= _DEATHS:
        marker.unlink(missing_ok=True)
        raise StoreDamagedError(f"{deaths} processes died while they opened it")
    marker.write_text(str(deaths + 1))
    try:
        yield
    finally:
        marker.unlink(missing_ok=True)


def ensure_writable(folder: Path, size: int = _PROBE_BYTES) -> None:
    """Write `size` bytes below `folder`, which is created if it is missing, and delete them again.

    Raises StoreError where that fails, with the next step.
    """
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            probe.write_bytes(bytes(size))
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        step = (
            "Free some space"
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            else "Make it writable, or set XDG_CACHE_HOME to a folder that is"
        )
        raise StoreError(
            f"The index cannot be written to {folder} ({error.strerror}). {step}."
        ) from error


def _ensure_files_left() -> None:
    """Raise StoreError where this process can hardly open more files."""
    with ExitStack() as files:
        try:
            for _ in range(_FILES):
                files.enter_context(Path(os.devnull).open("rb"))
        except OSError as error:
            raise StoreError(
                f"The index cannot be opened ({error.strerror}). Raise the limit of open files "
                "(`ulimit -n`)."
            ) from error


def _number_in(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _is_held(lock: Path) -> bool:
    """Return whether a process holds Milvus Lite's own lock."""
    try:
        return holder_of(lock) is not None
    except OSError:
        return False
