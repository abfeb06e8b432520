"""Chunks and manifest in an SQLite file: all of an index but its vectors.

A file's chunks change together with its manifest row, in one transaction, so after a crash a file
is in the index as it was before or as it is now. The text store is written first and the vectors
behind it: each chunk says whether its vector is stored, and chunks that are gone are listed until
their vectors are. Whatever the instant of a crash, what is left to do stands here.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from askdocs_indexer.errors import StoreDamagedError, StoreError
from askdocs_indexer.slices import slices_of
from askdocs_indexer.storage.connection_table import ConnectedChunk
from askdocs_indexer.storage.damage import set_aside
from askdocs_indexer.storage.fingerprint import Fingerprint
from askdocs_indexer.storage.outline_table import OutlineEntry
from askdocs_indexer.types import Chunk, FileRow, Joint, Link, span_of
from askdocs_indexer.words.terms import lexical_text

_Value = TypeVar("_Value")

# Without these the file cannot be read; SQLite's other errors are those of the disk, or our own.
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL,
    chunks INTEGER NOT NULL, error TEXT NOT NULL, contents TEXT NOT NULL, facts TEXT NOT NULL,
    dependencies TEXT NOT NULL, remark TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
    title TEXT NOT NULL, domain TEXT NOT NULL, heading_path TEXT NOT NULL, symbols TEXT NOT NULL,
    links TEXT NOT NULL, labels TEXT NOT NULL, keywords TEXT NOT NULL, content TEXT NOT NULL,
    content_hash TEXT NOT NULL, joint TEXT NOT NULL, start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL, position INTEGER NOT NULL, terms TEXT NOT NULL,
    is_embedded INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS unembedded ON chunks (path, start_line) WHERE NOT is_embedded;
CREATE TABLE IF NOT EXISTS stale (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS properties (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_CHUNK = (
    "id, path, title, domain, heading_path, symbols, links, labels, keywords, content, "
    "content_hash, joint, start_line, end_line, position, terms"
)
FILE_COLUMNS = "path, size, mtime_ns, digest, chunks, error, contents, facts, dependencies, remark"
_INSERT_CHUNK = (
    f"INSERT OR REPLACE INTO chunks ({_CHUNK}) VALUES ({', '.join('?' * len(_CHUNK.split(',')))})"
)
_INSERT_FILE = (
    f"INSERT OR REPLACE INTO files ({FILE_COLUMNS}) "
    f"VALUES ({', '.join('?' * len(FILE_COLUMNS.split(',')))})"
)

_DIMENSION, _COMPLETE, _VECTORS = "dimension", "complete", "vectors"


class TextStore:
    """The chunks and the manifest of one fingerprint, open from creation to `close`.

    `dimension` is called for the length of a vector only where the file is new; without a
    `fingerprint` it exists already. Safe to use from any thread; raises StoreError, and
    StoreDamagedError where the file cannot be read.
    """

    def __init__(
        self,
        path: Path,
        fingerprint: Fingerprint | None = None,
        dimension: Callable[[], int] = lambda: 0,
    ) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._is_closed = False
        self._marker = path.with_suffix(".broken")
        self._log = path.with_name(f"{path.name}-wal")
        if self._marker.exists() or path.is_dir() or self._log.is_dir():
            raise self._damaged("it is no longer a database")
        with self._translated():
            self._connection = self._connect()
        try:
            with self._translated():
                self._prepare(fingerprint, dimension)
                self.fingerprint = Fingerprint.recorded(self._properties())
                self.dimension = int(self._properties()[_DIMENSION])
        except BaseException:
            self._connection.close()
            raise

    # -- the manifest -----------------------------------------------------------------------

    def files(self) -> dict[str, FileRow]:
        """Return the manifest by path."""
        return {row[0]: file_row(row) for row in self._rows(f"SELECT {FILE_COLUMNS} FROM files")}

    # -- chunks -----------------------------------------------------------------------------

    def get(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks with these ids that exist, in the order of `ids`."""
        by_id = {}
        for some in slices_of(ids):
            marks = ", ".join("?" * len(some))
            for row in self._rows(f"SELECT {_CHUNK} FROM chunks WHERE id IN ({marks})", some):
                by_id[row[0]] = self._read(_chunk, row)
        return [by_id[chunk_id] for chunk_id in ids if chunk_id in by_id]

    def outline(self) -> list[tuple[str, str, OutlineEntry, tuple[str, ...], str]]:
        """Return (id, path, position, documented names, domain) of all chunks."""
        fields = "id, path, heading_path, start_line, end_line, position, length(content)"
        rows = self._rows(f"SELECT {fields}, content_hash, symbols, domain FROM chunks")
        return [self._read(_outlined, row) for row in rows]

    def connected(self) -> list[tuple[str, ConnectedChunk]]:
        """Return (id, what connects it) of all chunks."""
        fields = "id, path, heading_path, start_line, links, labels, keywords"
        return [self._read(_connected, row) for row in self._rows(f"SELECT {fields} FROM chunks")]

    def terms(self, after: int) -> list[tuple[int, str, str]]:
        """Return (row, id, index terms) of the chunks behind a row, in order of rows: later chunks
        have later ones."""
        return self._rows("SELECT row, id, terms FROM chunks WHERE row > ? ORDER BY row", (after,))

    def commit(
        self,
        *,
        files: Sequence[FileRow] = (),
        gone: Iterable[str] = (),
        new: Sequence[Chunk] = (),
        moved: Sequence[Chunk] = (),
        stale: Sequence[str] = (),
    ) -> None:
        """Change files and their chunks at once: write manifest rows, drop those of files that are
        `gone`, add `new` chunks, give `moved` ones their new lines, and drop `stale` ones by id."""
        added = [(*_values(chunk), lexical_terms(chunk)) for chunk in new]
        with self._transaction() as change:
            change("DELETE FROM chunks WHERE id = ?", ((chunk_id,) for chunk_id in stale))
            change("INSERT OR IGNORE INTO stale VALUES (?)", ((chunk_id,) for chunk_id in stale))
            change(_INSERT_CHUNK, added)
            change("DELETE FROM stale WHERE id = ?", ((chunk.id,) for chunk in new))
            spans = ((*span_of(chunk), chunk.id) for chunk in moved)
            change(
                "UPDATE chunks SET start_line = ?, end_line = ?, position = ? WHERE id = ?", spans
            )
            change(_INSERT_FILE, map(_file_values, files))
            change("DELETE FROM files WHERE path = ?", ((path,) for path in gone))

    # -- what the vectors lack --------------------------------------------------------------

    def unembedded(self) -> list[tuple[str, str]]:
        """Return (id, path) of the chunks whose vectors are not stored, by file and line."""
        return self._rows(
            "SELECT id, path FROM chunks WHERE NOT is_embedded ORDER BY path, start_line"
        )

    def embedded(self) -> int:
        """Return of how many chunks the vectors are stored."""
        return int(self._rows("SELECT count(*) FROM chunks WHERE is_embedded")[0][0])

    def latest_embedded(self, count: int) -> list[str]:
        """Return the ids of the last chunks to come whose vectors are stored."""
        rows = "SELECT id FROM chunks WHERE is_embedded ORDER BY row DESC LIMIT ?"
        return [row[0] for row in self._rows(rows, (count,))]

    def note_embedded(self, ids: Iterable[str]) -> None:
        """Note that the vectors of chunks are stored."""
        with self._transaction() as change:
            change("UPDATE chunks SET is_embedded = 1 WHERE id = ?", ((each,) for each in ids))

    def stale(self) -> list[str]:
        """Return the ids of chunks that are gone while their vectors may not be."""
        return [row[0] for row in self._rows("SELECT id FROM stale")]

    def forget_stale(self, ids: Iterable[str]) -> None:
        """Note that the vectors of chunks are gone as well."""
        with self._transaction() as change:
            change("DELETE FROM stale WHERE id = ?", ((each,) for each in ids))

    @property
    def vectors_name(self) -> str:
        """Which vectors these notes are about, as `agree` has been told; "" for none."""
        return self._properties().get(_VECTORS, "")

    def agree(self, name: str, present: Iterable[str]) -> None:
        """Note that the vectors called `name` are those of the ids in `present`, and no others."""
        ids = {*present}
        known = {row[0] for row in self._rows("SELECT id FROM chunks")}
        with self._transaction() as change:
            change("UPDATE chunks SET is_embedded = 0", [()])
            change(
                "UPDATE chunks SET is_embedded = 1 WHERE id = ?", ((each,) for each in ids & known)
            )
            change("DELETE FROM stale", [()])
            change("INSERT INTO stale VALUES (?)", ((each,) for each in ids - known))
            change("INSERT OR REPLACE INTO properties VALUES (?, ?)", [(_VECTORS, name)])

    # -- the file ---------------------------------------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether all documents were in it once."""
        return _COMPLETE in self._properties()

    def note_complete(self) -> None:
        """Note that all documents are in it."""
        with self._transaction() as change:
            change("INSERT OR REPLACE INTO properties VALUES (?, '')", [(_COMPLETE,)])

    @classmethod
    def set_aside(cls, path: Path) -> Path:
        """Move a damaged file out of the way and return its new path. Raises StoreError."""
        target = set_aside(path)
        set_aside(path.with_name(f"{path.name}-wal"))
        path.with_suffix(".broken").unlink(missing_ok=True)
        return target

    def close(self) -> None:
        """Close the file; whoever still uses it gets a StoreError."""
        with self._lock:
            self._is_closed = True
            self._connection.close()

    # -- inside -----------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        try:
            # One process holds an index. Shared memory would be a file that is mapped into memory:
            # where somebody cuts it off, the process dies.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            # Pages of 4 KB in the log until they are moved, for which readers wait on the disk.
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
        except BaseException:
            connection.close()
            raise
        return connection

    def _damaged(self, problem: object) -> StoreDamagedError:
        """Return an error, and have the file opened no more: most damage is met later."""
        with suppress(OSError):
            self._marker.touch()
        return StoreDamagedError(f"{self.path} cannot be read: {problem}")

    def _prepare(self, fingerprint: Fingerprint | None, dimension: Callable[[], int]) -> None:
        """Make the tables, and in a new file note whose chunks it will hold."""
        self._connection.executescript(_SCHEMA)
        if fingerprint is not None and _DIMENSION not in self._properties():
            properties = {**fingerprint.properties(), _DIMENSION: str(dimension())}
            rows = properties.items()
            self._connection.executemany("INSERT OR REPLACE INTO properties VALUES (?, ?)", rows)

    def _properties(self) -> Mapping[str, str]:
        return dict(self._rows("SELECT name, value FROM properties"))

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock, self._translated():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[Callable[[str, Iterable[Sequence[object]]], object]]:
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.executemany
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.Error as error:
            if self._is_closed:
                raise StoreError("The index was closed meanwhile. Try again.") from error
            code = getattr(error, "sqlite_errorcode", None)
            # An error without a code is that of text that is none.
            if code is None or code & 0xFF in _DAMAGE:
                raise self._damaged(error) from error
            raise StoreError(
                f"The index cannot be read or written ({error}): {self.path}. Look whether its "
                "disk is full, or make it writable."
            ) from error

    def _read(self, reader: Callable[[Any], _Value], row: Any) -> _Value:
        try:
            return reader(row)
        except (ValueError, TypeError) as error:
            raise self._damaged(f"a row holds {error}") from error


def text_file(folder: Path, fingerprint: Fingerprint) -> Path:
    """Return where the texts of a fingerprint are, in an index's folder."""
    return folder / f"texts_{fingerprint.suffix}.sqlite"


def lexical_terms(chunk: Chunk) -> str:
    """Return the index terms of a chunk, separated by spaces."""
    return lexical_text(f"{chunk.embedded_text}\n{' '.join(chunk.symbols)}")


def _values(chunk: Chunk) -> tuple[object, ...]:
    """Return a chunk's row, but for its terms."""
    return (
        chunk.id,
        _text(chunk.path),
        _text(chunk.title),
        chunk.domain,
        _dumped(chunk.heading_path),
        _dumped(chunk.symbols),
        _dumped([(link.text, link.context, link.target) for link in chunk.links]),
        _dumped(chunk.labels),
        _dumped(chunk.keywords),
        _text(chunk.text),
        chunk.content_hash,
        _dumped(chunk.joint),
        *span_of(chunk),
    )


def _chunk(row: Sequence[Any]) -> Chunk:
    return Chunk(
        id=row[0],
        path=row[1],
        title=row[2],
        domain=row[3],
        heading_path=_loaded(row[4]),
        symbols=_loaded(row[5]),
        links=_links(row[6]),
        labels=_loaded(row[7]),
        keywords=_loaded(row[8]),
        text=row[9],
        content_hash=row[10],
        joint=Joint(*_loaded(row[11])),
        start_line=row[12],
        end_line=row[13],
        position=row[14],
        terms=row[15],
    )


def _outlined(row: Sequence[Any]) -> tuple[str, str, OutlineEntry, tuple[str, ...], str]:
    chunk_id, path, heading_path, start, end, position, size, content_hash, symbols, domain = row
    entry = OutlineEntry(_loaded(heading_path), start, end, size, content_hash, position)
    return chunk_id, path, entry, _loaded(symbols), domain


def _connected(row: Sequence[Any]) -> tuple[str, ConnectedChunk]:
    chunk_id, path, heading_path, start, links, labels, keywords = row
    connected = ConnectedChunk(
        path, _loaded(heading_path), start, _links(links), _loaded(labels), _loaded(keywords)
    )
    return chunk_id, connected


def _links(text: str) -> tuple[Link, ...]:
    return tuple(Link(*parts) for parts in _loaded(text))


def _file_values(row: FileRow) -> tuple[object, ...]:
    return (
        _text(row.path),
        row.size,
        row.mtime_ns,
        row.digest,
        row.chunks,
        _text(row.error),
        row.contents,
        _text(row.facts),
        _dumped(row.dependencies),
        _text(row.remark),
    )


def file_row(row: Sequence[Any]) -> FileRow:
    """Return the manifest row in the columns of `FILE_COLUMNS`."""
    fields = dict(zip(FILE_COLUMNS.split(", "), row, strict=True))
    dependencies = tuple((path, stamp) for path, stamp in _loaded(fields["dependencies"]))
    return FileRow(**{**fields, "dependencies": dependencies})


def _dumped(values: Sequence[object]) -> str:
    return _text(json.dumps(values, ensure_ascii=False)) if values else ""


def _loaded(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text)) if text else ()


def _text(text: str) -> str:
    """Return text as UTF-8 can hold it: a lone surrogate of a file's name, or of a text, cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
