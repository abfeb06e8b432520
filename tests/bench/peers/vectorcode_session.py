"""A session of VectorCode, as its MCP server keeps one: ROOT.

It starts a Chroma server of its own, and does not watch the files.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from session import serve
from vectorcode.cli_utils import Config, QueryInclude, get_project_config
from vectorcode.common import ClientManager, get_collection
from vectorcode.subcommands.query import build_query_results


def main(root: str) -> None:
    loop = asyncio.new_event_loop()
    config = loop.run_until_complete(get_project_config(root))

    async def hits_of(query: str, limit: int) -> list[dict[str, Any]]:
        asked = Config(
            n_result=limit, query=[query], include=[QueryInclude.chunk, QueryInclude.path]
        )
        async with ClientManager().get_client(config) as client:
            collection = await get_collection(client, config, False)
            results = await build_query_results(collection, await config.merge_from(asked))
        return [
            {
                "path": result["path"],
                "start_line": result["start_line"],
                "end_line": result["end_line"],
                "text": result["chunk"],
            }
            for result in results
        ]

    def search(query: str, limit: int) -> list[dict[str, Any]]:
        return loop.run_until_complete(hits_of(query, limit))

    try:
        serve(search)
    finally:
        loop.run_until_complete(ClientManager().kill_servers())


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
