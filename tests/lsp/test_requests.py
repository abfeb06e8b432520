"""Questions and hovers over fake parts: what they get, what they give, failures and cancels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.lsp.harness import FakeHost, connected, until

from askdocs_indexer.errors import StoreError


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


async def test_the_selection_comes_from_the_buffer(folder: Path) -> None:
    uri = (folder / "a.py").as_uri()
    area = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 4}}
    async with connected(folder) as connection:
        error = await connection.error("askdocs/ask", {"question": "q", "range": area})
        assert error["message"] == "textDocument: is missing; `range` needs it."
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


async def test_a_slow_hover_is_no_error(folder: Path) -> None:
    async with connected(folder) as connection:
        connection.open_text("untitled:1", "x")
        connection.host.record.failure = TimeoutError()
        params = {"textDocument": {"uri": "untitled:1"}, "position": {"line": 0, "character": 0}}
        assert await connection.result("textDocument/hover", params) is None


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
