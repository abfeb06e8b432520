"""A status that is followed until Ctrl-C."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cli.test_listing import Terminal

from askdocs_server.cli import watch as module
from askdocs_server.cli.output import Output
from askdocs_server.cli.watch import watch

ROW: dict[str, Any] = {
    "state": "indexing",
    "files": 1,
    "answers": {"model": None, "detail": "5.0 GiB are free."},
    "daemon": {"pid": 7, "seconds": 1.0},
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.0)


async def watched(rows: list[dict[str, Any]], stream: io.StringIO, *, as_json: bool) -> str:
    """Look at one row after the other, then press Ctrl-C."""
    left: Iterator[dict[str, Any]] = iter(rows)
    firsts: list[bool] = []

    async def look(*, is_first: bool) -> dict[str, Any]:
        firsts.append(is_first)
        row = next(left, None)
        if row is None:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)
            raise AssertionError("it was not cancelled")
        return row

    def lines(row: dict[str, Any]) -> list[str]:
        return [f"state {row['state']}", f"files {row['files']}"]

    watching = asyncio.create_task(watch(look, lines, Output(stream), as_json=as_json))
    assert await watching == 0
    assert firsts == [True, *[False] * len(rows)]
    return stream.getvalue()


async def test_a_program_gets_a_line_for_each_change() -> None:
    older = {**ROW, "daemon": {"pid": 7, "seconds": 2.0}, "answers": {"model": None, "detail": ""}}
    rows = [ROW, older, {**ROW, "files": 2}]
    text = await watched(rows, io.StringIO(), as_json=True)
    assert [json.loads(line)["files"] for line in text.splitlines()] == [1, 2]


async def test_a_pipe_gets_each_state_below_the_last() -> None:
    text = await watched([ROW, ROW, {**ROW, "state": "ready"}], io.StringIO(), as_json=False)
    assert text == "state indexing\nfiles 1\n\nstate ready\nfiles 1\n\n"


async def test_a_terminal_stays_in_place_and_gets_its_cursor_back() -> None:
    text = await watched([ROW, {**ROW, "state": "ready"}], Terminal(), as_json=False)
    assert "\x1b[?25l" in text  # Hidden meanwhile.
    assert text.rindex("\x1b[?25h") > text.rindex("state ready")
    assert "\x1b[1A" in text
