"""A session of askdocs: ROOT, and `watch` where it follows changes.

The model is the bundled one, whose folder the other programs are given.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from session import serve

from askdocs_indexer import (
    DocsSettings,
    EmbeddingSettings,
    IndexSettings,
    SentenceTransformerEmbedder,
    WorkspaceIndex,
)


def main(root: Path, *, watch: bool) -> None:
    embedder = SentenceTransformerEmbedder(EmbeddingSettings(model="bundled"))
    embedder.load()
    index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), embedder)
    index.open()

    def search(query: str, limit: int) -> list[dict[str, Any]]:
        chunks = [hit.chunk for hit in index.search(query, limit)]
        return [
            {
                "path": chunk.path,
                "start_line": chunk.start_line,
                "end_line": chunk.end_line,
                "text": chunk.text,
            }
            for chunk in chunks
        ]

    try:
        if watch:
            index.start()
        serve(search)
    finally:
        index.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), watch="watch" in sys.argv[3:])
