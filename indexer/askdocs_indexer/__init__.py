"""The documentation index: read, chunk, embed, store, watch, search. Knows no LSP.

The names below are the package's API, whatever module they live in; docs/python-api.md describes
them. Each is imported when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from askdocs_indexer.embedding.embedder import Embedder, SentenceTransformerEmbedder
    from askdocs_indexer.errors import AskdocsError, DatabaseInUseError, IndexerError
    from askdocs_indexer.ingest.chunker import chunks_of
    from askdocs_indexer.ingest.files import Selection
    from askdocs_indexer.ingest.formats import reader_for
    from askdocs_indexer.paths import index_folder
    from askdocs_indexer.settings import DocsSettings, EmbeddingSettings, IndexSettings
    from askdocs_indexer.types import (
        Block,
        Chunk,
        FileRow,
        Hit,
        IndexStatus,
        Section,
        Skipped,
        SyncReport,
    )
    from askdocs_indexer.workspace import WorkspaceIndex

__all__ = [
    "AskdocsError",
    "Block",
    "Chunk",
    "DatabaseInUseError",
    "DocsSettings",
    "Embedder",
    "EmbeddingSettings",
    "FileRow",
    "Hit",
    "IndexSettings",
    "IndexStatus",
    "IndexerError",
    "Section",
    "Selection",
    "SentenceTransformerEmbedder",
    "Skipped",
    "SyncReport",
    "WorkspaceIndex",
    "chunks_of",
    "index_folder",
    "reader_for",
]

_HOMES = {
    "askdocs_indexer.embedding.embedder": ("Embedder", "SentenceTransformerEmbedder"),
    "askdocs_indexer.errors": ("AskdocsError", "DatabaseInUseError", "IndexerError"),
    "askdocs_indexer.ingest.chunker": ("chunks_of",),
    "askdocs_indexer.ingest.files": ("Selection",),
    "askdocs_indexer.paths": ("index_folder",),
    "askdocs_indexer.ingest.formats": ("reader_for",),
    "askdocs_indexer.settings": ("DocsSettings", "EmbeddingSettings", "IndexSettings"),
    "askdocs_indexer.types": (
        *("Block", "Chunk", "FileRow", "Hit"),
        *("IndexStatus", "Section", "Skipped", "SyncReport"),
    ),
    "askdocs_indexer.workspace": ("WorkspaceIndex",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a name of the API from its home. Raises AttributeError."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)
