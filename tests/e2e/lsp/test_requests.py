"""Searching and asking, by method and by command, and requests that are refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from tests.e2e.lsp.station import Station
from tests.e2e.lsp_support import within

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]

START = {"line": 0, "character": 0}


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


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("ask", None, "question"),
        ("ask", {"question": 5}, "question"),
        ("ask", {"question": " "}, "question"),
        ("ask", {"question": "?", "history": [{"question": "a"}]}, "history[0].answer"),
        ("ask", {"question": "?", "textDocument": "x"}, "textDocument"),
        ("ask", {"question": "?", "range": {}}, "range.start"),
        ("ask", {"question": "?", "range": {"start": START, "end": START}}, "textDocument"),
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


async def test_unknown_methods_and_commands_are_refused(station: Station) -> None:
    with pytest.raises(JsonRpcException) as caught:
        await station.editor.request("askdocs/nothing", {})
    assert caught.value.code == -32601
    with pytest.raises(JsonRpcException) as caught:
        await station.editor.command("askdocs.server.nothing")
    assert caught.value.code == -32602
