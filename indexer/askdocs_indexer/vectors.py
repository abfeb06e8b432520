"""The vector cache: switching a git branch forth and back embeds nothing.

A small SQLite file beside the index maps (embedding model, content hash) to a vector. Losing it
costs time, never correctness, so a damaged cache is dropped and made anew.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Vector = NDArray[np.float32]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, content_hash TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (model, content_hash)
) WITHOUT ROWID
"""


class VectorCache:
    """Vectors by content hash for one embedding model; safe to use from several threads."""

    def __init__(self, path: Path, model: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        try:
            self._connection = _connect(path)
        except sqlite3.OperationalError as error:
            log.warning("%s cannot be used (%s): vectors are not kept", path, error)
            self._connection = _connect(Path(":memory:"))
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            self._connection = _connect(path)

    def get(self, hashes: Iterable[str]) -> dict[str, Vector]:
        """Return the vectors, shape (dimension,), of those hashes that are known."""
        found: dict[str, Vector] = {}
        with self._lock:
            for content_hash in set(hashes):
                row = self._connection.execute(
                    "SELECT vector FROM vectors WHERE model = ? AND content_hash = ?",
                    (self._model, content_hash),
                ).fetchone()
                if row:
                    found[content_hash] = np.frombuffer(row[0], dtype=np.float32)
        return found

    def put(self, vectors: Mapping[str, Vector]) -> None:
        """Remember vectors by content hash."""
        rows = [
            (self._model, content_hash, vector.astype(np.float32).tobytes())
            for content_hash, vector in vectors.items()
        ]
        try:
            with self._lock, self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows
                )
        except sqlite3.OperationalError as error:  # Such as a full disk.
            log.warning("vectors are not kept (%s)", error)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
