"""A whole connection over fake parts: life cycle, bad input, failures, degrading, settings."""

from __future__ import annotations

import asyncio
import gc
import os
import weakref
from pathlib import Path
from typing import Any

import pytest
from tests.lsp.harness import Connection, FakeHost, connected, until

from askdocs_indexer.errors import DatabaseInUseError, RootError, StoreError
from askdocs_indexer.types import IndexStatus
from askdocs_server.lsp import folders, server, session
from askdocs_server.lsp.documents import MAX_CHARACTERS
from askdocs_server.lsp.features import hover, search, status

OPENING = {"state": "opening", "generation": 0, "pendingFiles": 0}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "a project"
    folder.mkdir()
    return folder


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


async def test_so_many_folders_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_MAX_FOLDERS", 3)
    async with connected(*(tmp_path / str(number) for number in range(5))) as connection:
        await until(lambda: len(connection.host.opened) == 3)
        (warning,) = connection.notifications("window/showMessage")
        assert "More than 3 folders" in warning["message"]


async def test_a_folder_in_another_gives_no_hit_twice(folder: Path) -> None:
    (folder / "docs").mkdir()
    async with connected(folder, folder / "docs") as connection:
        await until(lambda: len(connection.host.opened) == 2)
        paths = {folder: "docs/guide.md", folder / "docs": "guide.md"}
        connection.host.record.paths.update(paths)
        hits = (await connection.result("askdocs/search", {"query": "q"}))["hits"]
        assert [hit["uri"] for hit in hits] == [(folder / "docs" / "guide.md").as_uri()]


async def test_a_failing_handler_fails_that_request_alone(folder: Path) -> None:
    async with connected(folder) as connection:
        record = connection.host.record
        for failure, code, message in [
            (ZeroDivisionError("oops"), -32603, "oops"),
            (StoreError("Start the server."), -32803, "Start the server."),
            (TimeoutError(), -32803, "too long"),
        ]:
            record.failure = failure
            for method, params in [
                ("askdocs/search", {"query": "q"}),
                ("askdocs/ask", {"question": "q"}),
                ("askdocs/reindex", {}),
                ("workspace/executeCommand", {"command": "askdocs.server.reindex"}),
            ]:
                error = await connection.error(method, params)
                assert error["code"] == code
                assert message in error["message"]
        record.failure = None
        assert (await connection.result("askdocs/search", {"query": "q"}))["hits"]


async def test_a_slow_hover_is_no_error(folder: Path) -> None:
    async with connected(folder) as connection:
        connection.open_text("untitled:1", "x")
        connection.host.record.failure = TimeoutError()
        params = {"textDocument": {"uri": "untitled:1"}, "position": {"line": 0, "character": 0}}
        assert await connection.result("textDocument/hover", params) is None


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


async def test_before_the_index_is_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (hover, search):
        monkeypatch.setattr(module, "_OPEN_SECONDS", 0.05)
    monkeypatch.setattr("askdocs_server.lsp.features.ask._OPEN_SECONDS", 0.05)
    host = FakeHost()
    host.may_open.clear()
    async with connected(folder, host=host) as connection:
        uri = (folder / "a.py").as_uri()
        connection.open_text(uri, "import os\n")
        params = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 8}}
        assert await connection.result("textDocument/hover", params) is None
        found = await connection.result("askdocs/search", {"query": "q"})
        assert found == {"hits": [], "index": OPENING}
        answer = await connection.result("askdocs/ask", {"question": "q"})
        assert (answer["abstained"], answer["citations"]) == (True, [])
        assert answer["index"] == OPENING
        waiting = connection.ask("askdocs/reindex")
        host.may_open.set()
        assert (await connection.answer(waiting))["result"]["files"] == 2
        assert (await connection.result("askdocs/search", {"query": "q"}))["hits"]


async def test_a_busy_database_is_told_once_and_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_FIRST_RETRY_SECONDS", 0.02)
    monkeypatch.setattr(folders, "_IN_USE_SECONDS", 0.0)
    host = FakeHost()
    host.open_failures = [DatabaseInUseError("Close the other one.")] * 3
    async with connected(folder, host=host) as connection:
        await until(lambda: host.opened)
        assert [one["message"] for one in connection.notifications("window/showMessage")] == [
            "askdocs: Close the other one."
        ]

        def states() -> list[str]:
            sent = connection.notifications("askdocs/statusChanged")
            return [one["index"]["state"] for one in sent]

        await until(lambda: states()[-1] == "ready")
        assert "failed" in states()


async def test_a_missing_root_stays_failed(folder: Path) -> None:
    host = FakeHost()
    host.open_failures = [RootError("Give an existing folder.")]
    async with connected(folder, host=host) as connection:
        await until(lambda: connection.notifications("window/showMessage"))
        index = (await connection.result("askdocs/status"))["index"]
        assert (index["state"], index["detail"]) == ("failed", "Give an existing folder.")
        error = await connection.error("askdocs/reindex")
        assert error["message"] == "Give an existing folder."


async def test_partial_results_and_progress(folder: Path) -> None:
    async with connected(folder) as connection:
        answer = await connection.result(
            "askdocs/ask", {"question": "q", "partialResultToken": 7, "workDoneToken": "w"}
        )
        sent = connection.notifications("$/progress")
        parts = [one["value"] for one in sent if one["token"] == 7]
        assert [part["kind"] for part in parts] == ["citations", "text", "text"]
        assert parts[0]["citations"] == answer["citations"]
        assert "".join(part["text"] for part in parts[1:]) == answer["answer"]
        assert [one["value"]["kind"] for one in sent if one["token"] == "w"] == ["begin", "end"]
        assert answer["model"] is None
        assert answer["citations"][0]["verified"] is None


@pytest.mark.parametrize("by_command", [False, True])
async def test_a_cancel_ends_the_answer(folder: Path, by_command: bool) -> None:
    host = FakeHost()
    host.record.hang = True
    async with connected(folder, host=host) as connection:
        params: dict[str, Any] = {"question": "q", "workDoneToken": "w"}
        method = "askdocs/ask"
        if by_command:
            params = {"command": "askdocs.server.ask", "arguments": [params]}
            method = "workspace/executeCommand"
        number = connection.ask(method, params)
        await until(lambda: host.record.requests)
        connection.notify("$/cancelRequest", {"id": number})
        assert (await connection.answer(number))["error"]["code"] == -32800
        assert host.record.closed_answers == 1
        kinds = [one["value"]["kind"] for one in connection.notifications("$/progress")]
        assert kinds == ["begin", "end"]


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


async def test_the_selection_comes_from_the_buffer(folder: Path) -> None:
    uri = (folder / "a.py").as_uri()
    area = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 4}}
    async with connected(folder) as connection:
        params = {"question": "q", "textDocument": {"uri": uri}, "range": area}
        error = await connection.error("askdocs/ask", params)
        assert error["message"].startswith("textDocument.uri: ")
        (folder / "a.py").write_text("0123456")
        await connection.result("askdocs/ask", params)
        connection.open_text(uri, "abcdefg")
        await connection.result("askdocs/ask", params)
        selections = [one.selection for one in connection.host.record.requests]
        assert selections == ["23", "cd"]


async def test_a_hover_gets_the_buffer_and_its_language(folder: Path) -> None:
    async with connected(folder) as connection:
        for name, language, file in [
            ("a.py", "python", str(folder / "a.py")),
            ("script", "python", "python"),
        ]:
            uri = (folder / name).as_uri()
            connection.open_text(uri, "'😀'; x", language)
            position = {"line": 0, "character": 6}
            params = {"textDocument": {"uri": uri}, "position": position}
            await connection.result("textDocument/hover", params)
            assert connection.host.record.hovers[-1] == (file, "'😀'; x", 0, 5)


async def test_the_last_status_is_always_told(folder: Path) -> None:
    host = FakeHost()
    async with connected(folder, host=host) as connection:
        await until(lambda: host.opened)
        before = len(connection.notifications("askdocs/statusChanged"))
        for generation in range(500):
            host.index.current = IndexStatus("indexing", generation=generation)
            host.changed()
        host.index.current = IndexStatus("ready", generation=500)
        host.changed()
        sent = connection.notifications

        def last() -> Any:
            return sent("askdocs/statusChanged")[-1]["index"]

        await until(lambda: last()["generation"] == 500)
        assert last()["state"] == "ready"
        assert len(sent("askdocs/statusChanged")) - before <= 4


async def test_saves_reach_the_index(folder: Path) -> None:
    async with connected(folder) as connection:
        await until(lambda: connection.host.opened)
        uri = (folder / "docs" / "a b.md").as_uri()
        connection.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        elsewhere = [{"uri": "file:///elsewhere.md", "type": 2}, {"uri": "untitled:1", "type": 2}]
        connection.notify("workspace/didChangeWatchedFiles", {"changes": elsewhere})
        await until(lambda: connection.host.index.touched == [folder / "docs" / "a b.md"])


async def test_settings_come_from_all_places(folder: Path) -> None:
    (folder / "askdocs.toml").write_text("[ask]\npassages = 2\nmax_tokens = 1\n")
    async with connected(folder) as connection:
        host = connection.host
        await until(lambda: host.opened)
        assert host.opened[0][1].ask.passages == 2
        warnings = connection.notifications("window/showMessage")
        assert len(warnings) == 1
        assert "ask.max_tokens" in warnings[0]["message"]
        pushed: dict[str, Any] = {"settings": {"askdocs": {"docs": {"exclude": ["old/**"]}}}}
        connection.notify("workspace/didChangeConfiguration", pushed)
        await until(lambda: len(host.opened) == 2)
        assert host.closed == [folder]
        assert host.opened[1][1].docs.exclude == ("old/**",)
        pushed = {
            "settings": {"askdocs": {"docs": {"exclude": ["old/**"]}, "ask": {"passages": 9}}}
        }
        connection.notify("workspace/didChangeConfiguration", pushed)
        session = connection.server.session
        await until(lambda: session.folders[folder].settings.ask.passages == 9)
        workspace = session.folders[folder].workspace
        assert workspace is not None
        assert workspace.settings.ask.passages == 9
        assert len(host.opened) == 2
        assert len(connection.notifications("window/showMessage")) == 1


@pytest.mark.parametrize(
    ("options", "passages"),
    [
        ({"askdocs": {"ask": {"passages": 7}}}, 7),
        ({"ask": {"passages": 7}, "python": {"path": "x"}}, 7),
        ({"ask.passages": 7}, 7),
        ({"python": {"path": "x"}}, 4),
        (["nonsense"], 4),
        (None, 4),
    ],
)
async def test_settings_may_come_with_initialize(folder: Path, options: Any, passages: int) -> None:
    connection = Connection(FakeHost())
    params = {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}}
    await connection.result("initialize", {**params, "initializationOptions": options})
    connection.notify("initialized", {})
    await until(lambda: connection.host.opened)
    assert connection.host.opened[0][1].ask.passages == passages
    assert connection.notifications("window/showMessage") == []
    connection.reader.feed_eof()
    await connection.task


async def test_an_index_is_closed_after_the_last_request_in_it(folder: Path) -> None:
    host = FakeHost()
    async with connected(folder, host=host) as connection:
        host.record.hang = True
        number = connection.ask("askdocs/search", {"query": "q"})
        await until(lambda: host.record.waiting)
        event = {"added": [], "removed": [{"uri": folder.as_uri(), "name": "x"}]}
        connection.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await until(lambda: not connection.server.session.folders)
        assert host.closed == []
        connection.notify("$/cancelRequest", {"id": number})
        await until(lambda: host.closed == [folder])


async def test_the_root_option_stands_in_for_folders(folder: Path, tmp_path: Path) -> None:
    async with connected(root=folder) as connection:
        await until(lambda: connection.host.opened)
        assert connection.host.opened[0][0] == folder
    other = tmp_path / "other"
    other.mkdir()
    async with connected(other, root=folder) as connection:
        await until(lambda: connection.host.opened)
        assert [one[0] for one in connection.host.opened] == [other]
