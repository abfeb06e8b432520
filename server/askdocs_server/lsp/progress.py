"""Work-done progress: for requests whose client asked for it, and for indexing behind them."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_indexer.types import UNITS, Phase, Progress, no_progress
from askdocs_server.lsp import wire
from askdocs_server.lsp.background import Tasks
from askdocs_server.lsp.params import Token

log = logging.getLogger(__name__)


# Indexing that ends sooner, such as that of one saved file, is not worth a progress bar.
_PATIENCE_SECONDS = 0.4
# An editor that does not answer within this time shows no progress.
_CREATE_SECONDS = 5.0
_REPORT_SECONDS = 0.2
# The first pass, which reads files, takes about this share of the time.
_READING = 0.2


@contextmanager
def work_done(server: LanguageServer, token: Token | None, title: str) -> Iterator[Progress]:
    """Begin and end progress under a token; yields the function that reports it.

    Without a token nothing is sent.
    """
    if token is None:
        yield no_progress
        return

    def report(done: int, total: int, phase: Phase) -> None:
        server.work_done_progress.report(token, _counts(done, total, phase))

    server.work_done_progress.begin(token, types.WorkDoneProgressBegin(title=title, percentage=0))
    try:
        yield report
    finally:
        server.work_done_progress.end(token, types.WorkDoneProgressEnd())
        server.work_done_progress.tokens.pop(token, None)


class IndexingProgress:
    """Shows the progress of indexing in the editor, from the statuses that it is given."""

    def __init__(self, server: LanguageServer, tasks: Tasks) -> None:
        self._server = server
        self._tasks = tasks
        self._index: wire.IndexStatusWire | None = None
        self._changed = asyncio.Event()
        self._shown: asyncio.Task[None] | None = None

    def update(self, index: wire.IndexStatusWire) -> None:
        """Take note of the index's status."""
        self._index = index
        self._changed.set()
        if self._indexing and self._shown is None and self._supported:
            self._shown = self._tasks.spawn(self._show(), "indexing progress")

    @property
    def _indexing(self) -> bool:
        return self._index is not None and self._index["state"] == "indexing"

    @property
    def _supported(self) -> bool:
        window = self._server.client_capabilities.window
        return bool(window and window.work_done_progress)

    async def _show(self) -> None:
        try:
            await asyncio.sleep(_PATIENCE_SECONDS)
            if self._indexing and (token := await self._create()):
                with work_done(self._server, token, "Indexing the docs") as report:
                    await self._follow(report)
        finally:
            self._shown = None

    async def _follow(self, report: Progress) -> None:
        totals: dict[Phase, int] = {}
        while self._indexing and self._index is not None:
            reads, chunks = self._index["pendingReads"], self._index["pendingChunks"]
            phase: Phase = "reading" if reads or not chunks else "embedding"
            pending = reads or chunks
            totals[phase] = total = max(totals.get(phase, 0), pending)
            report(total - pending, total, phase)
            self._changed.clear()
            await self._changed.wait()
            if self._indexing:
                await asyncio.sleep(_REPORT_SECONDS)

    async def _create(self) -> str | None:
        """Ask the editor for a progress bar; None where it declines."""
        token = str(uuid.uuid4())
        request = asyncio.ensure_future(self._server.work_done_progress.create_async(token))
        # The wait may end early, but not the request: pygls fails on a late answer to it.
        await asyncio.wait({request}, timeout=_CREATE_SECONDS)
        if not request.done() or request.cancelled() or request.exception() is not None:
            return None
        return token


def _counts(done: int, total: int, phase: Phase) -> types.WorkDoneProgressReport:
    if not total:
        return types.WorkDoneProgressReport(message="looking for changes")
    share = min(1.0, done / total)
    of_both = _READING * share if phase == "reading" else _READING + (1 - _READING) * share
    return types.WorkDoneProgressReport(
        message=f"{done}/{total} {UNITS[phase]}", percentage=int(100 * of_both)
    )
