"""Start and end of a connection over fake parts."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path
from typing import Any

import pytest
from tests.lsp.harness import Connection, FakeHost, connected, until

from askdocs_server.lsp import server
from askdocs_server.lsp.features import status


async def test_requests_have_their_time() -> None:
    connection = Connection(FakeHost())
    assert (await connection.error("askdocs/status"))["code"] == -32002
    await connection.initialize()
    assert (await connection.result("askdocs/status"))["index"]["state"] in ("opening", "closed")
    assert await connection.result("shutdown") is None
    assert (await connection.error("askdocs/status"))["code"] == -32600
    connection.notify("exit")
    async with asyncio.timeout(5):
        assert await connection.task == 0


async def test_exit_without_shutdown_is_an_error(folder: Path) -> None:
    connection = Connection(FakeHost())
    await connection.initialize(folder)
    await until(lambda: connection.host.opened)
    connection.notify("exit")
    async with asyncio.timeout(5):
        assert await connection.task == 1
    assert connection.hosts.released == 1


async def test_a_broken_feature_is_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(server, "FEATURES", (broken, status.register))
    connection = Connection(FakeHost())
    await connection.initialize()
    assert (await connection.result("askdocs/status"))["workspaceFolders"] == []
    assert "left out" in caplog.text
    connection.reader.feed_eof()
    await connection.task


async def test_shutdown_ends_what_still_runs(folder: Path) -> None:
    host = FakeHost()
    host.record.hang = True
    connection = Connection(host)
    await connection.initialize(folder)
    command = {"command": "askdocs.server.ask", "arguments": [{"question": "q"}]}
    connection.ask("workspace/executeCommand", command)
    connection.ask("askdocs/search", {"query": "q"})
    await until(lambda: host.record.requests)
    assert await connection.result("shutdown") is None
    connection.notify("exit")
    async with asyncio.timeout(5):
        assert await connection.task == 0
    assert host.record.closed_answers == 1
    assert connection.hosts.released == 1


async def test_an_answer_ends_with_its_editor(folder: Path) -> None:
    host = FakeHost()
    host.record.hang = True
    async with connected(folder, host=host) as connection:
        connection.ask("askdocs/ask", {"question": "q"})
        await until(lambda: host.record.waiting)
    assert host.record.closed_answers == 1


async def test_a_session_that_has_ended_is_let_go(folder: Path) -> None:
    connection = Connection(FakeHost())
    await connection.initialize(folder)
    await connection.result("askdocs/status")
    connection.reader.feed_eof()
    await connection.task
    session = weakref.ref(connection.server.session)
    del connection
    gc.collect()
    assert session() is None
