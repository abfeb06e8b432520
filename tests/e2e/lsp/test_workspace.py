"""The index follows the disk, the settings and the folders, and its status tells of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.e2e.lsp.station import CALIBRATE, SOURCE, Station
from tests.e2e.lsp_support import eventually

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]


async def test_indexing_shows_progress(station: Station) -> None:
    editor = station.editor
    assert editor.created
    values = editor.progress[editor.created[0]]

    async def ended() -> bool:
        return bool(values[-1]["kind"] == "end")

    await eventually(ended)
    begin, *reports, _end = values
    assert begin["kind"] == "begin"
    assert "Indexing" in begin["title"]
    assert reports
    assert all(report["kind"] == "report" for report in reports)


async def test_status(station: Station) -> None:
    station.write("docs/broken.md", "x")
    (station.folder / "docs/broken.md").write_bytes(b"\x00\xff\x00\xff" * 100)
    editor = station.editor

    async def skipped() -> Any:
        status = await editor.request("askdocs/status")
        return status if status["index"]["skipped"] else None

    status = await eventually(skipped)
    [row] = status["index"]["skipped"]
    assert row["uri"] == (station.folder / "docs/broken.md").as_uri()
    assert row["reason"]
    assert status["index"]["files"] >= 2
    assert status["embedder"]["state"] == "ready"
    assert status["embedder"]["device"] == "cpu"
    assert status["generator"]["state"] == "off"
    assert [one["uri"] for one in status["workspaceFolders"]] == [station.folder.as_uri()]

    async def told() -> bool:
        return bool(editor.statuses[-1]["index"]["skipped"] == status["index"]["skipped"])

    await eventually(told)
    (station.folder / "docs/broken.md").unlink()


async def test_a_save_is_seen_at_once(station: Station) -> None:
    editor = station.editor
    uri = editor.open_text(station.folder / "probe.py", "import probe\nprobe.sink()\n")
    for word in ("alpha", "beta"):
        page = f"Probe\n=====\n\n.. module:: probe\n\n.. function:: sink()\n\n   Means {word}.\n"
        station.save("docs/probe.rst", page)

        async def shown(word: str = word) -> bool:
            return word in await editor.hover_text(uri, 1, 8)

        await eventually(shown)


async def test_the_disk_is_followed_without_a_save(station: Station) -> None:
    editor = station.editor

    async def files(word: str) -> set[str]:
        result = await editor.request("askdocs/search", {"query": word, "limit": 20})
        return {Path(hit["uri"]).name for hit in result["hits"] if word in hit["excerpt"]}

    async def found_in(*names: str) -> bool:
        return await files("zyxwort") == set(names)

    station.write("docs/new.md", "# New\n\nOnly here stands zyxwort.\n")
    await eventually(lambda: found_in("new.md"))
    (station.folder / "docs/new.md").rename(station.folder / "docs/renamed.md")
    await eventually(lambda: found_in("renamed.md"))
    (station.folder / "docs/renamed.md").unlink()
    await eventually(found_in)


async def test_reindex_of_one_file(station: Station) -> None:
    uri = (station.folder / "docs/guide.md").as_uri()
    report = await station.editor.request("askdocs/reindex", {"uri": uri})
    assert report["chunks"] > 0


async def test_settings_apply_while_running(station: Station) -> None:
    editor = station.editor
    uri = editor.open_text(station.folder / "main.py", SOURCE)

    async def shown(expected: bool) -> bool:
        return bool(await editor.hover_text(uri, *CALIBRATE)) == expected

    async def in_index(path: str, expected: bool) -> bool:
        result = await editor.request("askdocs/search", {"query": "battery", "limit": 20})
        return any(path in hit["uri"] for hit in result["hits"]) == expected

    station.change({"hover": {"enabled": False}, "ask": {"passages": "many"}})
    await eventually(lambda: shown(False))
    assert any("ask.passages" in message.message for message in editor.messages)
    station.change({"docs": {"exclude": ["**/guide.md"]}})
    await eventually(lambda: in_index("guide.md", False))
    await eventually(lambda: shown(True))
    station.change({})
    await eventually(lambda: in_index("guide.md", True))


async def test_folders_come_and_go(station: Station) -> None:
    editor = station.editor
    other = station.folder.parent / "other"
    other.mkdir()
    (other / "page.md").write_text("# Other\n\nThe second folder knows of kumquats.\n")
    folder = types.WorkspaceFolder(other.as_uri(), "other")

    def change(added: list[types.WorkspaceFolder], removed: list[types.WorkspaceFolder]) -> None:
        event = types.WorkspaceFoldersChangeEvent(added, removed)
        editor.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))

    async def found(expected: bool) -> bool:
        return ("Other" in await editor.titles("kumquats")) == expected

    change([folder], [])
    await eventually(lambda: found(True))
    change([], [folder])
    await eventually(lambda: found(False))
