"""The vector cache: switching to a git branch and back embeds nothing.

A small SQLite file beside the index maps (embedding model, content hash) to a vector. Losing it
costs time, never correctness, so a damaged cache is deleted and created again, and vectors that
nobody has asked for in months are dropped.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Vector = NDArray[np.float32]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, content_hash TEXT NOT NULL, vector BLOB NOT NULL, day INTEGER NOT NULL,
    PRIMARY KEY (model, content_hash)
) WITHOUT ROWID
"""

_TOLERANCE = 0.01
_SELECT = "SELECT vector, day FROM vectors WHERE model = ? AND content_hash = ?"
_USE = "UPDATE vectors SET day = ? WHERE model = ? AND content_hash = ?"
# A vector is kept for so many days after its last use, which is written down once a week.
_KEPT_DAYS = 90
_NOTED_DAYS = 7
_DAY_SECONDS = 86_400


def cached_vectors(path: Path, model: str) -> int:
    """Return how many vectors of a model are in a cache; 0 where that cannot be told.

    A process that has the index open keeps others out.
    """
    if not path.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0)) as cache:
            row = cache.execute("SELECT count(*) FROM vectors WHERE model = ?", (model,)).fetchone()
            return int(row[0])
    except sqlite3.DatabaseError:
        return 0


class VectorCache:
    """Vectors by content hash for one embedding model; safe to use from several threads."""

    def __init__(self, path: Path, model: str, dimension: int) -> None:
        self._path = path
        self._model = model
        self._bytes = 4 * dimension
        self._lock = threading.Lock()
        self._connection = self._opened()

    def get(self, hashes: Iterable[str]) -> dict[str, Vector]:
        """Return the vectors, shape (dimension,), of those hashes that are known."""
        vectors: dict[str, Vector] = {}
        used: list[tuple[int, str, str]] = []
        today = _today()
        with self._lock:
            try:
                for content_hash in set(hashes):
                    row = self._connection.execute(_SELECT, (self._model, content_hash)).fetchone()
                    vector = self._vector(row[0]) if row else None
                    if vector is not None:
                        vectors[content_hash] = vector
                        if row[1] < today - _NOTED_DAYS:
                            used.append((today, self._model, content_hash))
                self._change(_USE, used)
            except sqlite3.DatabaseError as error:
                self._replace_file(error)
        return vectors

    def put(self, vectors: Mapping[str, Vector], model: str = "") -> None:
        """Remember vectors by content hash, of another model where one is named."""
        rows = [
            (model or self._model, content_hash, vector.astype(np.float32).tobytes(), _today())
            for content_hash, vector in vectors.items()
        ]
        with self._lock:
            try:
                self._change("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)
            except sqlite3.DatabaseError as error:
                self._replace_file(error)

    def prune(self) -> None:
        """Drop the vectors, of all models, that nobody has asked for in three months."""
        with self._lock:
            try:
                self._change("DELETE FROM vectors WHERE day < ?", [(_today() - _KEPT_DAYS,)])
            except sqlite3.DatabaseError as error:
                self._replace_file(error)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _change(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Run a statement for each row; what cannot be written now, as on a full disk, is left."""
        if not rows:
            return
        try:
            with self._connection:
                self._connection.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            log.warning("the cache of vectors is not changed (%s)", error)

    def _vector(self, stored: object) -> Vector | None:
        """Return the stored vector, if it is one of the embedder's: of length 1."""
        if not isinstance(stored, bytes) or len(stored) != self._bytes:
            return None
        vector: Vector = np.frombuffer(stored, dtype=np.float32)
        with np.errstate(all="ignore"):
            length = float(np.linalg.norm(vector))
        return vector if abs(length - 1.0) < _TOLERANCE else None

    def _opened(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except (sqlite3.OperationalError, OSError) as error:
            log.warning("%s cannot be used (%s): vectors are not cached", self._path, error)
            return _connect(Path(":memory:"))
        except sqlite3.DatabaseError as error:
            return self._fresh(error)

    def _replace_file(self, error: sqlite3.DatabaseError) -> None:
        self._connection.close()
        self._connection = self._fresh(error)

    def _fresh(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        log.warning("%s is damaged (%s): vectors are collected again", self._path, error)
        try:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            return _connect(self._path)
        except (OSError, sqlite3.DatabaseError):
            return _connect(Path(":memory:"))


def _today() -> int:
    return int(time.time()) // _DAY_SECONDS


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        # One process holds an index, so SQLite need not share memory with another through a file.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_SCHEMA)
        columns = [row[1] for row in connection.execute("PRAGMA table_info(vectors)")]
        if "day" not in columns:  # As earlier versions wrote it.
            connection.execute(f"ALTER TABLE vectors ADD COLUMN day INTEGER DEFAULT {_today()}")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
