"""The journal: what a new daemon is told, and what the editor is told of the old one."""

from __future__ import annotations

from typing import Any

import pytest

from askdocs_server.daemon.handshake import LEAVING_METHOD
from askdocs_server.daemon.journal import Journal

URI = "file:///a.py"


def request(number: Any, method: str = "askdocs/search", **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def notice(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def response(number: Any, result: Any = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "result": result}


def started(encoding: str = "utf-16") -> Journal:
    journal = Journal()
    journal.from_editor(request(0, "initialize"))
    assert journal.from_daemon(response(0, {"capabilities": {"positionEncoding": encoding}}))
    journal.from_editor(notice("initialized"))
    return journal


def replayed(journal: Journal) -> list[str]:
    return [message["method"] for message in journal.replay()]


def test_nothing_was_said() -> None:
    assert Journal().replay() == []
    assert Journal().lost() == []


def test_a_session_is_built_up_again() -> None:
    journal = started()
    journal.from_editor(notice("workspace/didChangeConfiguration", settings=1))
    journal.from_editor(notice("workspace/didChangeConfiguration", settings=2))
    journal.from_editor(notice("workspace/didChangeWorkspaceFolders", event={}))
    journal.from_editor(notice("textDocument/didSave", textDocument={"uri": URI}))
    journal.from_editor(request(1))
    journal.from_daemon(response(1))
    journal.from_editor(request("two"))
    messages = journal.replay()
    assert [one["method"] for one in messages] == [
        "initialize",
        "initialized",
        "workspace/didChangeConfiguration",
        "workspace/didChangeWorkspaceFolders",
        "askdocs/search",
    ]
    assert messages[2]["params"] == {"settings": 2}
    assert messages[-1]["id"] == "two"


def test_the_editor_sees_one_answer_to_initialize() -> None:
    journal = started()
    journal.replay()
    assert not journal.from_daemon(response(0))
    unanswered = Journal()
    unanswered.from_editor(request(0, "initialize"))
    assert replayed(unanswered) == ["initialize"]
    assert unanswered.from_daemon(response(0))


def test_documents_are_as_the_editor_has_them() -> None:
    journal = started("utf-8")
    document = {"uri": URI, "languageId": "python", "version": 1, "text": "é = 1\n"}
    journal.from_editor(notice("textDocument/didOpen", textDocument=document))
    area = {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 6}}
    journal.from_editor(
        notice(
            "textDocument/didChange",
            textDocument={"uri": URI, "version": 7},
            contentChanges=[{"range": area, "text": "2"}],
        )
    )
    opened = journal.replay()[-1]["params"]["textDocument"]
    assert opened == {"uri": URI, "languageId": "python", "version": 7, "text": "é = 2\n"}
    journal.from_editor(notice("textDocument/didClose", textDocument={"uri": URI}))
    assert replayed(journal) == ["initialize", "initialized"]


def test_a_change_that_cannot_be_followed_leaves_the_file_on_disk() -> None:
    for changes in ([{"text": 1}], [{"range": "x", "text": ""}], [None], None, 3):
        journal = started()
        document = {"uri": URI, "text": "x"}
        journal.from_editor(notice("textDocument/didOpen", textDocument=document))
        journal.from_editor(
            notice("textDocument/didChange", textDocument={"uri": URI}, contentChanges=changes)
        )
        assert replayed(journal) == ["initialize", "initialized"]


def test_what_was_cancelled_is_answered_and_not_asked_again() -> None:
    journal = started()
    journal.from_editor(request(1))
    journal.from_editor(notice("$/cancelRequest", id=1))
    (told,) = journal.lost()
    assert (told["id"], told["error"]["code"]) == (1, -32800)
    assert replayed(journal) == ["initialize", "initialized"]


def test_a_request_that_no_daemon_survives_fails() -> None:
    journal = started()
    journal.from_editor(request(1))
    for _ in range(2):
        assert journal.lost() == []
        journal.from_editor(request(2))  # It comes while none runs, so none has ended of it.
        assert replayed(journal)[-2:] == ["askdocs/search", "askdocs/search"]
        journal.from_daemon(response(2))
    (told,) = journal.lost()
    assert (told["id"], told["error"]["code"]) == (1, -32803)
    assert replayed(journal) == ["initialize", "initialized"]


def test_requests_fail_where_no_daemon_follows() -> None:
    unanswered = Journal()
    unanswered.from_editor(request(0, "initialize"))
    unanswered.from_editor(request(1))
    assert [one["id"] for one in unanswered.lost(is_final=True)] == [0, 1]


def test_progress_ends_and_begins_no_second_time() -> None:
    journal = started()
    journal.from_editor(request(1, "askdocs/ask", partialResultToken="p", workDoneToken="w"))
    journal.from_editor(
        request(2, "workspace/executeCommand", arguments=[{"partialResultToken": "q"}])
    )
    journal.from_daemon(notice("$/progress", token="w", value={"kind": "begin"}))
    journal.from_daemon(notice("$/progress", token="p", value={"kind": "citations"}))
    journal.from_daemon(notice("$/progress", token="other", value={"kind": "begin"}))
    journal.from_daemon(notice("$/progress", token="other", value={"kind": "end"}))
    assert [one["params"] for one in journal.lost()] == [{"token": "w", "value": {"kind": "end"}}]
    first, second = journal.replay()[-2:]
    assert first["params"] == {}
    assert second["params"] == {"arguments": [{"partialResultToken": "q"}]}


@pytest.mark.parametrize(("is_stopped", "state"), [(True, "closed"), (False, "opening")])
def test_a_status_does_not_outlive_its_daemon(is_stopped: bool, state: str) -> None:
    journal = started()
    index = {"state": "indexing", "pendingFiles": 8, "pendingReads": 8, "pendingChunks": 0}
    index |= {"files": 11, "detail": ""}
    folder = {"uri": "file:///project", "name": "project", "index": index}
    embedder = {"state": "loading", "model": "mini", "detail": ""}
    status = {"index": index, "embedder": embedder, "workspaceFolders": [folder]}
    assert journal.from_daemon(notice("askdocs/statusChanged", **status))
    (told,) = journal.lost(is_stopped=is_stopped)
    assert told["method"] == "askdocs/statusChanged"
    after = told["params"]
    for each in (after["index"], after["workspaceFolders"][0]["index"]):
        assert (each["state"], each["files"], each["pendingFiles"]) == (state, 11, 0)
        assert ("starts it again" in each["detail"]) == is_stopped
    assert after["embedder"] == {"state": "idle", "model": "mini", "detail": ""}
    assert after["workspaceFolders"][0]["uri"] == folder["uri"]
    assert journal.lost() == []


def test_the_end() -> None:
    journal = started()
    journal.from_editor(request(9, "shutdown"))
    assert journal.is_shut_down
    assert journal.lost() == [{"jsonrpc": "2.0", "id": 9, "result": None}]
    journal.from_editor(notice("exit"))
    assert journal.is_over
    assert not journal.from_daemon(notice(LEAVING_METHOD, reason="stopped"))


def test_nonsense_passes() -> None:
    journal = started()
    for nonsense in (None, 42, [], "x", {}, {"id": 1.5}, {"method": 3}, {"id": [], "method": "x"}):
        journal.from_editor(nonsense)
        assert journal.from_daemon(nonsense)
    journal.from_editor({"method": "textDocument/didOpen", "params": [1]})
    journal.from_editor({"method": "textDocument/didOpen", "params": {"textDocument": 3}})
    journal.from_editor({"method": "askdocs/search", "id": True})
    journal.from_daemon({"method": "$/progress", "params": {"token": {}, "value": 1}})
    assert replayed(journal) == ["initialize", "initialized"]


def test_a_cancel_without_a_daemon_is_passed_on_to_the_next() -> None:
    journal = started()
    journal.from_editor(request(1))
    assert journal.lost() == []
    assert journal.has_pending
    journal.from_editor(notice("$/cancelRequest", id=1))
    assert replayed(journal)[-2:] == ["askdocs/search", "$/cancelRequest"]
    journal.from_daemon(response(1))
    assert not journal.has_pending
