"""The vectors of chunks in a collection of Milvus, searched by HNSW."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.slices import SLICE, slices_of
from askdocs_indexer.storage.local import release_memory

Vector = NDArray[np.float32]

# Milvus caps an answer at 16384 rows.
_PAGE = 10_000
# Unflushed rows are searched by brute force, and take ten times the memory of their vectors.
_FLUSH_ROWS = 200
# How many candidates HNSW keeps: enough that its best are the true best but for one in thousands.
_EF = 256
# How many more hits are asked for at first, to see whether others tie with the last one wanted.
_SPARE = 20
# Scores this close are equal.
_TIE = 1e-6

_NAME = "askdocs.name"


class VectorIndex:
    """A collection of rows (id, vector). Written by one thread at a time; read by any.

    Milvus Lite's searches walk over all rows of a segment in Python and build each row that they
    return from all of its columns, so nothing but the vectors is here. All methods raise
    StoreError.
    """

    def __init__(self, client: Any, collection: str, dimension: int) -> None:
        self._client = client
        self._collection = collection
        self._unflushed = 0
        if collection not in client.list_collections():
            _create(client, collection, dimension)
        _create_index(client, collection)
        client.load_collection(collection)
        properties = client.describe_collection(collection).get("properties", {})
        self.name = str(properties.get(_NAME, ""))
        # What cannot be searched fails at opening, not later.
        self._search(np.ones(dimension, dtype=np.float32), 1)
        release_memory()

    def count(self) -> int:
        """Return how many vectors there are."""
        rows = self._client.query(self._collection, filter="", output_fields=["count(*)"])
        return int(rows[0]["count(*)"])

    def put(self, vectors: Mapping[str, Vector]) -> None:
        """Store vectors, shape (dimension,), by id, replacing those of the same ids."""
        rows = [{"id": each, "dense": vector} for each, vector in vectors.items()]
        for batch in slices_of(rows):
            self._client.upsert(self._collection, batch)
            self._unflushed += len(batch)

    def remove(self, ids: Sequence[str]) -> None:
        """Delete vectors by id, as far as they exist."""
        for batch in slices_of(ids):
            self._client.delete(self._collection, ids=batch)

    def get(self, ids: Sequence[str]) -> dict[str, Vector]:
        """Return those vectors, shape (dimension,), that exist, by id."""
        rows = (
            row
            for batch in slices_of(ids)
            for row in self._client.get(self._collection, ids=batch, output_fields=["id", "dense"])
        )
        return {row["id"]: np.asarray(row["dense"], dtype=np.float32) for row in rows}

    def has(self, ids: Sequence[str]) -> bool:
        """Return whether all of these vectors exist."""
        rows = (
            self._client.get(self._collection, ids=list(ids), output_fields=["id"]) if ids else []
        )
        return {row["id"] for row in rows} == {*ids}

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        return {row["id"] for page in self._pages(["id"], _PAGE) for row in page}

    def pages(self) -> Iterator[dict[str, Vector]]:
        """Yield all vectors by id, page by page."""
        for page in self._pages(["id", "dense"], SLICE):
            yield {row["id"]: np.asarray(row["dense"], dtype=np.float32) for row in page}

    def nearest(self, vector: Vector, limit: int) -> list[tuple[str, float]]:
        """Return the ids of the nearest vectors with their cosines, best first, and all that are as
        near as the last of them: of equal ones, either all or none are returned.

        Which of many equal rows a database returns depends on where it happens to store them.
        """
        depth = limit + _SPARE
        while True:
            hits = self._search(vector, depth)
            least = hits[limit - 1][1] - _TIE if len(hits) >= limit else -math.inf
            if len(hits) < depth or hits[-1][1] < least or depth >= _PAGE:
                return [hit for hit in hits if hit[1] >= least]
            depth = min(4 * depth, _PAGE)

    def settle(self) -> None:
        """Call after a run of writes: build the index where many rows are new."""
        if self._unflushed >= _FLUSH_ROWS:
            self._client.flush(self._collection)
            self._unflushed = 0
            release_memory()

    def _search(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        pages = self._client.search(
            self._collection,
            [vector],
            anns_field="dense",
            limit=limit,
            search_params={"metric_type": "COSINE", "params": {"ef": max(_EF, limit)}},
        )
        return [(row["id"], float(row["distance"])) for row in pages[0]]

    def _pages(self, fields: list[str], size: int) -> Iterator[list[dict[str, Any]]]:
        pages = self._client.query_iterator(self._collection, batch_size=size, output_fields=fields)
        try:
            while rows := pages.next():
                yield rows
        finally:
            pages.close()


def _create(client: Any, collection: str, dimension: int) -> None:
    """Create a collection with a name of its own, which tells it from one that was there before."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, max_length=64, is_primary=True)
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimension)
    client.create_collection(
        collection,
        schema=schema,
        properties={_NAME: secrets.token_hex(8)},
        # Searches must see what this process wrote, and need not wait for what others write.
        consistency_level="Session",
    )


def _create_index(client: Any, collection: str) -> None:
    """Create the index of a collection if it is not there yet; without rows it needs no wait."""
    if "dense" in client.list_indexes(collection):
        return
    indexes = client.prepare_index_params()
    indexes.add_index(
        "dense",
        "HNSW",
        "dense",
        metric_type="COSINE",
        params={"M": 16, "efConstruction": 128},
    )
    client.create_index(collection, indexes, sync=False)
