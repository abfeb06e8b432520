"""Start and end of the process, and what is agreed on between them."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.e2e.lsp.station import REFERENCE, SOURCE, Station
from tests.e2e.lsp_support import (
    ASKDOCS,
    LIMIT_SECONDS,
    Editor,
    eventually,
    make_editor,
    own_environment,
    within,
)

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]


async def test_initialize(station: Station, record_testsuite_property: Any) -> None:
    record_testsuite_property("initialize_seconds", round(station.initialize_seconds, 3))
    result = station.capabilities
    assert result is not None
    assert result.server_info == types.ServerInfo("askdocs", "0.1.0")
    assert result.capabilities.position_encoding == types.PositionEncodingKind.Utf16
    commands = result.capabilities.execute_command_provider
    assert commands is not None
    assert set(commands.commands) == {
        f"askdocs.server.{name}" for name in ("ask", "search", "contents", "status", "reindex")
    }


async def test_no_child_process_runs_without_a_generator(station: Station) -> None:
    assert station.editor._server is not None
    assert psutil.Process(station.editor._server.pid).children(recursive=True) == []


class Cabin:
    """A small, indexed workspace for servers that live for one test."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.folder = top / "project"
        self.folder.mkdir()
        (self.folder / "reference.rst").write_text(REFERENCE)
        self.environment = own_environment(top)
        index = [ASKDOCS, "index", "--root", str(self.folder)]
        subprocess.run(index, env=self.environment, check=True, timeout=LIMIT_SECONDS)

    async def launch(self, editor: Editor) -> None:
        """Start a server."""
        await editor.launch(self.top, self.environment, "--set", "llm.mode=off")


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Cabin:
    return Cabin(tmp_path_factory.mktemp("cabin"))


async def test_words_alone_answer_while_the_embedder_loads(cabin: Cabin) -> None:
    editor = make_editor()
    await cabin.launch(editor)
    try:
        await within(editor.open_session(cabin.folder))
        assert "calibrate" in " ".join(await editor.titles("reference pressure"))
        answer = await editor.request("askdocs/ask", {"question": "What is the barometer for?"})
        assert answer["citations"]
        states = {status["embedder"]["state"] for status in editor.statuses}
        assert "ready" not in states
    finally:
        await editor.kill()


@pytest.mark.parametrize("encoding", list(types.PositionEncodingKind))
async def test_position_encodings(cabin: Cabin, encoding: types.PositionEncodingKind) -> None:
    editor = make_editor()
    await cabin.launch(editor)
    try:
        result = await within(editor.open_session(cabin.folder, encodings=(encoding,)))
        assert result.capabilities.position_encoding == encoding
        uri = editor.open_text(cabin.folder / "main.py", SOURCE)
        unit = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding.value]
        codec = {1: "utf-8", 2: "utf-16-le", 4: "utf-32-le"}[unit]
        start = len("    '😀'; st.".encode(codec)) // unit

        async def hovered() -> types.Hover | None:
            return await editor.hover(uri, 6, start)

        found = await eventually(hovered)
        assert found is not None
        end = start + len("calibrate")
        assert found.range == types.Range(types.Position(6, start), types.Position(6, end))
    finally:
        await editor.kill()


@pytest.mark.parametrize(("by_signal", "code"), [(False, 1), (True, 128 + signal.SIGTERM)])
async def test_the_process_leaves_with_its_editor(cabin: Cabin, by_signal: bool, code: int) -> None:
    editor = make_editor()
    await cabin.launch(editor)
    try:
        await within(editor.open_session(cabin.folder))
        server = editor._server
        assert server is not None
        assert server.stdin is not None
        if by_signal:
            server.terminate()
        else:
            server.stdin.close()
        assert await within(server.wait(), 30) == code
    finally:
        await editor.kill()


async def test_a_second_process_is_told_who_holds_the_index(cabin: Cabin) -> None:
    first, second = make_editor(), make_editor()
    await cabin.launch(first)
    await cabin.launch(second)
    try:
        await within(first.open_session(cabin.folder))

        async def is_open() -> bool:
            status = await first.request("askdocs/status")
            return status["index"]["state"] in ("indexing", "ready")

        await eventually(is_open)
        await within(second.open_session(cabin.folder))

        async def told() -> str:
            status = await second.request("askdocs/status")
            return str(status["index"]["detail"]) if second.messages else ""

        detail = await eventually(told)
        assert [message.message for message in second.messages] == [f"askdocs: {detail}"]
        with pytest.raises(JsonRpcException) as refused:
            await second.request("askdocs/search", {"query": "pressure"})
        assert str(refused.value) == detail
        await within(first.shutdown_session())

        async def taken_over() -> bool:
            with suppress(JsonRpcException):
                return bool(await second.titles("pressure"))
            return False

        await eventually(taken_over)
    finally:
        await first.kill()
        await second.kill()


async def test_a_bad_option_ends_the_start(tmp_path: Path) -> None:
    editor = make_editor()
    await editor.launch(tmp_path, own_environment(tmp_path), "--set", "llm.mode=maybe")
    try:
        assert editor._server is not None
        async with asyncio.timeout(30):
            assert await editor._server.wait() == 2
    finally:
        await editor.kill()
