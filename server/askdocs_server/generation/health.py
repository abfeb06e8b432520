"""Asks a server on a Unix socket whether it is ready."""

from __future__ import annotations

import asyncio
from pathlib import Path

from askdocs_server.ipc.sockets import connected_streams

_LIMIT_SECONDS = 2.0
_REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def is_healthy(socket: Path) -> bool:
    """True once `GET /health` over the socket is answered with status 200.

    Written on the bare connection: it is asked often while the server loads, long before an HTTP
    client has to be imported.
    """
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            reader, writer = await connected_streams(socket)
            writer.write(_REQUEST)
            status_line = await reader.readline()
    except (OSError, TimeoutError):
        return False
    finally:
        if writer is not None:
            writer.close()
    return status_line.split()[1:2] == [b"200"]
