"""askdocs/reindex: read a file, a folder or everything again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from pygls.lsp.server import LanguageServer

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.types import Phase, Progress
from askdocs_server.lsp import wire
from askdocs_server.lsp.documents import path_of
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.folders import Folder
from askdocs_server.lsp.params import ReindexParams, invalid, parse
from askdocs_server.lsp.progress import work_done
from askdocs_server.lsp.protocol import REINDEX
from askdocs_server.lsp.serialize import reports_wire
from askdocs_server.lsp.session import Session

_OPEN_SECONDS = 10.0
_OPENING = "The index is opening. Try again in a moment."


def register(server: LanguageServer, session: Session) -> None:
    """Register the handler."""

    @server.feature(REINDEX)
    @guarded
    async def handle(params: Any) -> wire.ReindexResult:
        return await reindex(server, session, params)


async def reindex(server: LanguageServer, session: Session, params: Any) -> wire.ReindexResult:
    """Read again what is asked for. After a cancel it continues in the background.

    Raises IndexerError where no folder is open, or its index is not.
    """
    reindex_params = parse(params, ReindexParams)
    folders = await session.open_folders(_OPEN_SECONDS)
    targets = _targets(session, folders, reindex_params.uri)
    with work_done(server, reindex_params.work_done_token, "Indexing the docs") as report:
        reports = []
        for folder, path in targets:
            with folder.use() as workspace:
                reports.append(await workspace.reindex(path, _on_loop(report)))
    return reports_wire(reports)


def _targets(
    session: Session, folders: list[Folder], uri: str | None
) -> list[tuple[Folder, Path | None]]:
    """Return what to index in which folder. Raises JsonRpcInvalidParams and IndexerError."""
    if not folders:
        raise IndexerError(_OPENING)
    if uri is None:
        return [(folder, None) for folder in folders]
    path = path_of(uri)
    folder = session.folder_of(path) if path else None
    if path is None or folder is None:
        raise invalid("uri", f"{uri} is not in any of the workspace folders")
    if folder not in folders:
        raise IndexerError(session.problem(path) or _OPENING)
    return [(folder, folder.inside(path))]


def _on_loop(report: Progress) -> Progress:
    """Return a report that may be called from the indexing thread."""
    loop = asyncio.get_running_loop()

    def on_thread(done: int, total: int, phase: Phase) -> None:
        loop.call_soon_threadsafe(report, done, total, phase)

    return on_thread
