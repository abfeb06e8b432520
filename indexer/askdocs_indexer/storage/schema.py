"""The collections' fields, and the fingerprint that says whose rows they can hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = "7"

# Milvus counts bytes, and an array of a server holds at most 4096 values.
TEXT_BYTES = 65535
NAME_BYTES = 1024
ARRAY_CAPACITY = 256

_SCHEMA, _CHUNKER, _MODEL = "askdocs.schema", "askdocs.chunker", "askdocs.model"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What must match for stored chunks to be usable as they are."""

    chunker: str
    model: str
    schema: str = SCHEMA_VERSION

    @property
    def suffix(self) -> str:
        """A short name part for collections."""
        text = json.dumps([self.schema, self.chunker, self.model])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def properties(self, dimension: int) -> dict[str, str]:
        """Return it as a collection's properties; `dimension` is that of the vectors."""
        return {
            _SCHEMA: self.schema,
            _CHUNKER: self.chunker,
            _MODEL: self.model,
            "askdocs.dimension": str(dimension),
        }

    @classmethod
    def recorded(cls, properties: Mapping[str, Any]) -> Fingerprint:
        """Read what `properties` has written."""
        schema, chunker, model = (
            str(properties.get(name, "")) for name in (_SCHEMA, _CHUNKER, _MODEL)
        )
        return cls(chunker, model, schema)

    def difference(self, other: Fingerprint) -> str:
        """Say in words what has changed from `other` to this."""
        if self.model != other.model:
            return f"the embedding model is now {self.model}, before it was {other.model}"
        return "documents are now cut in another way" if self != other else ""


def create_chunks(client: Any, name: str, fingerprint: Fingerprint, dimension: int) -> None:
    """Create the collection of chunks with vectors of shape (dimension,)."""
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    text, integer = DataType.VARCHAR, DataType.INT64
    schema.add_field("id", text, max_length=64, is_primary=True)
    schema.add_field("path", text, max_length=4096)
    schema.add_field("title", text, max_length=NAME_BYTES)
    schema.add_field("domain", text, max_length=64)
    schema.add_field("content", text, max_length=TEXT_BYTES)
    schema.add_field("content_hash", text, max_length=64)
    for array in ("heading_path", "symbols", "labels", "keywords"):
        schema.add_field(
            array,
            DataType.ARRAY,
            element_type=text,
            max_capacity=ARRAY_CAPACITY,
            max_length=NAME_BYTES,
        )
    schema.add_field("links", text, max_length=TEXT_BYTES)
    schema.add_field("gap", text, max_length=NAME_BYTES)
    schema.add_field("is_in_code", DataType.BOOL)
    schema.add_field("repeated_lines", integer)
    schema.add_field("start_line", integer)
    schema.add_field("end_line", integer)
    schema.add_field("position", integer)
    schema.add_field("lexical", text, max_length=TEXT_BYTES, enable_analyzer=True)
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
    client.create_collection(
        name,
        schema=schema,
        properties=fingerprint.properties(dimension),
        # Searches must see what this process wrote, and need not wait for what others write.
        consistency_level="Session",
    )


def create_chunk_indexes(client: Any, name: str) -> None:
    """Create the indexes of a collection of chunks that are not there yet."""
    indexes = client.prepare_index_params()
    indexes.add_index(
        "dense",
        "HNSW",
        "dense",
        metric_type="COSINE",
        params={"M": 16, "efConstruction": 128},
    )
    indexes.add_index("sparse", "SPARSE_INVERTED_INDEX", "sparse", metric_type="BM25")
    _create_missing(client, name, indexes)


def create_files(client: Any, name: str) -> None:
    """Create the collection of manifest rows."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("path", DataType.VARCHAR, max_length=4096, is_primary=True)
    schema.add_field("size", DataType.INT64)
    schema.add_field("mtime_ns", DataType.INT64)
    schema.add_field("digest", DataType.VARCHAR, max_length=64)
    schema.add_field("chunks", DataType.INT64)
    schema.add_field("error", DataType.VARCHAR, max_length=NAME_BYTES)
    schema.add_field("remark", DataType.VARCHAR, max_length=NAME_BYTES)
    schema.add_field("contents", DataType.VARCHAR, max_length=64)
    # In pieces, because a string has an upper size.
    for long_text in ("facts", "dependencies"):
        schema.add_field(
            long_text,
            DataType.ARRAY,
            element_type=DataType.VARCHAR,
            max_capacity=ARRAY_CAPACITY,
            max_length=TEXT_BYTES,
        )
    # Milvus does not allow a collection without a vector field.
    schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)
    client.create_collection(name, schema=schema, consistency_level="Strong")


def create_file_indexes(client: Any, name: str) -> None:
    """Create the indexes of a collection of manifest rows that are not there yet."""
    indexes = client.prepare_index_params()
    indexes.add_index("unused", "FLAT", "unused", metric_type="L2")
    _create_missing(client, name, indexes)


def _create_missing(client: Any, name: str, indexes: Any) -> None:
    """Create indexes; a collection without rows needs no wait for them."""
    present = {*client.list_indexes(name)}
    for index in indexes:
        if index.index_name not in present:
            params = client.prepare_index_params()
            params.append(index)
            client.create_index(name, params, sync=False)
