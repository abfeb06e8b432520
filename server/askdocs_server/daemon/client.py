"""A project in the daemon, as the commands of the command line use it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from askdocs_indexer.errors import IndexerError, RootError
from askdocs_indexer.types import Progress
from askdocs_server.errors import DaemonFailedError, DaemonGoneError
from askdocs_server.host.project import Row
from askdocs_server.ipc.sockets import streams

_LINE_BYTES = 64 << 20


@asynccontextmanager
async def remote_project(
    connection: socket.socket, root: Path
) -> AsyncIterator[tuple[RemoteProject, list[str]]]:
    """Open a root's project over an attached connection; yields it with the warnings to show."""
    reader, writer = await streams(connection, limit=_LINE_BYTES)
    try:
        project = RemoteProject(reader, writer)
        opened = await project.call("open", root=str(root))
        yield project, list(opened["warnings"])
    finally:
        writer.close()


async def remote_status(connection: socket.socket, root: Path) -> Row | None:
    """Return the status of a root's index over an attached connection; None where it is not open.

    Raises as `Project` says, and DaemonFailedError.
    """
    reader, writer = await streams(connection, limit=_LINE_BYTES)
    try:
        status = await RemoteProject(reader, writer).call("status_of", root=str(root))
        return None if status is None else dict(status)
    finally:
        writer.close()


async def remote_plan(connection: socket.socket, root: Path, progress: Progress) -> Row:
    """Return what a run of indexing would do for a root, over an attached connection.

    Raises as `Project` says, and DaemonFailedError.
    """
    reader, writer = await streams(connection, limit=_LINE_BYTES)
    try:
        return await RemoteProject(reader, writer).plan(root, progress)
    finally:
        writer.close()


class RemoteProject:
    """A `Project` in the daemon. One call at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def status(self) -> Row:
        return dict(await self.call("status"))

    async def sync(self, progress: Progress, *, names_only: bool = False) -> Row:
        return await self._reported("sync", {"names_only": names_only}, progress)

    async def contents(self) -> Row:
        return dict(await self.call("contents"))

    async def plan(self, root: Path, progress: Progress) -> Row:
        """Return what a run of indexing would do for a root, as `plan_row` says."""
        return await self._reported("plan_of", {"root": str(root)}, progress)

    async def load_embedder(self) -> str:
        return str(await self.call("load_embedder"))

    async def search(self, query: str, limit: int) -> list[Row]:
        return list(await self.call("search", query=query, limit=limit))

    async def document(self, name: str, limit: int) -> list[Row]:
        return list(await self.call("document", name=name, limit=limit))

    async def hover(
        self,
        file: str,
        source: str,
        line: int,
        character: int,
        definitions: Sequence[Row] = (),
        *,
        with_uses: bool = False,
    ) -> list[Row]:
        position: Row = {"file": file, "source": source, "line": line, "character": character}
        defined = {"definitions": list(definitions)} if definitions else {}
        return list(await self.call("hover", **position, **defined, with_uses=with_uses))

    async def start_model(self) -> bool:
        return bool(await self.call("start_model"))

    async def wait_for_model(self, limit: float) -> str:
        return str(await self.call("wait_for_model", limit=limit))

    async def forget_questions(self) -> int:
        return int(await self.call("forget_questions"))

    async def ask(self, question: str, wait_for_model: float = 0.0) -> AsyncGenerator[Row, None]:
        arguments = {"question": question, "wait_for_model": wait_for_model}
        async for row in self._rows("ask", arguments):
            if "part" in row:
                yield row["part"]

    async def call(self, name: str, /, **arguments: Any) -> Any:
        """Return the result of a method. Raises as `Project` says, and DaemonFailedError."""
        async for row in self._rows(name, arguments):
            if "result" in row:
                return row["result"]
        raise AssertionError("unreachable: the last row is a result")

    async def _reported(self, name: str, arguments: Mapping[str, Any], progress: Progress) -> Row:
        """Return the result of a method that tells how far it has come."""
        result: Row = {}
        async for row in self._rows(name, arguments):
            if "progress" in row:
                progress(*row["progress"])
            else:
                result = row["result"]
        return result

    async def _rows(self, name: str, arguments: Mapping[str, Any]) -> AsyncGenerator[Row, None]:
        """Yield the rows of an answer, the last with the result; an error is raised."""
        try:
            self._writer.write(json.dumps({"do": name, "with": arguments}).encode() + b"\n")
            await self._writer.drain()
            while line := await self._reader.readline():
                row = json.loads(line)
                if "error" in row:
                    raise _error(row["error"])
                yield row
                if "result" in row:
                    return
        except ConnectionError:
            pass
        raise DaemonGoneError("The askdocs daemon ended meanwhile. Run the command again.")


def _error(error: Mapping[str, str]) -> Exception:
    if error["kind"] == "usage":
        return RootError(error["message"])
    if error["kind"] == "expected":
        return IndexerError(error["message"])
    return DaemonFailedError(
        f"The askdocs daemon failed ({error['message']}). Its log has the details."
    )
