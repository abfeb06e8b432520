"""The vector store: the only module that knows pymilvus and Milvus Lite.

Two collections hold a workspace: `chunks` (dense HNSW and BM25) and `files`, the manifest. Their
names carry a fingerprint of schema, chunker and embedding model, so data of another shape is never
read by mistake. Writes come from one thread; reads may come from any.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.errors import StoreDamagedError, StoreError
from askdocs_indexer.lexical import lexical_text
from askdocs_indexer.lock import OwnerLock
from askdocs_indexer.types import Chunk, FileRow, Hit, OutlineRow

log = logging.getLogger(__name__)

SCHEMA_VERSION = "1"

# Milvus counts bytes, and an array of a server holds at most 4096 values.
_TEXT_BYTES = 65535
_NAME_BYTES = 1024
_ARRAY_CAPACITY = 256
# Milvus caps one answer at 16384 rows.
_PAGE = 10_000
# Unflushed rows are searched by brute force; from here on an index is worth its building.
_FLUSH_ROWS = 1000

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})

_CHUNK_FIELDS = [
    "id",
    "path",
    "title",
    "heading_path",
    "symbols",
    "content",
    "content_hash",
    "start_line",
    "end_line",
]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What must match for stored chunks to be usable."""

    chunker: str
    model: str

    @property
    def suffix(self) -> str:
        """A short name part for collections."""
        text = json.dumps([SCHEMA_VERSION, self.chunker, self.model])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


class Store:
    """One workspace's chunks and manifest.

    `uri` is a Milvus server's address, or the path of a Milvus Lite database, which ends in `.db`
    and is held by one process at a time. Raises DatabaseInUseError, StoreDamagedError, StoreError.
    """

    def __init__(
        self,
        uri: str,
        fingerprint: Fingerprint,
        dimension: Callable[[], int],
        token: str = "",
        namespace: str = "",
    ) -> None:
        self._uri = uri
        self._local = uri.endswith(".db")
        self._lock = OwnerLock(Path(uri).with_suffix(".lock")) if self._local else None
        self._namespace = namespace
        self._chunks = f"chunks{namespace}_{fingerprint.suffix}"
        self._files = f"files{namespace}_{fingerprint.suffix}"
        self._unflushed = 0
        self._empty = True
        self._write = threading.Lock()
        try:
            self._client = _connect(uri, token)
            self._prepare(fingerprint, dimension)
        except BaseException:
            self._release()
            raise

    # -- manifest ---------------------------------------------------------------------------

    def files(self) -> dict[str, FileRow]:
        """Return the manifest by path."""
        rows = self._all_rows(
            self._files, "path", ["size", "mtime_ns", "digest", "chunks", "error"]
        )
        return {row["path"]: FileRow(**row) for row in rows}

    def put_files(self, rows: Sequence[FileRow]) -> None:
        """Write manifest rows, replacing those of the same paths."""
        data = [
            {
                "path": row.path,
                "size": row.size,
                "mtime_ns": row.mtime_ns,
                "digest": row.digest,
                "chunks": row.chunks,
                "error": _clip(row.error, _NAME_BYTES),
                "unused": [0.0, 0.0],
            }
            for row in rows
        ]
        if data:
            with self._write:
                self._client.upsert(self._files, data)

    def remove_files(self, paths: Sequence[str]) -> None:
        """Delete manifest rows."""
        if paths:
            with self._write:
                self._client.delete(self._files, filter=f"path in {_quoted(list(paths))}")

    # -- chunks -----------------------------------------------------------------------------

    def spans_of(self, path: str) -> dict[str, tuple[int, int]]:
        """Return chunk id -> (start line, end line) of one file's chunks."""
        chosen = f"path == {_quoted(path)}"
        fields = ["start_line", "end_line"]
        rows = self._client.query(
            self._chunks, filter=chosen, output_fields=["id", *fields], limit=_PAGE
        )
        if len(rows) == _PAGE:  # There are more, which only the slower way gives.
            rows = list(self._all_rows(self._chunks, "id", fields, chosen))
        return {row["id"]: (int(row["start_line"]), int(row["end_line"])) for row in rows}

    def outlines(self, paths: Collection[str]) -> dict[str, list[OutlineRow]]:
        """Return each file's chunks in the order of their lines."""
        found: dict[str, list[OutlineRow]] = {path: [] for path in paths}
        if not found:
            return found
        rows = self._client.query(
            self._chunks,
            filter=f"path in {_quoted(sorted(found))}",
            output_fields=["id", "path", "heading_path", "start_line", "content"],
            limit=_PAGE,
        )
        for row in sorted(rows, key=lambda row: int(row["start_line"])):
            place = OutlineRow(row["id"], tuple(row["heading_path"]), len(row["content"]))
            found[row["path"]].append(place)
        return found

    def put(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Write chunks with their vectors, shape (len(chunks), dimension)."""
        data = [
            {
                "id": chunk.id,
                "path": chunk.path,
                "title": _clip(chunk.title, _NAME_BYTES),
                "heading_path": [_clip(part, _NAME_BYTES) for part in chunk.heading_path][:64],
                "symbols": [_clip(name, _NAME_BYTES) for name in chunk.symbols][:_ARRAY_CAPACITY],
                "content": _clip(chunk.text, _TEXT_BYTES),
                "content_hash": chunk.content_hash,
                "start_line": chunk.start_line,
                "end_line": chunk.end_line,
                "lexical": _clip(_lexical(chunk), _TEXT_BYTES),
                "dense": vector,
            }
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        with self._write:
            for start in range(0, len(data), 500):
                self._client.upsert(self._chunks, data[start : start + 500])
            self._unflushed += len(data)
            self._empty = self._empty and not data

    def move(self, chunks: Sequence[Chunk]) -> None:
        """Update the line spans of stored chunks, leaving everything else as it is."""
        data = [
            {"id": chunk.id, "start_line": chunk.start_line, "end_line": chunk.end_line}
            for chunk in chunks
        ]
        if data:
            with self._write:
                self._client.upsert(self._chunks, data, partial_update=True)
                self._unflushed += len(data)

    def remove(self, ids: Sequence[str]) -> None:
        """Delete chunks by id."""
        with self._write:
            for start in range(0, len(ids), 1000):
                self._client.delete(self._chunks, ids=list(ids[start : start + 1000]))

    def get(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks with these ids that exist, in the order of `ids`."""
        rows = self._client.get(self._chunks, ids=list(ids), output_fields=_CHUNK_FIELDS)
        by_id = {row["id"]: _chunk(row) for row in rows}
        return [by_id[one] for one in ids if one in by_id]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors, shape (dimension,), of those chunks that exist, by id."""
        if not ids:
            return {}
        rows = self._client.get(self._chunks, ids=list(ids), output_fields=["id", "dense"])
        return {row["id"]: np.asarray(row["dense"], dtype=np.float32) for row in rows}

    def symbol_rows(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (chunk id, documented symbols) of every chunk."""
        for row in self._all_rows(self._chunks, "id", ["symbols"]):
            yield row["id"], tuple(row["symbols"])

    def count(self) -> int:
        """Return the number of chunks."""
        rows = self._client.query(self._chunks, filter="", output_fields=["count(*)"])
        return int(rows[0]["count(*)"])

    # -- search -----------------------------------------------------------------------------

    def search_dense(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """Return the nearest chunks; scores are cosine similarities."""
        if self._empty:
            return []
        found = self._client.search(
            self._chunks,
            [vector],
            anns_field="dense",
            limit=limit,
            output_fields=_CHUNK_FIELDS,
            search_params={"metric_type": "COSINE", "params": {"ef": max(64, limit)}},
        )
        return _hits(found[0])

    def search_lexical(self, query: str, limit: int) -> list[Hit]:
        """Return the best chunks by BM25; scores are BM25's own."""
        words = lexical_text(query)
        if self._empty or not words:  # BM25 over no rows has crashed Milvus Lite.
            return []
        found = self._client.search(
            self._chunks,
            [words],
            anns_field="sparse",
            limit=limit,
            output_fields=_CHUNK_FIELDS,
            search_params={"metric_type": "BM25"},
        )
        # Milvus Lite gives BM25 as a negative distance, a Milvus server as a positive score.
        return [Hit(hit.chunk, abs(hit.score)) for hit in _hits(found[0])]

    def settle(self) -> None:
        """Call after a run of writes: build indexes where many rows are new, and warm a search."""
        if self._unflushed >= _FLUSH_ROWS:
            with self._write:
                self._client.flush(self._chunks)
                self._client.flush(self._files)
                self._unflushed = 0
        self._empty = self.count() == 0
        # The first search after a write is slow; better now than under somebody's cursor.
        self.search_lexical("warm", 1)

    def drop_outdated(self) -> None:
        """Drop what another version or model has stored; call when this one is complete."""
        ours = (f"chunks{self._namespace}_", f"files{self._namespace}_")
        for name in self._client.list_collections():
            if name.startswith(ours) and name not in (self._chunks, self._files):
                log.info("dropping %s: made by another version or model", name)
                self._client.drop_collection(name)

    def close(self) -> None:
        """Let go of the database so that another process can open it."""
        self._client.close()
        self._release()

    # -- inside -----------------------------------------------------------------------------

    def _prepare(self, fingerprint: Fingerprint, dimension: Callable[[], int]) -> None:
        try:
            present = self._client.list_collections()
            if self._chunks not in present:
                self._create_chunks(fingerprint, dimension())
            if self._files not in present:
                self._create_files()
            self._client.load_collection(self._chunks)
            self._client.load_collection(self._files)
            self._empty = self.count() == 0
        except StoreError as error:
            raise StoreDamagedError(f"the database does not load: {error}") from error

    def _create_chunks(self, fingerprint: Fingerprint, dimension: int) -> None:
        from pymilvus import DataType, Function, FunctionType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        text, integer = DataType.VARCHAR, DataType.INT64
        schema.add_field("id", text, max_length=64, is_primary=True)
        schema.add_field("path", text, max_length=4096)
        schema.add_field("title", text, max_length=_NAME_BYTES)
        schema.add_field("content", text, max_length=_TEXT_BYTES)
        schema.add_field("content_hash", text, max_length=64)
        for name in ("heading_path", "symbols"):
            schema.add_field(
                name,
                DataType.ARRAY,
                element_type=text,
                max_capacity=_ARRAY_CAPACITY,
                max_length=_NAME_BYTES,
            )
        schema.add_field("start_line", integer)
        schema.add_field("end_line", integer)
        schema.add_field("lexical", text, max_length=_TEXT_BYTES, enable_analyzer=True)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimension)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=["lexical"],
                output_field_names=["sparse"],
            )
        )
        indexes = self._client.prepare_index_params()
        indexes.add_index(
            "dense",
            index_type="HNSW",
            metric_type="COSINE",
            params={"M": 16, "efConstruction": 128},
        )
        indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        indexes.add_index("path", index_type="INVERTED")
        self._client.create_collection(
            self._chunks,
            schema=schema,
            index_params=indexes,
            properties={
                "askdocs.schema": SCHEMA_VERSION,
                "askdocs.chunker": fingerprint.chunker,
                "askdocs.model": fingerprint.model,
                "askdocs.dimension": str(dimension),
            },
        )

    def _create_files(self) -> None:
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("path", DataType.VARCHAR, max_length=4096, is_primary=True)
        schema.add_field("size", DataType.INT64)
        schema.add_field("mtime_ns", DataType.INT64)
        schema.add_field("digest", DataType.VARCHAR, max_length=64)
        schema.add_field("chunks", DataType.INT64)
        schema.add_field("error", DataType.VARCHAR, max_length=_NAME_BYTES)
        # Milvus admits no collection without a vector field.
        schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)
        indexes = self._client.prepare_index_params()
        indexes.add_index("unused", index_type="FLAT", metric_type="L2")
        self._client.create_collection(self._files, schema=schema, index_params=indexes)

    def _all_rows(
        self, collection: str, key: str, fields: list[str], chosen: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Yield all rows, or those that a filter chooses, in key order."""
        pages = self._client.query_iterator(
            collection, batch_size=_PAGE, filter=chosen, output_fields=[key, *fields]
        )
        try:
            while rows := pages.next():
                yield from ({name: row[name] for name in (key, *fields)} for row in rows)
        finally:
            pages.close()

    def _release(self) -> None:
        if self._local:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self._uri)
        if self._lock is not None:
            self._lock.release()


def set_aside(database: Path) -> Path:
    """Move a damaged Milvus Lite database out of the way and return its new place."""
    target = database.with_name(f"{database.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    database.rename(target)
    return target


def _connect(uri: str, token: str) -> Any:
    # Milvus Lite listens on loopback, where no proxy must come between. gRPC's own chatter says
    # nothing that an exception does not say.
    os.environ.setdefault("no_grpc_proxy", "127.0.0.1,localhost")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from pymilvus import MilvusClient

    # pymilvus prints a traceback of its own for each error that it raises as well, and grpc one for
    # each call that Milvus Lite does not know and pymilvus does without.
    for noisy in ("pymilvus", "grpc._server"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    local = uri.endswith(".db")
    if local and Path(uri).exists() and not os.access(uri, os.R_OK | os.W_OK):
        raise StoreError(f"{uri} cannot be read and written. Correct its permissions.")
    try:
        return _Client(MilvusClient(uri, token=token))
    except Exception as error:
        if local:
            raise StoreDamagedError(f"the database does not open: {error}") from error
        raise StoreError(
            f"The Milvus server at {uri} does not answer ({error}). Check index.uri and the "
            "token, or unset index.uri to use a local database."
        ) from error


class _Client:
    """pymilvus's client, whose errors become ours."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        from pymilvus.exceptions import MilvusException

        method = getattr(self._client, name)

        def translated(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except MilvusException as error:
                raise StoreError(f"The index cannot be used ({error.message}).") from error

        return translated


def _quoted(value: str | list[str]) -> str:
    """Write a value for a filter; Milvus Lite knows these escapes and no others."""
    if isinstance(value, list):
        return f"[{', '.join(_quoted(one) for one in value)}]"
    return f'"{value.translate(_ESCAPES)}"'


def _lexical(chunk: Chunk) -> str:
    return lexical_text(f"{chunk.embedded_text}\n{' '.join(chunk.symbols)}")


def _chunk(row: dict[str, Any]) -> Chunk:
    return Chunk(
        id=row["id"],
        path=row["path"],
        title=row["title"],
        heading_path=tuple(row["heading_path"]),
        symbols=tuple(row["symbols"]),
        text=row["content"],
        content_hash=row["content_hash"],
        start_line=int(row["start_line"]),
        end_line=int(row["end_line"]),
    )


def _hits(found: Iterable[dict[str, Any]]) -> list[Hit]:
    return [Hit(_chunk(one["entity"]), float(one["distance"])) for one in found]


def _clip(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` bytes of UTF-8 without splitting a character."""
    data = text.encode("utf-8", errors="replace")
    return data.decode("utf-8") if len(data) <= limit else data[:limit].decode("utf-8", "ignore")
