"""askdocs/search: the best passages for a query, over all folders."""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import Any

from pygls.lsp.server import LanguageServer

from askdocs_server.lsp import wire
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.folders import Folder
from askdocs_server.lsp.params import SearchParams, parse
from askdocs_server.lsp.protocol import SEARCH
from askdocs_server.lsp.serialize import hit_wire
from askdocs_server.lsp.session import Session

_OPEN_SECONDS = 10.0


def register(server: LanguageServer, session: Session) -> None:
    """Register the handler."""

    @server.feature(SEARCH)
    @guarded
    async def handle(params: Any) -> wire.SearchResult:
        return await search(session, params)


async def search(session: Session, params: Any) -> wire.SearchResult:
    """Return passages, best first; none while the index is opening.

    Raises IndexerError where no folder is open, or none of their indexes can be opened.
    """
    search_params = parse(params, SearchParams)

    async def search_folder(folder: Folder) -> list[wire.HitWire]:
        with folder.use() as workspace:
            hits = await workspace.search(search_params.query, search_params.limit)
        # Parsing many excerpts would hold up the other windows.
        return await asyncio.to_thread(lambda: [hit_wire(hit, folder.path) for hit in hits])

    folders = await session.open_folders(_OPEN_SECONDS)
    by_folder = await asyncio.gather(*map(search_folder, folders))
    hits = sorted(chain.from_iterable(by_folder), key=lambda hit: -hit["score"])
    # Folders may be nested.
    unique: dict[tuple[str, int], wire.HitWire] = {}
    for hit in hits:
        unique.setdefault((hit["uri"], hit["range"]["start"]["line"]), hit)
    return {"hits": [*unique.values()][: search_params.limit], "index": session.index_state()}
