"""This user's Unix sockets, and who is at their other ends."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from askdocs_indexer.errors import UnsupportedSystemError
from askdocs_indexer.system.processes import unix_socket, user_id

if TYPE_CHECKING:  # An editor's pipe does without.
    from asyncio import Server, StreamReader, StreamWriter

# Linux's `struct ucred`: process, user, group.
_UCRED = struct.Struct("3i")
# macOS's `struct xucred`: its version, the effective user, the count of groups, the groups.
_XUCRED = struct.Struct("IIh2x16I")
_SOL_LOCAL, _LOCAL_PEERCRED = 0, 1


def listen(path: Path) -> socket.socket:
    """Return a listening socket, replacing what a dead process has left. Raises OSError."""
    path.unlink(missing_ok=True)
    listener = unix_socket()
    listener.bind(os.fspath(path))
    path.chmod(0o600)
    listener.listen(128)
    listener.setblocking(False)
    return listener


def is_own_process(connection: socket.socket) -> bool:
    """Return whether the process at the other end is of this user. Raises OSError."""
    return peer_user(connection) == user_id()


def peer_user(connection: socket.socket) -> int:
    """Return the number of the user whose process is at the other end.

    Raises OSError, and of that ConnectionError where the process has just ended.
    """
    if sys.platform == "linux":
        level, option, credentials = socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED
    else:
        level, option, credentials = _SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED
    try:
        data = connection.getsockopt(level, option, credentials.size)
    except OSError as error:
        if error.errno == errno.ENOTCONN:  # As macOS says.
            raise ConnectionAbortedError(error.errno, error.strerror) from error
        raise
    return int(credentials.unpack(data)[1])


async def connected_streams(path: Path) -> tuple[StreamReader, StreamWriter]:
    """Connect to a socket. Raises OSError."""
    if sys.platform != "win32":
        import asyncio

        return await asyncio.open_unix_connection(os.fspath(path))
    raise UnsupportedSystemError


async def streams(connection: socket.socket, *, limit: int) -> tuple[StreamReader, StreamWriter]:
    """Return the streams of a connected socket; a line has at most `limit` bytes."""
    if sys.platform != "win32":
        import asyncio

        return await asyncio.open_unix_connection(sock=connection, limit=limit)
    raise UnsupportedSystemError


async def serve_streams(
    accept: Callable[[StreamReader, StreamWriter], Awaitable[None]],
    listener: socket.socket,
    *,
    limit: int,
) -> Server:
    """Call `accept` with the streams of each connection; a line has at most `limit` bytes."""
    if sys.platform != "win32":
        import asyncio

        return await asyncio.start_unix_server(accept, sock=listener, limit=limit)
    raise UnsupportedSystemError
