"""Commands of the command line on the daemon's socket: JSON lines, one request at a time.

A request is {"do": NAME, "with": {arguments}}, the first of them `open`; only `status_of` and
`plan_of` need no open project. The answer is any number of {"progress": [done, total, phase]} and
{"part": …}, then {"result": …} or {"error": {kind, message}}. A client cancels a request by closing
the connection.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askdocs_indexer.errors import IndexerError, RootError
from askdocs_indexer.types import Phase
from askdocs_server.daemon.handshake import Hello
from askdocs_server.errors import GenerationError, SettingsError
from askdocs_server.host.project import LocalProject, Row, plan_row, status_row
from askdocs_server.host.provider import SharedHost
from askdocs_server.settings.loader import (
    UserConfigStamp,
    load_settings,
    user_config_stamp,
)

if TYPE_CHECKING:
    from askdocs_server.host.host import Workspace

log = logging.getLogger(__name__)

# How often a client that asks nothing is served with the user's settings as they are then.
_FOLLOW_SECONDS = 2.0
# A hover's request holds the text of its file.
_MAX_LINE_BYTES = 32 << 20
_METHODS = (
    *("status", "contents", "load_embedder", "search", "document", "hover"),
    *("start_model", "wait_for_model", "forget_questions"),
)


class CommandSession:
    """One client's project and its requests; `is_answering` while one is being answered."""

    def __init__(self, hosts: SharedHost, hello: Hello, writer: asyncio.StreamWriter) -> None:
        self._hosts = hosts
        self._hello = hello
        self._writer = writer
        self._workspace: Workspace | None = None
        self._stamp: UserConfigStamp = None
        self.is_answering = False

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Answer requests until the client leaves."""
        lines = _Lines(reader)
        try:
            while line := await self._next(lines):
                self.is_answering = True
                if not await self._answered_before_it_left(line, lines):
                    return
                await self._writer.drain()
                self.is_answering = False
        finally:
            lines.close()
            if self._workspace is not None:
                await self._workspace.close()

    async def _next(self, lines: _Lines) -> bytes:
        """Return the next line; until it comes, follow the user's own settings."""
        while not (await asyncio.wait({lines.peek()}, timeout=_FOLLOW_SECONDS))[0]:
            await self._follow_user_settings()
        await self._follow_user_settings()
        return await lines.next()

    async def _answered_before_it_left(self, line: bytes, lines: _Lines) -> bool:
        answering: asyncio.Future[None] = asyncio.ensure_future(self._answer(line))
        try:
            # The client waits for each answer; before that, only the end of its stream can come.
            await asyncio.wait({answering, lines.peek()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not answering.done():
                answering.cancel()
                await asyncio.wait({answering})
        if answering.cancelled():
            return False
        answering.result()
        return True

    async def _answer(self, line: bytes) -> None:
        try:
            request = json.loads(line)
            result = await self._result(request["do"], request.get("with", {}))
        except (RootError, SettingsError) as error:
            self._fail("usage", str(error))
        except (IndexerError, GenerationError, TimeoutError) as error:
            self._fail("expected", str(error) or "It took too long. Try again in a moment.")
        except Exception as error:
            log.exception("a command failed")
            self._fail("unexpected", f"{type(error).__name__}: {error}")
        else:
            self._send({"result": result})

    async def _result(self, name: str, arguments: Row) -> Any:
        if name == "open":
            return await self._open(Path(arguments["root"]))
        if name == "status_of":
            status = await (await self._hosts.acquire()).status(Path(arguments["root"]))
            return None if status is None else status_row(status)
        if name == "plan_of":
            return await self._plan(Path(arguments["root"]))
        if self._workspace is None:
            raise IndexerError("No project is open; `open` comes first.")
        project = LocalProject(self._workspace)
        if name == "sync":
            return await project.sync(self._progress(), **arguments)
        if name == "ask":
            limit = float(arguments.get("wait_for_model", 0.0))  # Clients of before have none.
            async with aclosing(project.ask(arguments["question"], limit)) as parts:
                async for part in parts:
                    self._send({"part": part})
            return None
        if name not in _METHODS:
            raise IndexerError(f"There is no command {name!r} in this version of the daemon.")
        return await getattr(project, name)(**arguments)

    async def _plan(self, root: Path) -> Row:
        """Return what a run of indexing would do for a root."""
        overrides = dict(self._hello.overrides)
        settings, _ = await asyncio.to_thread(load_settings, root, None, overrides)
        host = await self._hosts.acquire()
        return plan_row(await host.plan(root, settings, self._progress()))

    async def _open(self, root: Path, *, insist: bool = False) -> Row:
        """Open the project; returns the warnings to show."""
        overrides = dict(self._hello.overrides)
        self._stamp = await asyncio.to_thread(user_config_stamp)
        settings, warnings = await asyncio.to_thread(load_settings, root, None, overrides)
        host = await self._hosts.acquire()
        self._workspace = await host.open(root, settings, watch=False, insist=insist)
        if overrides and not self._workspace.has_own_settings:
            warnings.append(
                "An editor has this project open; its settings of docs.*, index.* and embedding.* "
                "count until it closes."
            )
        return {"warnings": warnings}

    async def _follow_user_settings(self) -> None:
        """Open the project anew where the user's own settings of its index have changed.

        An index that an editor keeps open is left to it: it follows them as well, but its own
        settings win.
        """
        before = self._workspace
        if before is None or self._stamp == await asyncio.to_thread(user_config_stamp):
            return
        try:
            if before.index.status().state == "indexing":
                return  # Another command waits for that; it is looked at again.
            await self._open(before.root, insist=not before.is_in_editor)
            await before.close()
        except (IndexerError, SettingsError) as error:
            log.warning("the changed settings of %s are not used: %s", before.root, error)

    def _progress(self) -> Any:
        loop = asyncio.get_running_loop()

        def report(done: int, total: int, phase: Phase) -> None:
            with suppress(RuntimeError):  # The loop has ended.
                loop.call_soon_threadsafe(self._send, {"progress": [done, total, phase]})

        return report

    def _fail(self, kind: str, message: str) -> None:
        self._send({"error": {"kind": kind, "message": message}})

    def _send(self, row: Row) -> None:
        if not self._writer.is_closing():
            self._writer.write(json.dumps(row).encode() + b"\n")


class _Lines:
    """Reads a stream line by line; a line can be awaited before it is taken."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._coming: asyncio.Future[Any] | None = None

    def peek(self) -> asyncio.Future[Any]:
        """Return the next line, which `next` will return as well."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._read())
        return self._coming

    async def next(self) -> bytes:
        """Return the next line; empty at the end, and where it is too long."""
        line: bytes = await self.peek()
        self._coming = None
        return line

    def close(self) -> None:
        """Read no more."""
        if self._coming is not None:
            self._coming.cancel()

    async def _read(self) -> bytes:
        line = b""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while len(line) < _MAX_LINE_BYTES:
                try:
                    return line + await self._reader.readuntil(b"\n")
                except asyncio.LimitOverrunError as error:
                    line += await self._reader.readexactly(error.consumed)
        return b""
