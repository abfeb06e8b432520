"""One connection: messages in until the editor leaves; then its session is closed.

Many connections may share an event loop. So none holds it for long: messages are bounded, large
ones are decoded on a thread, and after each one the others get their turn.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidRequest

from askdocs_server.ipc.framing import TOO_LONG, Frames
from askdocs_server.lsp.protocol import RefusedError
from askdocs_server.lsp.server import AskdocsServer

log = logging.getLogger(__name__)

_BLOCK_BYTES = 1 << 16
# Decoding this much would hold up the other connections.
_LARGE_BYTES = 1 << 15
# A client with this much unread has stopped reading.
_MAX_UNSENT_BYTES = 32 << 20


async def serve_connection(server: AskdocsServer, reader: asyncio.StreamReader, writer: Any) -> int:
    """Handle messages until `exit` or the end of the stream; returns the exit code.

    `writer` is what pygls takes: an object with `write(bytes)` and `close()`. Whatever a session
    raises ends here.
    """
    server.protocol.set_writer(writer)
    reading = asyncio.ensure_future(_read(server, reader))
    leaving = asyncio.ensure_future(server.left.wait())
    try:
        await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        reading.cancel()
        leaving.cancel()
        server.protocol.cancel_requests()
        try:
            await server.session.aclose()
        except Exception:
            log.exception("A session did not close as it should.")
    if reading.done() and not reading.cancelled() and (error := reading.exception()):
        log.error("The connection broke: %s", error)
    return server.exit_code


async def _read(server: AskdocsServer, reader: asyncio.StreamReader) -> None:
    frames = Frames()
    while data := await reader.read(_BLOCK_BYTES):
        for body in frames.feed(data):
            if body is None:
                server.protocol.refuse(None, JsonRpcInvalidRequest(TOO_LONG))
            else:
                await _handle(server, body)
            if server.left.is_set():
                return
            await asyncio.sleep(0)


async def _handle(server: AskdocsServer, body: bytes) -> None:
    """Handle one message; an error in it is answered or logged, and ends nothing."""
    protocol = server.protocol
    try:
        if len(body) >= _LARGE_BYTES:
            message = await asyncio.to_thread(protocol.decoded, body)
        else:
            message = protocol.decoded(body)
        if isinstance(message, types.DidChangeTextDocumentNotification):
            await protocol.change(message.params)
        elif message is not None:
            protocol.handle_message(message)
    except RefusedError as refused:
        protocol.refuse(refused.message_id, refused.error)
    except Exception:
        log.exception("A message could not be handled.")


class BoundedWriter:
    """Writes to a stream without ever waiting; a client that does not read is disconnected."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        """Send, as soon as the client reads."""
        if self._writer.is_closing():
            return
        self._writer.write(data)
        if self._writer.transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            log.warning("A client does not read what it is sent; its connection is ended.")
            self._writer.transport.abort()

    def close(self) -> None:
        """Close the stream."""
        self._writer.close()
