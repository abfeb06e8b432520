"""What all sessions of a process share: executors, embedder, generator and workspace indexes.

The event loop never blocks: everything slow runs on the host's own threads, and every wait on them
can be cancelled and has a time limit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from askdocs_indexer.embed import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.errors import EmbedderError
from askdocs_indexer.sync import Progress
from askdocs_indexer.types import Hit, SyncReport
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.ask import Asker, AskEvent, AskRequest
from askdocs_server.generation.generator import Generator, create_generator
from askdocs_server.hover import HoverResult, hover_at
from askdocs_server.settings import Settings

log = logging.getLogger(__name__)

# Searches wait on Milvus and on the embedder, not on each other.
_QUERY_THREADS = 4
_QUERY_SECONDS = 20.0

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace root, as sessions and commands use it."""

    root: Path
    settings: Settings
    index: WorkspaceIndex
    _host: Host

    async def search(self, query: str, limit: int) -> list[Hit]:
        """Return the best passages for a question, best first. Raises TimeoutError."""
        return await self._host.query(self.index.search, query, limit)

    async def passages(self, query: str, limit: int) -> list[Hit]:
        """Like `search`, with each hit widened by its neighbours in the same section."""
        return await self._host.query(self.index.passages, query, limit)

    async def hover(self, file: str, source: str, line: int, character: int) -> HoverResult | None:
        """Return the documentation of the symbol at a position of `source`, or None.

        `line` and `character` are 0-based, in code points; `file` gives the language.
        """
        if not self.settings.hover.enabled:
            return None
        return await self._host.query(
            hover_at, self.index, file, source, line, character, self.settings.hover
        )

    def ask(
        self, request: AskRequest, wait_for_model: float = 0.0
    ) -> AsyncGenerator[AskEvent, None]:
        """Answer a question: Citations, then Text pieces, then the whole Answer.

        The model gets up to `wait_for_model` seconds to become ready. Close the iterator
        (`contextlib.aclosing`) to abort the generation.
        """
        asker = Asker(self.passages, self._host.generator, self.settings.ask)
        return asker.run(request, wait_for_model)

    async def sync(self, progress: Progress | None = None) -> SyncReport:
        """Bring the index in step with the disk."""
        return await self._host.work(self.index.sync, ("",), progress)

    async def reindex(
        self, path: Path | None = None, progress: Progress | None = None
    ) -> SyncReport:
        """Read a file, a folder or everything again."""
        return await self._host.work(self.index.reindex, path, progress)


class Host:
    """Owns the shared parts and their threads. Use from one event loop.

    Callbacks given to `subscribe` are called on that loop after each change of any status.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.embedder: Embedder = SentenceTransformerEmbedder(settings.embedding, self._changed)
        self.generator: Generator = create_generator(settings.llm)
        self.generator.subscribe(lambda status: self._changed())
        self._loop = asyncio.get_running_loop()
        self._queries = ThreadPoolExecutor(_QUERY_THREADS, "askdocs-query")
        self._background = ThreadPoolExecutor(4, "askdocs-background")
        self._workspaces: dict[Path, Workspace] = {}
        self._subscribers: list[Callable[[], None]] = []
        self._opening = asyncio.Lock()

    async def open(
        self, root: Path, settings: Settings | None = None, *, watch: bool = True
    ) -> Workspace:
        """Open a root's index, or return the open one. Raises IndexerError.

        With `watch`, the index is kept in step with the disk from now on.
        """
        root = await self.work(root.resolve)
        async with self._opening:
            if root not in self._workspaces:
                chosen = settings or self.settings
                index = WorkspaceIndex(
                    root, chosen.docs, chosen.index, self.embedder, self._changed
                )
                await self.work(index.open)
                self._workspaces[root] = Workspace(root, chosen, index, self)
                if watch:
                    await self.work(index.start)
        return self._workspaces[root]

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        """The open workspaces."""
        return tuple(self._workspaces.values())

    def workspace_of(self, path: Path) -> Workspace | None:
        """Return the innermost open workspace that holds `path`."""
        holding = [one for one in self.workspaces if path.is_relative_to(one.root)]
        return max(holding, key=lambda one: len(one.root.parts), default=None)

    def load_embedder(self) -> None:
        """Load the embedding model in the background; its status tells how it went."""
        self._background.submit(self._load_embedder)

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` on the loop after each change of status; returns how to stop that."""
        self._subscribers.append(changed)
        return lambda: self._subscribers.remove(changed)

    async def close(self, root: Path) -> None:
        """Close one root's index."""
        workspace = self._workspaces.pop(await self.work(root.resolve), None)
        if workspace is not None:
            await self.work(workspace.index.close)

    async def aclose(self) -> None:
        """Close everything that is shared and end its threads and processes."""
        await self.generator.aclose()
        for workspace in self.workspaces:
            await self.close(workspace.root)
        self._queries.shutdown(wait=False, cancel_futures=True)
        self._background.shutdown(wait=False, cancel_futures=True)

    async def query(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run a short read on the query threads. A cancelled wait leaves no queued call behind."""
        async with asyncio.timeout(_QUERY_SECONDS):
            return await self._run(self._queries, function, *args, **kwargs)

    async def work(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run long work, such as indexing, on the background threads."""
        return await self._run(self._background, function, *args, **kwargs)

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        function: Callable[_P, _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        # wrap_future passes a cancel on, so a call that has not begun never begins.
        return await asyncio.wrap_future(pool.submit(function, *args, **kwargs))

    def _load_embedder(self) -> None:
        try:
            self.embedder.load()
        except EmbedderError as error:
            log.error("%s", error)

    def _changed(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._notify)

    def _notify(self) -> None:
        for changed in tuple(self._subscribers):
            changed()
