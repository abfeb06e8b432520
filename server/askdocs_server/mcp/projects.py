"""Projects in the daemon for as long as an agent's session lasts.

Each call in flight has a connection of its own, so calls run in parallel and a cancelled call
ends alone. The last call's connection stays open: it holds the index open for the next call.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from askdocs_indexer.types import UNITS, Phase
from askdocs_server.daemon.client import RemoteProject, remote_project
from askdocs_server.daemon.connect import attach, log_path
from askdocs_server.daemon.handshake import Hello, Reply
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import DaemonError, DaemonGoneError

# A call during which this many daemons ended may be what ended them.
_MAX_TRIES = 3
_REPORT_SECONDS = 0.25

_T = TypeVar("_T")
Report = Callable[[str], Awaitable[None]]
"""Tells the client in a sentence what is going on."""


class Projects:
    """The projects that one agent asks about. `overrides` come from the command line.

    Methods raise DaemonError where no daemon can run, and what a `Project` raises.
    """

    def __init__(self, paths: DaemonPaths, overrides: Mapping[str, str]) -> None:
        self._paths = paths
        self._hello = Hello("command", overrides=overrides)
        self._idle_connections: dict[Path, _Connection] = {}
        self._preparing: dict[Path, _Preparation] = {}

    async def run(self, root: Path, work: Callable[[RemoteProject], Awaitable[_T]]) -> _T:
        """Do work on a project; if its daemon ends, do it again with the next daemon."""
        for _ in range(_MAX_TRIES):
            try:
                async with self._connected(root) as project:
                    return await work(project)
            except DaemonGoneError:
                continue
        raise DaemonError(
            "The askdocs daemon ended while it worked on this, again and again. "
            f"Its log says why: {log_path()}"
        )

    async def prepare(self, root: Path, limit: float, report: Report) -> str:
        """Bring the index in step with the disk as it is now, and have the embedder loaded.

        Returns what the agent should know about the results, or "". What is not done after `limit`
        seconds continues in the background.
        """
        deadline = asyncio.get_running_loop().time() + limit
        while True:
            is_mine = root not in self._preparing
            running = self._start(root) if is_mine else self._preparing[root]
            while not running.task.done():
                if asyncio.get_running_loop().time() > deadline:
                    return f"{running.state} Until that is done, results are incomplete."
                await asyncio.wait({running.task}, timeout=_REPORT_SECONDS)
                if not running.task.done():
                    await report(running.state)
            # A preparation that began earlier may have passed a file that has changed since.
            if is_mine:
                return running.task.result()

    async def aclose(self) -> None:
        """Leave the daemon."""
        tasks = [running.task for running in self._preparing.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in self._idle_connections.values():
            await connection.stack.aclose()
        self._idle_connections.clear()

    # -- inside -----------------------------------------------------------------------------

    def _start(self, root: Path) -> _Preparation:
        def ended(task: asyncio.Future[str]) -> None:
            del self._preparing[root]
            if not task.cancelled():
                task.exception()  # Retrieved, as nothing may await the task.

        preparation = self._preparing[root] = _Preparation()
        preparation.task = asyncio.ensure_future(self.run(root, preparation.run))
        preparation.task.add_done_callback(ended)
        return preparation

    @asynccontextmanager
    async def _connected(self, root: Path) -> AsyncIterator[RemoteProject]:
        connection = self._idle_connections.pop(root, None) or await self._connect(root)
        async with connection.stack:
            yield connection.project
            if root not in self._idle_connections:
                self._idle_connections[root] = replace(connection, stack=connection.stack.pop_all())

    async def _connect(self, root: Path) -> _Connection:
        async with AsyncExitStack() as stack:
            opening = remote_project(await self._attach(), root)
            project, _ = await stack.enter_async_context(opening)
            return _Connection(project, stack.pop_all())

    async def _attach(self) -> socket.socket:
        attaching = asyncio.create_task(asyncio.to_thread(attach, self._paths, self._hello))
        try:
            connection, _ = await asyncio.shield(attaching)
        except asyncio.CancelledError:
            attaching.add_done_callback(_close_unused)
            raise
        # From now on a daemon of any version will do.
        self._hello = replace(self._hello, joins=True)
        return connection


@dataclass(frozen=True, slots=True)
class _Connection:
    """An open project; closing the stack closes it."""

    project: RemoteProject
    stack: AsyncExitStack


class _Preparation:
    """A project that is being made ready; `state` says how far along it is."""

    task: asyncio.Future[str]

    def __init__(self) -> None:
        self.state = "The index is being opened."

    async def run(self, project: RemoteProject) -> str:
        """Make the project ready; returns what makes searches worse than they could be, or ""."""
        await project.sync(self._progress)
        self.state = "The embedding model is being loaded."
        problem = await project.load_embedder()
        return f"{problem} Until then, search goes by words alone." if problem else ""

    def _progress(self, done: int, total: int, phase: Phase) -> None:
        count = f"{done} of {total} {UNITS[phase]}"
        self.state = f"The index is being brought in step: {count}."


def _close_unused(attaching: asyncio.Task[tuple[socket.socket, Reply]]) -> None:
    if not attaching.cancelled() and attaching.exception() is None:
        attaching.result()[0].close()
