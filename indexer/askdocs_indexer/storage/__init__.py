"""Chunks and manifest in SQLite, vectors in Milvus: the only package that knows pymilvus."""

from __future__ import annotations

from askdocs_indexer.storage.damage import ensure_writable
from askdocs_indexer.storage.database import Database
from askdocs_indexer.storage.fingerprint import Fingerprint
from askdocs_indexer.storage.snapshot import Snapshot, snapshot
from askdocs_indexer.storage.store import Store, nothing_known
from askdocs_indexer.storage.waiting import Waiting

__all__ = [
    "Database",
    "Fingerprint",
    "Snapshot",
    "Store",
    "Waiting",
    "ensure_writable",
    "nothing_known",
    "snapshot",
]
