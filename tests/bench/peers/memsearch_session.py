"""A session of memsearch by its Python API: ROOT MODEL, and `watch` where it follows changes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from memsearch import MemSearch
from session import serve


def main(root: Path, model: str, *, watch: bool) -> None:
    with MemSearch([root], embedding_provider="local", embedding_model=model) as memory:
        loop = asyncio.new_event_loop()

        def search(query: str, limit: int) -> list[dict[str, Any]]:
            hits = loop.run_until_complete(memory.search(query, top_k=limit))
            return [
                {
                    "path": str(Path(hit["source"]).relative_to(root)),
                    "start_line": hit["start_line"],
                    "end_line": hit["end_line"],
                    "text": hit["content"],
                }
                for hit in hits
            ]

        watcher = memory.watch() if watch else None
        serve(search)
        if watcher is not None:
            watcher.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2], watch="watch" in sys.argv[3:])
