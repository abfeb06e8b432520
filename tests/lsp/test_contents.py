"""What an editor learns of the indexes, and of what leaves the machine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.lsp.harness import LIMIT_SECONDS, FakeHost, connected

from askdocs_indexer.types import Contents, IndexedFile, Skipped

CONTENTS = Contents(
    (IndexedFile("docs/ü.md", "page", 3), IndexedFile("tests/a.py", "source", 1, "tests")),
    (Skipped("build/", "git ignores it"), Skipped("a.bin", "binary file")),
)


def host_with(contents: Contents) -> FakeHost:
    host = FakeHost()
    host.record.contents = contents
    return host


async def test_contents(folder: Path) -> None:
    async with connected(folder, host=host_with(CONTENTS)) as connection:
        result = await connection.result("askdocs/contents")
        uri = folder.as_uri()
        assert result == {
            "files": [
                {
                    "uri": f"{uri}/docs/%C3%BC.md",
                    "path": "docs/ü.md",
                    "kind": "page",
                    "chunks": 3,
                    "behind": None,
                },
                {
                    "uri": f"{uri}/tests/a.py",
                    "path": "tests/a.py",
                    "kind": "source",
                    "chunks": 1,
                    "behind": "tests",
                },
            ],
            "leftOut": [
                {"path": "build/", "reason": "git ignores it"},
                {"path": "a.bin", "reason": "binary file"},
            ],
            "index": {"state": "ready", "generation": 0, "pendingFiles": 0},
        }
        command = {"command": "askdocs.server.contents", "arguments": [{"limit": 1}]}
        limited = await connection.result("workspace/executeCommand", command)
        assert limited["files"] == result["files"][:1]
        assert limited["leftOut"] == result["leftOut"][:1]


async def test_contents_of_several_folders(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for each in folders:
        each.mkdir()
    async with connected(*folders, host=host_with(CONTENTS)) as connection:
        result = await connection.result("askdocs/contents", {"limit": 3})
        assert [file["uri"].split("/")[-3] for file in result["files"]] == ["one", "one", "other"]


@pytest.mark.parametrize("limit", [0, -1, "3", 1.5, True])
async def test_a_limit_is_a_number(folder: Path, limit: Any) -> None:
    async with connected(folder) as connection:
        error = await connection.error("askdocs/contents", {"limit": limit})
        assert error["code"] == -32602
        assert error["message"].startswith("limit: must be a whole number of at least 1")


async def test_what_leaves_follows_the_settings(folder: Path) -> None:
    async with connected(folder) as connection:
        await connection.result("askdocs/search", {"query": "q"})  # It is open then.
        assert (await connection.result("askdocs/status"))["leaves"] == []
        settings = {"llm": {"endpoint": "https://me:secret@gpu-box:8000/v1"}}
        connection.notify("workspace/didChangeConfiguration", {"settings": {"askdocs": settings}})
        leaves: list[dict[str, str]] = []
        async with asyncio.timeout(LIMIT_SECONDS):
            while not leaves:
                leaves = (await connection.result("askdocs/status"))["leaves"]
        assert {each["to"] for each in leaves} == {"gpu-box"}
        assert leaves[0]["what"].startswith("questions")
