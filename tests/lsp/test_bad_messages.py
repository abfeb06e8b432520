"""Messages that are malformed, too large or meant for nobody: none ends the connection."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.lsp.harness import connected

from askdocs_server.lsp.documents import MAX_CHARACTERS


@pytest.mark.parametrize(
    "body",
    [
        b"{nonsense",
        b"\xff\xfe",
        b"[]",
        b"42",
        b"null",
        b"[" * 100_000,
        b'{"jsonrpc": "2.0"}',
        b'{"jsonrpc": "1.0", "id": 5, "method": "askdocs/status"}',
        b'{"jsonrpc": "2.0", "id": [], "method": "askdocs/status"}',
        b'{"jsonrpc": "2.0", "id": 77, "result": null}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}}',
        b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 12345}}',
        b'{"jsonrpc": "2.0", "method": "no/such", "params": {"jsonrpc": "2.0"}}',
        b'{"jsonrpc": "2.0", "id": 88, "method": "x", "params": "%s"}' % (b"y" * 3_000_000),
    ],
    ids=range(14),
)
async def test_malformed_messages_end_nothing(body: bytes) -> None:
    async with connected() as connection:
        connection.raw(body)
        connection.reader.feed_data(b"no header at all\r\n" + b"x" * 200_000 + b"\n")
        assert (await connection.result("askdocs/status"))["workspaceFolders"] == []


async def test_a_request_that_cannot_be_read_is_answered() -> None:
    async with connected() as connection:
        connection.raw(b"{nonsense")
        assert (await connection.answer(None))["error"]["code"] == -32700
        error = await connection.error("textDocument/hover", {"textDocument": {"uri": "file:///a"}})
        assert error["code"] == -32602
        assert "position" in error["message"]
        assert (await connection.error("no/such"))["code"] == -32601


async def test_a_message_of_too_many_values_is_not_read() -> None:
    def changes(count: int) -> bytes:
        rows = b", ".join([b'{"uri": "file:///a", "type": 1}'] * count)
        method = b"workspace/didChangeWatchedFiles"
        return b'{"jsonrpc": "2.0", "method": "%s", "params": {"changes": [%s]}}' % (method, rows)

    async with connected() as connection:
        connection.raw(changes(10_000))
        connection.open_text("untitled:1", '"{a: [1, 2]}\\\\", ' * 100_000)
        await connection.result("askdocs/status")
        assert not [one for one in connection.sent if "error" in one]
        assert "untitled:1" in connection.server.workspace.text_documents
        connection.raw(changes(100_000))
        error = (await connection.answer(None))["error"]
        assert (error["code"], error["message"][:32]) == (
            -32600,
            "The message holds too many value",
        )


@pytest.mark.parametrize(
    "body",
    [
        b'{"jsonrpc": "2.0", "method": "no/such", "params": {"a": {"b": 1}}}',
        b'{"jsonrpc": "2.0", "method": "notebookDocument/didOpen", "params": {}}',
        b'{"jsonrpc": "2.0", "id": 77, "result": {"a": {"b": 1}}}',
        b'{"jsonrpc": "2.0", "id": 77, "error": {"code": 1, "message": "m"}}',
    ],
)
async def test_what_nobody_handles_is_given_no_form(body: bytes) -> None:
    async with connected() as connection:
        assert connection.server.protocol.decoded(body) is None


async def test_only_files_are_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
    position = {"line": 0, "character": 0}
    async with connected(folder) as connection:
        for uri in ["file:///dev/zero", *[(folder / "pipe.py").as_uri()] * 40]:
            params = {"textDocument": {"uri": uri}, "position": position}
            assert await connection.result("textDocument/hover", params) is None
        connection.open_text("untitled:1", "x" * (MAX_CHARACTERS + 1))
        params = {"textDocument": {"uri": "untitled:1"}, "position": position}
        assert await connection.result("textDocument/hover", params) is None
        assert connection.host.record.hovers == []
