"""What is costly to make again, kept by the hash of the text that it is made from.

A small SQLite file beside the index. Losing it costs time, never correctness, so a damaged file is
deleted and created again, and values that nobody has asked for in months are dropped: until then a
git branch that one comes back to costs nothing.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from askdocs_indexer.slices import slices_of

log = logging.getLogger(__name__)

# A value is kept for so many days after its last use, which is written down once a week.
_KEPT_DAYS = 90
_NOTED_DAYS = 7
_DAY_SECONDS = 86_400


class HashCache:
    """Values of one maker, such as a model, by content hash; safe to use from several threads.

    `table` and `column` are the names in the file, and `what` is what messages call the values.
    """

    def __init__(self, path: Path, maker: str, *, table: str, column: str, what: str) -> None:
        self._path = path
        self._maker = maker
        self._what = what
        self._table = table
        self._schema = (
            f"CREATE TABLE IF NOT EXISTS {table} (model TEXT NOT NULL, content_hash TEXT NOT NULL,"
            f" {column} BLOB NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (model, content_hash))"
            " WITHOUT ROWID"
        )
        self._select = f"SELECT content_hash, {column}, day FROM {table} WHERE model = ?"
        self._use = f"UPDATE {table} SET day = ? WHERE model = ? AND content_hash = ?"
        self._lock = threading.Lock()
        self._is_closed = False
        self._connection = self._opened()

    def get(self, hashes: Iterable[str]) -> dict[str, bytes]:
        """Return the values of those hashes that are known."""
        values: dict[str, bytes] = {}
        used: list[tuple[int, str, str]] = []
        today = _today()

        def read() -> None:
            for some in slices_of([*{*hashes}]):
                marks = ", ".join("?" * len(some))
                query = f"{self._select} AND content_hash IN ({marks})"
                for content_hash, value, day in self._connection.execute(
                    query, (self._maker, *some)
                ):
                    if isinstance(value, bytes):
                        values[content_hash] = value
                        if day < today - _NOTED_DAYS:
                            used.append((today, self._maker, content_hash))
            self._change(self._use, used)

        self._guarded(read)
        return values

    def put(self, values: Mapping[str, bytes], maker: str = "") -> None:
        """Remember values by content hash, of another maker where one is named."""
        rows = [(maker or self._maker, key, value, _today()) for key, value in values.items()]
        insert = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?, ?)"
        self._guarded(lambda: self._change(insert, rows))

    def __len__(self) -> int:
        """Return how many values there are, of all makers."""
        rows: list[tuple[int]] = []
        count = f"SELECT COUNT(*) FROM {self._table}"
        self._guarded(lambda: rows.extend(self._connection.execute(count)))
        return rows[0][0] if rows else 0

    def prune(self) -> None:
        """Drop the values, of all makers, that nobody has asked for in three months."""
        oldest = _today() - _KEPT_DAYS
        delete = f"DELETE FROM {self._table} WHERE day < ?"
        self._guarded(lambda: self._change(delete, [(oldest,)]))

    def clear(self) -> None:
        """Drop all values, of all makers."""
        self._guarded(lambda: self._change(f"DELETE FROM {self._table}", [()]))

    def close(self) -> None:
        """Close the file; from now on nothing is known and nothing remembered."""
        with self._lock:
            self._is_closed = True
            self._connection.close()

    def _guarded(self, step: Callable[[], None]) -> None:
        """Read or write; a file that turns out to be damaged is replaced by an empty one."""
        with self._lock:
            if self._is_closed:
                return
            try:
                step()
            except sqlite3.DatabaseError as error:
                self._connection.close()
                self._connection = self._fresh(error)

    def _change(self, statement: str, rows: Collection[Sequence[object]]) -> None:
        """Run a statement for each row; what cannot be written now, as on a full disk, is left."""
        if not rows:
            return
        try:
            with self._connection:
                self._connection.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            log.warning("the cache of %s is not changed (%s)", self._what, error)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connect(self._path)
        except (sqlite3.OperationalError, OSError) as error:
            log.warning("%s cannot be used (%s): %s are not cached", self._path, error, self._what)
            return self._connect(Path(":memory:"))
        except sqlite3.DatabaseError as error:
            return self._fresh(error)

    def _fresh(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        log.warning("%s is damaged (%s): %s are collected again", self._path, error, self._what)
        try:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            return self._connect(self._path)
        except (OSError, sqlite3.DatabaseError):
            return self._connect(Path(":memory:"))

    def _connect(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, check_same_thread=False)
        try:
            # One process holds an index, so SQLite need not share memory with another through a
            # file.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(self._schema)
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({self._table})")]
            if "day" not in columns:  # As earlier versions wrote it.
                today = f"INTEGER DEFAULT {_today()}"
                connection.execute(f"ALTER TABLE {self._table} ADD COLUMN day {today}")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection


def _today() -> int:
    return int(time.time()) // _DAY_SECONDS
