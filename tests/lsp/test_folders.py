"""Workspace folders over fake parts: they open, fail, close, and the editor is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.lsp.harness import FakeHost, connected, until

from askdocs_indexer.errors import DatabaseInUseError, RootError
from askdocs_indexer.types import IndexStatus
from askdocs_server.lsp import folders, session
from askdocs_server.lsp.features import hover, search

OPENING = {"state": "opening", "generation": 0, "pendingFiles": 0}


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


async def test_without_a_folder_each_request_says_what_to_do(tmp_path: Path) -> None:
    loose = {"uri": (tmp_path / "loose.py").as_uri()}
    async with connected() as connection:
        connection.open_text(loose["uri"], "import os\n")
        for method, params in [
            ("askdocs/ask", {"question": "q"}),
            ("askdocs/ask", {"question": "q", "textDocument": loose}),
            ("askdocs/search", {"query": "q"}),
            ("askdocs/reindex", {}),
            ("askdocs/reindex", {"uri": loose["uri"]}),
            ("workspace/executeCommand", {"command": "askdocs.server.reindex"}),
        ]:
            error = await connection.error(method, params)
            assert (error["code"], error["message"]) == (-32803, folders.NO_FOLDER)
        at = {"textDocument": loose, "position": {"line": 0, "character": 8}}
        assert await connection.result("textDocument/hover", at) is None
        index = (await connection.result("askdocs/status"))["index"]
        assert (index["state"], index["detail"]) == ("closed", folders.NO_FOLDER)
        added = {"added": [{"uri": tmp_path.as_uri(), "name": ""}], "removed": []}
        connection.notify("workspace/didChangeWorkspaceFolders", {"event": added})
        await until(lambda: connection.host.opened)
        assert (await connection.result("askdocs/search", {"query": "q"}))["hits"]


async def test_a_folder_that_cannot_be_opened_is_no_reason_to_ask_again(folder: Path) -> None:
    host = FakeHost()
    host.open_failures = [RootError("Give an existing folder.")]
    async with connected(folder, host=host) as connection:
        for method, params in [("ask", {"question": "q"}), ("search", {"query": "q"})]:
            error = await connection.error(f"askdocs/{method}", params)
            assert (error["code"], error["message"]) == (-32803, "Give an existing folder.")


async def test_a_database_in_use_shows_in_the_status_at_once(folder: Path) -> None:
    host = FakeHost()
    host.open_failures = [DatabaseInUseError("Close the other one.")]
    async with connected(folder, host=host) as connection:

        def told() -> list[str]:
            sent = connection.notifications("askdocs/statusChanged")
            return [status["index"]["state"] for status in sent]

        await until(lambda: told()[-1:] == ["ready"])
        assert "failed" in told()
        assert connection.notifications("window/showMessage") == []


async def test_progress_counts_what_each_pass_has_left(folder: Path) -> None:
    host = FakeHost()
    async with connected(folder, host=host, window={"workDoneProgress": True}) as connection:
        await until(lambda: host.opened)

        def tell(*left: int) -> None:
            files, reads, chunks = left
            status = IndexStatus("indexing", 1, 1, files, chunks, pending_reads=reads)
            host.index.current = status
            host.changed()

        def shown() -> list[Any]:
            sent = connection.notifications("$/progress")
            return [each["value"].get("message") for each in sent]

        tell(19, 19, 0)
        create = await until(
            lambda: next((m for m in connection.sent if m.get("method", "").endswith("create")), 0)
        )
        connection.send(id=create["id"], result=None)
        await until(lambda: "0/19 files" in shown())
        tell(19, 8, 200)
        await until(lambda: "11/19 files" in shown())
        tell(19, 0, 350)
        await until(lambda: "0/350 passages" in shown())
        tell(8, 0, 100)
        await until(lambda: "250/350 passages" in shown())
        host.index.current = IndexStatus("ready", 19, 350)
        host.changed()
        sent = connection.notifications
        await until(lambda: sent("$/progress")[-1]["value"]["kind"] == "end")
        percentages = [each["value"].get("percentage", 100) for each in sent("$/progress")]
        assert percentages == sorted(percentages)


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


async def test_the_root_option_stands_in_for_folders(folder: Path, tmp_path: Path) -> None:
    async with connected(root=folder) as connection:
        await until(lambda: connection.host.opened)
        assert connection.host.opened[0][0] == folder
    other = tmp_path / "other"
    other.mkdir()
    async with connected(other, root=folder) as connection:
        await until(lambda: connection.host.opened)
        assert [one[0] for one in connection.host.opened] == [other]


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


async def test_the_host_is_released_where_a_folder_does_not_close(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    async def close(folder: folders.Folder) -> None:
        if folder.path.name == "bad":
            raise OSError("no")
        if folder.path.name == "slow":
            await asyncio.Event().wait()
        closed.append(folder.path.name)

    monkeypatch.setattr(folders.Folder, "close", close)
    monkeypatch.setattr(session, "_CLOSE_SECONDS", 0.1)
    names = ("slow", "bad", "good")
    async with connected(*(tmp_path / name for name in names)) as connection:
        await until(lambda: len(connection.host.opened) == 3)
    assert closed == ["good"]
    assert connection.hosts.released == 1


async def test_all_folders_have_the_same_share_of_threads(tmp_path: Path) -> None:
    async with connected(tmp_path / "one", tmp_path / "two") as connection:
        await until(lambda: len(connection.host.opened) == 2)
        first, second = connection.host.slots
        assert first is second
