"""Chunks and manifest in Milvus: the only package that knows pymilvus and Milvus Lite."""

from __future__ import annotations

from askdocs_indexer.storage.database import Database, set_aside
from askdocs_indexer.storage.lock import OwnerLock
from askdocs_indexer.storage.schema import Fingerprint
from askdocs_indexer.storage.store import Store

__all__ = ["Database", "Fingerprint", "OwnerLock", "Store", "set_aside"]
