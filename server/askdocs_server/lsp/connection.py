"""One connection: messages in until the editor leaves; then its session is closed."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from pygls.exceptions import JsonRpcParseError
from pygls.io_ import run_async

from askdocs_server.lsp.server import AskdocsServer

log = logging.getLogger(__name__)


async def serve_connection(server: AskdocsServer, reader: asyncio.StreamReader, writer: Any) -> int:
    """Handle messages until `exit` or the end of the stream; returns the exit code.

    `writer` is what pygls takes: an object with `write(bytes)` and `close()`.
    """
    server.protocol.set_writer(writer)

    def report(error: Exception, _source: object) -> None:
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
            server.protocol.refuse(None, JsonRpcParseError(f"The message is no JSON: {error}"))

    reading = asyncio.ensure_future(
        run_async(server.stopped, _Headers(reader), server.protocol, log, report)
    )
    leaving = asyncio.ensure_future(server.left.wait())
    try:
        await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        reading.cancel()
        leaving.cancel()
        server.protocol.cancel_requests()
        await server.session.aclose()
    if reading.done() and not reading.cancelled() and (error := reading.exception()):
        log.error("The connection broke: %s", error)
    return server.exit_code


class _Headers:
    """Reads as pygls wants to; what is no message is skipped and its end is the stream's end."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def readline(self) -> bytes:
        try:
            return await self._reader.readline()
        except ValueError:  # Longer than any header line.
            return b"?\n"

    async def readexactly(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except asyncio.IncompleteReadError:
            return b""
