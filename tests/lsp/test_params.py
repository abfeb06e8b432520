"""Parameters of askdocs's own methods: what is taken, and what the refusal of the rest says."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from askdocs_server.lsp.params import (
    MAX_LIMIT,
    AskParams,
    HistoryTurn,
    HoverParams,
    ReindexParams,
    SearchParams,
    StatusParams,
    TextDocument,
    parse,
)

POSITION = {"line": 1, "character": 2}
ASKED = {"question": "q", "textDocument": {"uri": "u"}}
DEFINED = {"textDocument": {"uri": "u"}, "position": POSITION}
TEXT = "text of at most 20000 characters"
WHOLE = "a whole number from 0 to 2147483647"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"question": "q"}, AskParams("q")),
        ({"question": "q", "history": None, "range": None}, AskParams("q")),
        (
            {
                "question": "q",
                "textDocument": {"uri": "file:///a"},
                "range": {"start": POSITION, "end": POSITION},
                "history": [{"question": "p", "answer": ""}],
                "partialResultToken": 0,
                "workDoneToken": "w",
                "unknown": True,
            },
            AskParams(
                "q",
                TextDocument("file:///a"),
                types.Range(types.Position(1, 2), types.Position(1, 2)),
                [HistoryTurn("p", "")],
                0,
                "w",
            ),
        ),
        (
            {"textDocument": {"uri": "u"}, "position": POSITION},
            HoverParams(TextDocument("u"), types.Position(1, 2)),
        ),
        ({"query": "q"}, SearchParams("q", 10)),
        ({"query": "q", "limit": 10**9}, SearchParams("q", MAX_LIMIT)),
        (None, ReindexParams()),
        ({"uri": "file:///a"}, ReindexParams("file:///a")),
        (None, StatusParams()),
    ],
)
def test_good(params: Any, expected: Any) -> None:
    assert parse(params, type(expected)) == expected


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        (AskParams, None, f"question: is missing; it must be non-blank {TEXT}."),
        (AskParams, [1], "params: must be an object, not [1]."),
        (AskParams, {"question": 5}, f"question: must be non-blank {TEXT}, not 5."),
        (AskParams, {"question": "\n"}, f'question: must be non-blank {TEXT}, not "\\n".'),
        (
            AskParams,
            {"question": "x" * 20_001},
            f'question: must be non-blank {TEXT}, not "{"x" * 79}….',
        ),
        (
            AskParams,
            {"question": "q", "history": {}},
            "history: must be a list of at most 100 items, not {}.",
        ),
        (
            AskParams,
            {"question": "q", "history": [0] * 101},
            f"history: must be a list of at most 100 items, not [{'0, ' * 26}0….",
        ),
        (
            AskParams,
            {"question": "q", "history": [{"question": "p", "answer": "a"}, 1]},
            "history[1]: must be an object, not 1.",
        ),
        (
            AskParams,
            {"question": "q", "history": [{"question": "p"}]},
            f"history[0].answer: is missing; it must be {TEXT}.",
        ),
        (
            AskParams,
            {"question": "q", "textDocument": {}},
            f"textDocument.uri: is missing; it must be non-blank {TEXT}.",
        ),
        (
            HoverParams,
            {"textDocument": {"uri": "u"}},
            "position: is missing; it must be an object.",
        ),
        (
            HoverParams,
            {**DEFINED, "definitions": {}},
            "definitions: must be a list of at most 100 items, not {}.",
        ),
        (
            HoverParams,
            {**DEFINED, "definitions": [{"uri": "u", "range": {"start": POSITION}}]},
            "definitions[0].range.end: is missing; it must be an object.",
        ),
        (
            AskParams,
            {**ASKED, "range": {"start": POSITION}},
            "range.end: is missing; it must be an object.",
        ),
        (
            AskParams,
            {**ASKED, "range": {"start": POSITION, "end": {}}},
            f"range.end.line: is missing; it must be {WHOLE}.",
        ),
        (
            AskParams,
            {**ASKED, "range": {"start": POSITION, "end": {**POSITION, "line": 2**31}}},
            f"range.end.line: must be {WHOLE}, not 2147483648.",
        ),
        (
            AskParams,
            {"question": "q", "partialResultToken": True},
            "partialResultToken: must be text or a whole number, not true.",
        ),
        (
            SearchParams,
            {"query": "q", "limit": 0},
            "limit: must be a whole number of at least 1, not 0.",
        ),
        (
            SearchParams,
            {"query": "q", "limit": 1.5},
            "limit: must be a whole number of at least 1, not 1.5.",
        ),
        (ReindexParams, {"uri": ["a"]}, f'uri: must be non-blank {TEXT}, not ["a"].'),
        (StatusParams, "x", 'params: must be an object, not "x".'),
    ],
)
def test_bad(kind: type, params: Any, message: str) -> None:
    with pytest.raises(JsonRpcInvalidParams) as caught:
        parse(params, kind)
    assert caught.value.message == message
