"""A pair of collections: `chunks` (dense HNSW and BM25) and `files`, the manifest.

Writes come from one thread; reads may come from any.
"""

from __future__ import annotations

import json
import logging
import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.storage.analyzer import analyzed, terms_in
from askdocs_indexer.storage.bm25 import TermStatistics
from askdocs_indexer.storage.connection_table import ConnectedChunk, ConnectionTable
from askdocs_indexer.storage.outline_table import OutlineEntry, OutlineTable
from askdocs_indexer.storage.schema import ARRAY_CAPACITY, NAME_BYTES, TEXT_BYTES, Fingerprint
from askdocs_indexer.storage.symbol_table import SymbolTable
from askdocs_indexer.types import APART, Chunk, FileRow, Hit, Joint, Link, span_of
from askdocs_indexer.words.terms import Alternatives, lexical_text, query_language, query_terms

log = logging.getLogger(__name__)

# Milvus caps an answer at 16384 rows.
_PAGE = 10_000
_BATCH = 500
# Unflushed rows are searched by brute force; from here on an index is worth building.
_FLUSH_ROWS = 1000
# How many candidates HNSW keeps: enough that its best are the true best but for one in thousands.
_EF = 256
# How many more hits are asked for at first, to see whether others tie with the last one wanted.
_SPARE = 20
# Scores this close are equal.
_TIE = 1e-6

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})

_FILE_FIELDS = [
    "size",
    "mtime_ns",
    "digest",
    "chunks",
    "error",
    "contents",
    "facts",
    "dependencies",
    "remark",
]
_CHUNK_FIELDS = [
    "id",
    "path",
    "title",
    "domain",
    "heading_path",
    "symbols",
    "links",
    "labels",
    "keywords",
    "content",
    "content_hash",
    "gap",
    "is_in_code",
    "repeated_lines",
    "start_line",
    "end_line",
    "position",
    "lexical",
]


class Store:
    """One workspace's chunks and manifest, as made for one fingerprint.

    `outline`, `symbols`, `connections` and `terms` are read from the rows at opening and follow
    every write. All methods raise StoreError.
    """

    def __init__(
        self, client: Any, name: str, chunks: str, files: str, fingerprint: Fingerprint
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.outline = OutlineTable()
        self.symbols = SymbolTable()
        self.connections = ConnectionTable(self.symbols)
        self.terms = TermStatistics()
        self._client = client
        self._chunks = chunks
        self._files = files
        self._unflushed = 0
        self._write = threading.Lock()
        self._client.load_collection(self._chunks)
        self._client.load_collection(self._files)
        self._chunk_fields = self._present(self._chunks, _CHUNK_FIELDS)
        self._read()
        self._probe()

    # -- manifest ---------------------------------------------------------------------------

    def files(self) -> dict[str, FileRow]:
        """Return the manifest by path."""
        rows = self._all_rows(self._files, "path", self._present(self._files, _FILE_FIELDS))
        return {row["path"]: _file_row(row) for row in rows}

    def put_files(self, rows: Sequence[FileRow]) -> None:
        """Write manifest rows, replacing those of the same paths."""
        data = [
            {
                "path": row.path,
                "size": row.size,
                "mtime_ns": row.mtime_ns,
                "digest": row.digest,
                "chunks": row.chunks,
                "error": _clip(row.error, NAME_BYTES),
                "remark": _clip(row.remark, NAME_BYTES),
                "contents": row.contents,
                "facts": _pieces(row.facts),
                "dependencies": _pieces(json.dumps(row.dependencies)),
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
                # pymilvus would write ids into a filter as they are, quotes and all.
                self._client.delete(self._files, filter=f"path in {_quoted(list(paths))}")

    # -- chunks -----------------------------------------------------------------------------

    def put(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Write chunks with their vectors, shape (len(chunks), dimension)."""
        rows = [_row(chunk, vector) for chunk, vector in zip(chunks, vectors, strict=True)]
        with self._write:
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                self._client.upsert(self._chunks, batch)
                self._note(batch)
                self._unflushed += len(batch)

    def move(self, chunks: Sequence[Chunk]) -> None:
        """Update the spans of stored chunks, leaving everything else as it is."""
        data = [
            {
                "id": chunk.id,
                "start_line": chunk.start_line,
                "end_line": chunk.end_line,
                "position": chunk.position,
            }
            for chunk in chunks
        ]
        if data:
            with self._write:
                self._client.upsert(self._chunks, data, partial_update=True)
                for chunk in chunks:
                    self.outline.move(chunk.id, span_of(chunk))
                    self.connections.move(chunk.id, chunk.start_line)
                self._unflushed += len(data)

    def remove(self, ids: Sequence[str]) -> None:
        """Delete chunks by id."""
        with self._write:
            for start in range(0, len(ids), _BATCH):
                batch = list(ids[start : start + _BATCH])
                rows = self._client.get(self._chunks, ids=batch, output_fields=["lexical"])
                self._client.delete(self._chunks, ids=batch)
                for row in rows:
                    self.terms.remove(terms_in(row["lexical"]))
                for chunk_id in batch:
                    self.outline.remove(chunk_id)
                    self.connections.remove(chunk_id)
                    self.symbols.remove(chunk_id)

    def get(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks with these ids that exist, in the order of `ids`."""
        rows = self._client.get(self._chunks, ids=list(ids), output_fields=self._chunk_fields)
        by_id = {row["id"]: _chunk(row) for row in rows}
        return [by_id[chunk_id] for chunk_id in ids if chunk_id in by_id]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors, shape (dimension,), of those chunks that exist, by id."""
        if not ids:
            return {}
        rows = self._client.get(self._chunks, ids=list(ids), output_fields=["id", "dense"])
        return {row["id"]: np.asarray(row["dense"], dtype=np.float32) for row in rows}

    # -- search -----------------------------------------------------------------------------

    def all_vectors(self) -> Iterator[dict[str, NDArray[np.float32]]]:
        """Yield the vectors of all chunks by the hashes of their contents, page by page."""
        rows = self._all_rows(self._chunks, "id", ["content_hash", "dense"], _BATCH)
        while page := [*islice(rows, _BATCH)]:
            yield {row["content_hash"]: np.asarray(row["dense"], np.float32) for row in page}

    def search_dense(self, vector: NDArray[np.float32], limit: int) -> list[Hit]:
        """Return the nearest chunks, and all that are as near as the last of them.

        Scores are cosine similarities.
        """
        if not self.terms.documents:
            return []
        return self._nearest(vector, "dense", "COSINE", limit)

    def search_lexical(self, query: str, limit: int) -> list[Hit]:
        """Return the best chunks by BM25, with those that are as good as the last of them.

        Scores are those of Milvus. Milvus Lite weighs words by how rare they are in each of its
        segments, so a score depends on when a passage was saved; `word_scores` does not.
        """
        words = analyzed(" ".join(chain.from_iterable(self._asked(query))))
        if not self.terms.documents or not words:  # BM25 over no rows has crashed Milvus Lite.
            return []
        return self._nearest(words, "sparse", "BM25", limit)

    def word_scores(self, query: str, chunks: Sequence[Chunk]) -> NDArray[np.float64]:
        """Return what each distinct word of a query adds to the BM25 score of each of these stored
        chunks, shape (chunks, words)."""
        asked = self._asked(query)
        rows = [
            self.terms.scores(asked, chunk.terms, self._connected_terms(chunk)) for chunk in chunks
        ]
        return np.array(rows, dtype=np.float64).reshape(len(chunks), len(asked))

    def rarities(self, query: str) -> NDArray[np.float64]:
        """Return how rare each distinct word of a query is in the chunks, shape (words,)."""
        return np.array(self.terms.rarities(self._asked(query)), dtype=np.float64)

    def unknown(self, query: str) -> float:
        """Return how much of a query's words no chunk holds, 0 to 1."""
        return self.terms.unknown(self._asked(query))

    def coverage(self, query: str, chunks: Iterable[Chunk]) -> float:
        """Return how much of a query's words these stored chunks hold together, 0 to 1."""
        return self.terms.coverage(self._asked(query), " ".join(chunk.terms for chunk in chunks))

    def language(self, query: str) -> str:
        """Return the language of a query's words in Latin letters, as far as the chunks have it."""
        return query_language(query, self.terms.languages, self.terms.main_language)

    def settle(self) -> None:
        """Call after a run of writes: build indexes where many rows are new, and warm a search."""
        if self._unflushed >= _FLUSH_ROWS:
            with self._write:
                self._client.flush(self._chunks)
                self._client.flush(self._files)
                self._unflushed = 0
        # The first search after a write is slow; better now than under somebody's cursor.
        self.search_lexical("warm", 1)

    # -- inside -----------------------------------------------------------------------------

    def _connected_terms(self, chunk: Chunk) -> str:
        """Return the terms that links and its authors' index give a chunk's section."""
        return _terms_of(self.connections.words_of(*chunk.section))

    def _asked(self, query: str) -> list[Alternatives]:
        return list(dict.fromkeys(query_terms(query, self.terms.languages)))

    def _nearest(self, query: Any, field: str, metric: str, limit: int) -> list[Hit]:
        """Search a field for its best `limit`; of equal hits, either all or none are returned.

        Which of many equal hits a database returns depends on where it happens to store them.
        """
        depth = limit + _SPARE
        while True:
            pages = self._client.search(
                self._chunks,
                [query],
                anns_field=field,
                limit=depth,
                output_fields=self._chunk_fields,
                search_params={"metric_type": metric, "params": {"ef": max(_EF, depth)}},
            )
            hits = [Hit(_chunk(row["entity"]), _score(row["distance"], metric)) for row in pages[0]]
            least = hits[limit - 1].score - _TIE if len(hits) >= limit else -math.inf
            if len(hits) < depth or hits[-1].score < least or depth >= _PAGE:
                return [hit for hit in hits if hit.score >= least]
            depth = min(4 * depth, _PAGE)

    def _read(self) -> None:
        """Read all rows into the tables."""
        fields = ["path", "heading_path", "start_line", "end_line", "position", "content"]
        fields += ["content_hash", "symbols", "domain", "links", "labels", "keywords", "lexical"]
        self._note(self._all_rows(self._chunks, "id", self._present(self._chunks, fields)))

    def _note(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows to the tables."""
        for row in rows:
            path, lines = row["path"], (int(row["start_line"]), int(row["end_line"]))
            size, content_hash = len(row["content"]), row.get("content_hash", "")
            entry = OutlineEntry(
                tuple(row["heading_path"]), *lines, size, content_hash, int(row.get("position", 0))
            )
            self.outline.add(path, row["id"], entry)
            self.symbols.add(row["id"], tuple(row["symbols"]), path, row.get("domain", ""))
            self.connections.add(row["id"], _connected(row, entry))
            self.terms.add(terms_in(row["lexical"]))

    def _present(self, collection: str, fields: Sequence[str]) -> list[str]:
        """Return those of the fields that a collection has: one of an older schema lacks some."""
        known = {row["name"] for row in self._client.describe_collection(collection)["fields"]}
        return [name for name in fields if name in known]

    def _probe(self) -> None:
        """Search once each way: an index that cannot be searched fails at opening, not later."""
        fields = self._client.describe_collection(self._chunks)["fields"]
        dense = next(field for field in fields if field["name"] == "dense")
        self.dimension = int(dense["params"]["dim"])
        self.search_dense(np.ones(self.dimension, dtype=np.float32), 1)
        self.search_lexical("warm", 1)

    def _all_rows(
        self, collection: str, key: str, fields: list[str], page: int = _PAGE
    ) -> Iterator[dict[str, Any]]:
        """Yield all rows in key order. A page of them is in memory at a time."""
        pages = self._client.query_iterator(
            collection, batch_size=page, output_fields=[key, *fields]
        )
        try:
            while rows := pages.next():
                yield from ({name: row[name] for name in (key, *fields)} for row in rows)
        finally:
            pages.close()


def _quoted(value: str | list[str]) -> str:
    """Write a value for a filter; Milvus Lite knows these escapes and no others."""
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    return f'"{value.translate(_ESCAPES)}"'


def _row(chunk: Chunk, vector: NDArray[np.float32]) -> dict[str, Any]:
    return {
        "id": chunk.id,
        "path": chunk.path,
        "title": _clip(chunk.title, NAME_BYTES),
        "domain": chunk.domain,
        "heading_path": [_clip(part, NAME_BYTES) for part in chunk.heading_path][:64],
        "symbols": [_clip(name, NAME_BYTES) for name in chunk.symbols][:ARRAY_CAPACITY],
        "links": _dumped(chunk.links),
        "labels": [_clip(name, NAME_BYTES) for name in chunk.labels][:ARRAY_CAPACITY],
        "keywords": [_clip(words, NAME_BYTES) for words in chunk.keywords][:ARRAY_CAPACITY],
        "content": _clip(chunk.text, TEXT_BYTES),
        "content_hash": chunk.content_hash,
        "gap": _clip(chunk.joint.gap, NAME_BYTES),
        "is_in_code": chunk.joint.is_in_code,
        "repeated_lines": chunk.joint.repeated_lines,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "position": chunk.position,
        "lexical": _clip(analyzed(_lexical(chunk)), TEXT_BYTES),
        "dense": vector,
    }


def _file_row(row: dict[str, Any]) -> FileRow:
    facts, dependencies = ("".join(row.get(name) or ()) for name in ("facts", "dependencies"))
    listed = json.loads(dependencies or "[]")
    return FileRow(
        **{**row, "facts": facts, "dependencies": tuple((path, stamp) for path, stamp in listed)}
    )


def _lexical(chunk: Chunk) -> str:
    return lexical_text(f"{chunk.embedded_text}\n{' '.join(chunk.symbols)}")


@lru_cache(maxsize=8192)
def _terms_of(texts: tuple[str, ...]) -> str:
    return lexical_text("\n".join(texts))


def _connected(row: dict[str, Any], entry: OutlineEntry) -> ConnectedChunk:
    return ConnectedChunk(
        path=row["path"],
        heading_path=entry.heading_path,
        start_line=entry.start_line,
        links=_links(row),
        labels=tuple(row.get("labels") or ()),
        keywords=tuple(row.get("keywords") or ()),
    )


def _links(row: dict[str, Any]) -> tuple[Link, ...]:
    written = row.get("links") or ""
    return tuple(Link(*parts) for parts in json.loads(written)) if written else ()


def _dumped(links: Sequence[Link]) -> str:
    """Write links for a field; those that do not fit are left out."""
    written = [
        _clip(json.dumps([link.text, link.context, link.target], ensure_ascii=False), TEXT_BYTES)
        for link in links
    ]
    sizes = accumulate(len(text.encode()) + 1 for text in written)
    fitting = sum(size < TEXT_BYTES - 1 for size in sizes)
    return f"[{','.join(written[:fitting])}]" if fitting else ""


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
        domain=row.get("domain", ""),
        links=_links(row),
        labels=tuple(row.get("labels") or ()),
        keywords=tuple(row.get("keywords") or ()),
        joint=_joint(row) if "gap" in row else APART,
        position=int(row.get("position", 0)),
        terms=terms_in(row["lexical"]),
    )


def _joint(row: dict[str, Any]) -> Joint:
    return Joint(row["gap"], bool(row["is_in_code"]), int(row["repeated_lines"]))


def _score(distance: float, metric: str) -> float:
    """Milvus Lite gives BM25 as a negative distance, a Milvus server as a positive score."""
    return abs(float(distance)) if metric == "BM25" else float(distance)


def _pieces(text: str) -> list[str]:
    """Cut a text into strings that each fit a field."""
    size = TEXT_BYTES // 4  # No character takes more bytes than that.
    return [text[start : start + size] for start in range(0, len(text), size)]


def _clip(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` bytes of UTF-8 without splitting a character."""
    data = text.encode("utf-8", errors="replace")
    return data.decode("utf-8") if len(data) <= limit else data[:limit].decode("utf-8", "ignore")
