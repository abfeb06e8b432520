"""Parameters of askdocs's own methods: what is taken, and what the refusal of the rest says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from askdocs_server.answers.turn import Turn
from askdocs_server.lsp.params import (
    MAX_LIMIT,
    AskParams,
    ReindexParams,
    SearchParams,
    ask_params,
    reindex_params,
    search_params,
    status_params,
)

POSITION = {"line": 1, "character": 2}


@pytest.mark.parametrize(
    ("check", "params", "expected"),
    [
        (ask_params, {"question": "q"}, AskParams("q")),
        (ask_params, {"question": "q", "history": None, "range": None}, AskParams("q")),
        (
            ask_params,
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
                "file:///a",
                types.Range(types.Position(1, 2), types.Position(1, 2)),
                (Turn("p", ""),),
                0,
                "w",
            ),
        ),
        (search_params, {"query": "q"}, SearchParams("q", 10)),
        (search_params, {"query": "q", "limit": 10**9}, SearchParams("q", MAX_LIMIT)),
        (reindex_params, None, ReindexParams()),
        (reindex_params, {"uri": "file:///a"}, ReindexParams("file:///a")),
        (status_params, None, None),
    ],
)
def test_good(check: Callable[[Any], Any], params: Any, expected: Any) -> None:
    assert check(params) == expected


@pytest.mark.parametrize(
    ("check", "params", "message"),
    [
        (ask_params, None, "question: is missing; it must be text."),
        (ask_params, [1], "params: must be an object, not [1]."),
        (ask_params, {"question": 5}, "question: must be text, not 5."),
        (ask_params, {"question": "\n"}, "question: must not be empty."),
        (ask_params, {"question": "x" * 20_001}, "question: must have at most 20000 characters."),
        (ask_params, {"question": "q", "history": {}}, "history: must be a list, not {}."),
        (
            ask_params,
            {"question": "q", "history": [{"question": "p", "answer": "a"}, 1]},
            "history[1]: must be an object, not 1.",
        ),
        (
            ask_params,
            {"question": "q", "textDocument": {}},
            "textDocument.uri: is missing; it must be text.",
        ),
        (ask_params, {"question": "q", "range": {}}, "textDocument: is missing; `range` needs it."),
        (
            ask_params,
            {"question": "q", "textDocument": {"uri": "u"}, "range": {"start": POSITION}},
            "range.end.line: is missing; it must be a whole number of at least 0.",
        ),
        (
            ask_params,
            {"question": "q", "partialResultToken": True},
            "partialResultToken: must be text or a whole number, not true.",
        ),
        (
            search_params,
            {"query": "q", "limit": 0},
            "limit: must be a whole number of at least 1, not 0.",
        ),
        (
            search_params,
            {"query": "q", "limit": 1.5},
            "limit: must be a whole number of at least 1, not 1.5.",
        ),
        (reindex_params, {"uri": ["a"]}, 'uri: must be text, not ["a"].'),
        (status_params, "x", 'params: must be an object, not "x".'),
    ],
)
def test_bad(check: Callable[[Any], Any], params: Any, message: str) -> None:
    with pytest.raises(JsonRpcInvalidParams) as caught:
        check(params)
    assert caught.value.message == message
