"""The real language server on stdio: real Milvus Lite, real MiniLM, real watchdog, no generator."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.e2e.lsp_support import (
    ASKDOCS,
    LIMIT_SECONDS,
    Editor,
    eventually,
    make_editor,
    own_environment,
    within,
)

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

GUIDE = """\
# Guide

Everything about the weather station.

## Calibrating the barometer

Turn the brass screw until the needle agrees with the reference pressure of the harbour.

## Changing the battery

Open the lid, take out the old cell and put in a new one. The clock keeps running for a minute.
"""

REFERENCE = """\
Reference
=========

.. module:: station

.. function:: calibrate(pressure)

   Set the reference pressure of the barometer, in hectopascal.

.. function:: transmit(report)

   Send one report by radio.
"""

SOURCE = """\
import station as st
from station import transmit

# station in a comment
def main(report: str) -> None:
    count = 3
    '😀'; st.calibrate(1013 + count)
    return transmit(report)
"""
CALIBRATE = (6, len("    '😀'; st.cal") + 1)  # In UTF-16, where the face takes two units.


class Station:
    """The workspace of these tests and the editor that has it open."""

    def __init__(self, folder: Path, environment: Mapping[str, str], editor: Editor) -> None:
        self.folder = folder
        self.environment = environment
        self.editor = editor
        self.initialize_seconds = 0.0
        self.capabilities: types.InitializeResult | None = None

    def write(self, name: str, text: str) -> str:
        """Write a file and return its URI."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path.as_uri()

    def save(self, name: str, text: str) -> None:
        """Write a file as an editor does, which tells the server at once."""
        uri = self.write(name, text)
        self.editor.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def station(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    top = tmp_path_factory.mktemp("lsp")
    folder = top / "a project"  # Its URI needs escapes.
    folder.mkdir()
    editor = make_editor()
    station = Station(folder, own_environment(top), editor)
    station.write("docs/guide.md", GUIDE)
    station.write("docs/reference.rst", REFERENCE)
    editor.set_configuration({"llm": {"mode": "off"}}, section="askdocs")
    started = await editor.launch(top, station.environment)
    try:
        station.capabilities = await within(editor.open_session(folder))
        station.initialize_seconds = time.monotonic() - started
        await editor.until_ready()
        yield station
        await within(editor.shutdown_session())
        assert editor._server is not None
        assert editor._server.returncode == 0
    finally:
        await editor.kill()


async def test_initialize(station: Station, record_testsuite_property: Any) -> None:
    record_testsuite_property("initialize_seconds", round(station.initialize_seconds, 3))
    result = station.capabilities
    assert result is not None
    assert result.server_info == types.ServerInfo("askdocs", "0.1.0")
    assert result.capabilities.position_encoding == types.PositionEncodingKind.Utf16
    commands = result.capabilities.execute_command_provider
    assert commands is not None
    assert set(commands.commands) == {
        f"askdocs.server.{name}" for name in ("ask", "search", "status", "reindex")
    }


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


async def test_hover_resolves_imports(station: Station) -> None:
    uri = station.editor.open_text(station.folder / "main.py", SOURCE)
    found = await station.editor.hover(uri, *CALIBRATE)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert found.contents.kind == types.MarkupKind.Markdown
    assert "in hectopascal" in found.contents.value
    assert (station.folder / "docs/reference.rst").as_uri() in found.contents.value
    start = len("    '😀'; st.") + 1
    assert found.range == types.Range(
        types.Position(6, start), types.Position(6, start + len("calibrate"))
    )
    assert "by radio" in await station.editor.hover_text(uri, 7, len("    return tr"))


@pytest.mark.parametrize(
    ("line", "character"),
    [
        pytest.param(0, 1, id="keyword"),
        pytest.param(3, 3, id="comment"),
        pytest.param(4, 10, id="parameter"),
        pytest.param(5, 6, id="local"),
        pytest.param(5, 12, id="literal"),
        pytest.param(99, 0, id="below the text"),
    ],
)
async def test_hover_shows_nothing(station: Station, line: int, character: int) -> None:
    uri = station.editor.open_text(station.folder / "main.py", SOURCE)
    assert await station.editor.hover(uri, line, character) is None


async def test_hover_sees_the_buffer_and_not_the_disk(station: Station) -> None:
    editor = station.editor
    path = station.folder / "buffer.py"
    path.write_text("print()\n")
    uri = editor.open_text(path, "import other\nother.calibrate()\n")
    assert await editor.hover(uri, 1, 8) is None
    editor.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, uri),
            [
                types.TextDocumentContentChangePartial(
                    types.Range(types.Position(0, 7), types.Position(0, 12)), "station as other"
                )
            ],
        )
    )
    assert "in hectopascal" in await editor.hover_text(uri, 1, 8)


async def test_cancelled_hovers_leave_no_queue(station: Station) -> None:
    editor = station.editor
    uri = editor.open_text(station.folder / "main.py", SOURCE)
    params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(*CALIBRATE))
    for number in range(100):
        asked = editor.protocol.send_request("textDocument/hover", params, msg_id=f"h{number}")
        editor.protocol.notify("$/cancelRequest", types.CancelParams(f"h{number}"))
        asked.add_done_callback(lambda future: future.exception())
    assert "in hectopascal" in await editor.hover_text(uri, *CALIBRATE)


async def test_search(station: Station) -> None:
    result = await station.editor.request(
        "askdocs/search", {"query": "replace the cell", "limit": 2}
    )
    assert len(result["hits"]) == 2
    best = result["hits"][0]
    assert best["title"] == "Changing the battery"
    assert best["uri"] == (station.folder / "docs/guide.md").as_uri()
    assert best["range"]["start"] == {"line": 8, "character": 0}
    assert best["range"]["end"] == {"line": 11, "character": 0}
    assert "Open the lid" in best["excerpt"]
    assert 0 < best["score"] <= 1
    assert result["index"]["state"] == "ready"
    assert result["index"]["generation"] > 0


async def test_ask_streams_citations_and_then_the_answer(station: Station) -> None:
    editor = station.editor
    result = await editor.request(
        "askdocs/ask",
        {
            "question": "How is the barometer calibrated?",
            "history": [{"question": "What is this?", "answer": "A weather station."}],
            "partialResultToken": "parts",
            "workDoneToken": "work",
        },
    )
    first, *texts = editor.progress["parts"]
    assert first["kind"] == "citations"
    assert {text["kind"] for text in texts} == {"text"}
    assert "".join(text["text"] for text in texts) == result["answer"]
    assert "brass screw" in result["answer"]
    assert (result["abstained"], result["model"]) == (False, None)
    assert [one["number"] for one in result["citations"]] == [1, 2, 3, 4][: len(first["citations"])]
    assert "verified" in result["citations"][0]
    assert result["timings"]["firstTokenMs"] is None
    assert result["timings"]["totalMs"] >= result["timings"]["retrieveMs"] > 0
    kinds = [value["kind"] for value in editor.progress["work"]]
    assert (kinds[0], kinds[-1]) == ("begin", "end")


async def test_ask_sees_the_selection(station: Station) -> None:
    editor = station.editor
    uri = editor.open_text(station.folder / "note.py", "x = 1\n# change the battery\n")
    area = {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 20}}
    result = await editor.request(
        "askdocs/ask", {"question": "How?", "textDocument": {"uri": uri}, "range": area}
    )
    assert result["citations"][0]["title"] == "Changing the battery"


async def test_a_cancelled_question_is_answered_so(station: Station) -> None:
    editor = station.editor
    asked = editor.protocol.send_request("askdocs/ask", {"question": "Battery?"}, msg_id="ask-1")
    editor.protocol.notify("$/cancelRequest", types.CancelParams("ask-1"))
    with pytest.raises(JsonRpcException) as caught:
        await within(asyncio.wrap_future(asked))
    assert caught.value.code == -32800
    assert await editor.titles("battery")


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("ask", None, "question"),
        ("ask", {"question": 5}, "question"),
        ("ask", {"question": " "}, "question"),
        ("ask", {"question": "?", "history": [{"question": "a"}]}, "history[0].answer"),
        ("ask", {"question": "?", "textDocument": "x"}, "textDocument"),
        ("ask", {"question": "?", "range": {}}, "textDocument"),
        ("search", [], "params"),
        ("search", {"query": "x", "limit": 0}, "limit"),
        ("search", {"query": "x", "limit": "many"}, "limit"),
        ("reindex", {"uri": "file:///nowhere/else"}, "uri"),
    ],
)
async def test_bad_parameters_name_the_field(
    station: Station, method: str, params: Any, field: str
) -> None:
    for ask in (
        station.editor.request(f"askdocs/{method}", params),
        station.editor.command(f"askdocs.server.{method}", params),
    ):
        with pytest.raises(JsonRpcException) as caught:
            await ask
        assert caught.value.code == -32602
        assert caught.value.message.startswith(f"{field}: ")


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


async def test_commands_do_what_the_methods_do(station: Station) -> None:
    editor = station.editor
    status = await editor.command("askdocs.server.status")
    assert status["embedder"]["state"] == "ready"
    found = await editor.command("askdocs.server.search", {"query": "change the battery"})
    assert found["hits"][0]["title"] == "Changing the battery"
    answer = await editor.command("askdocs.server.ask", {"question": "How to change the battery?"})
    assert "Open the lid" in answer["answer"]
    report = await editor.command("askdocs.server.reindex", token="again")
    assert report["files"] >= 2
    assert report["embedded"] == report["deleted"] == 0
    values = editor.progress["again"]
    assert [values[0]["kind"], values[-1]["kind"]] == ["begin", "end"]
    reports = [value["message"] for value in values if value["kind"] == "report"]
    assert reports
    assert reports[-1] == f"{report['files']}/{report['files']} files"


async def test_reindex_of_one_file(station: Station) -> None:
    uri = (station.folder / "docs/guide.md").as_uri()
    report = await station.editor.request("askdocs/reindex", {"uri": uri})
    assert report["chunks"] > 0


async def test_unknown_methods_and_commands_are_refused(station: Station) -> None:
    with pytest.raises(JsonRpcException) as caught:
        await station.editor.request("askdocs/nothing", {})
    assert caught.value.code == -32601
    with pytest.raises(JsonRpcException) as caught:
        await station.editor.command("askdocs.server.nothing")
    assert caught.value.code == -32602


async def test_settings_apply_while_running(station: Station) -> None:
    editor = station.editor
    uri = editor.open_text(station.folder / "main.py", SOURCE)

    async def change(settings: Mapping[str, Any]) -> None:
        editor.set_configuration({"llm": {"mode": "off"}, **settings}, section="askdocs")
        editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))

    async def shown(expected: bool) -> bool:
        return bool(await editor.hover_text(uri, *CALIBRATE)) == expected

    async def in_index(path: str, expected: bool) -> bool:
        result = await editor.request("askdocs/search", {"query": "battery", "limit": 20})
        return any(path in hit["uri"] for hit in result["hits"]) == expected

    await change({"hover": {"enabled": False}, "ask": {"passages": "many"}})
    await eventually(lambda: shown(False))
    assert any("ask.passages" in message.message for message in editor.messages)
    await change({"docs": {"exclude": ["**/guide.md"]}})
    await eventually(lambda: in_index("guide.md", False))
    await eventually(lambda: shown(True))
    await change({})
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
        assert (await second.request("askdocs/search", {"query": "pressure"}))["hits"] == []
        await within(first.shutdown_session())

        async def taken_over() -> bool:
            return bool(await second.titles("pressure"))

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
