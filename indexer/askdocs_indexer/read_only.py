"""SQLite files of others, read without a trace."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that no process writes to. Raises OSError and sqlite3.Error.

    What an interrupted process has left in its log counts: with a log, a copy is read, as SQLite
    would bring the file in step with it.
    """
    log = path.with_name(f"{path.name}-wal")
    if not log.exists():
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
            yield connection
        return
    with TemporaryDirectory(prefix="askdocs-") as folder:
        for file in (path, log):
            shutil.copy(file, folder)
        with closing(sqlite3.connect(Path(folder) / path.name)) as connection:
            yield connection
