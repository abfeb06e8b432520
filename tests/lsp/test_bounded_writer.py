"""A client that does not read is let go; one that does gets everything."""

from __future__ import annotations

import asyncio
import socket

import pytest

from askdocs_server.lsp import connection
from askdocs_server.lsp.connection import BoundedWriter


async def test_who_reads_gets_everything() -> None:
    mine, theirs = socket.socketpair()
    _, writer = await asyncio.open_connection(sock=mine)
    reader, other = await asyncio.open_connection(sock=theirs)
    bounded = BoundedWriter(writer)
    for _ in range(100):
        bounded.write(b"x" * 10_000)
        await reader.readexactly(10_000)
    bounded.close()
    assert await reader.read() == b""
    bounded.write(b"late")
    other.close()


async def test_who_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_MAX_UNSENT_BYTES", 1_000_000)
    mine, theirs = socket.socketpair()
    with theirs:
        _, writer = await asyncio.open_connection(sock=mine)
        bounded = BoundedWriter(writer)
        for _ in range(200):
            bounded.write(b"x" * 10_000)
        assert writer.is_closing()
