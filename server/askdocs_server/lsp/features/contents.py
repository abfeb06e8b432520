"""askdocs/contents: which files the indexes hold, and what is left out of them."""

from __future__ import annotations

import asyncio
from typing import Any

from pygls.lsp.server import LanguageServer

from askdocs_server.lsp import wire
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.folders import Folder
from askdocs_server.lsp.params import ContentsParams, parse
from askdocs_server.lsp.protocol import CONTENTS
from askdocs_server.lsp.serialize import contents_wire
from askdocs_server.lsp.session import Session

_OPEN_SECONDS = 10.0


def register(server: LanguageServer, session: Session) -> None:
    """Register the handler."""

    @server.feature(CONTENTS)
    @guarded
    async def handle(params: Any) -> wire.ContentsResult:
        return await contents(session, params)


async def contents(session: Session, params: Any) -> wire.ContentsResult:
    """Return the files of all folders; none while the index is opening.

    Raises IndexerError where no folder is open, or none of their indexes can be opened.
    """
    limit = parse(params, ContentsParams).limit

    async def contents_of(folder: Folder) -> tuple[list[wire.FileWire], list[wire.LeftOutWire]]:
        with folder.use() as workspace:
            held = await workspace.contents()
        # Thousands of URIs would hold up the other windows.
        return await asyncio.to_thread(contents_wire, held, folder.path, limit)

    folders = await session.open_folders(_OPEN_SECONDS)
    parts = await asyncio.gather(*map(contents_of, folders))
    return {
        "files": [file for files, _ in parts for file in files][:limit],
        "leftOut": [row for _, rows in parts for row in rows][:limit],
        "index": session.index_state(),
    }
