"""The wire under fire: hostile bytes on one connection, and what another one notices of it.

ASKDOCS_TEST_FUZZ sets the number of messages (5,000 by default), ASKDOCS_TEST_SEED tries others.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lsp.harness import LIMIT_SECONDS, Connection, FakeHost, until

MESSAGES = int(os.environ.get("ASKDOCS_TEST_FUZZ", "5000"))
SEED = os.environ.get("ASKDOCS_TEST_SEED")
BATCH = 50
COUNT = Counter[str]()

URI = "file:///project/app.py"
HERE = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 1}}
AREA = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
OPEN = {"uri": URI, "languageId": "python", "version": 1, "text": "a\U0001f600b\nc"}
# What editors send; each is spoiled at one place or more.
GOOD: list[dict[str, Any]] = [
    {"id": 0, "method": "initialize", "params": {"capabilities": {}, "processId": None}},
    {"id": 0, "method": "textDocument/hover", "params": HERE},
    {
        "id": 0,
        "method": "askdocs/hover",
        "params": {**HERE, "definitions": [{"uri": URI, "range": AREA}]},
    },
    {"id": 0, "method": "askdocs/ask", "params": {"question": "q", "range": AREA, **HERE}},
    {
        "id": 0,
        "method": "askdocs/ask",
        "params": {
            "question": "q",
            "history": [{"question": "a", "answer": "b"}],
            "partialResultToken": "p",
            "workDoneToken": 7,
        },
    },
    {"id": 0, "method": "askdocs/search", "params": {"query": "q", "limit": 3}},
    {"id": 0, "method": "askdocs/status", "params": {}},
    {"id": 0, "method": "askdocs/reindex", "params": {"uri": URI, "workDoneToken": "w"}},
    {
        "id": 0,
        "method": "workspace/executeCommand",
        "params": {"command": "askdocs.server.search", "arguments": [{"query": "q"}]},
    },
    {"id": 0, "method": "textDocument/definition", "params": HERE},
    {"method": "textDocument/didOpen", "params": {"textDocument": OPEN}},
    {
        "method": "textDocument/didChange",
        "params": {
            "textDocument": {"uri": URI, "version": 2},
            "contentChanges": [{"range": AREA, "text": "x"}, {"text": "whole"}],
        },
    },
    {"method": "textDocument/didSave", "params": {"textDocument": {"uri": URI}}},
    {"method": "textDocument/didClose", "params": {"textDocument": {"uri": URI}}},
    {"method": "workspace/didChangeConfiguration", "params": {"settings": {"askdocs": {}}}},
    {
        "method": "workspace/didChangeWorkspaceFolders",
        "params": {"event": {"added": [], "removed": [{"uri": "file:///x", "name": "x"}]}},
    },
    {"method": "workspace/didChangeWatchedFiles", "params": {"changes": [{"uri": URI, "type": 1}]}},
    {"method": "$/cancelRequest", "params": {"id": 3}},
    {"method": "$/progress", "params": {"token": "t", "value": {"kind": "end"}}},
    {"method": "$/setTrace", "params": {"value": "verbose"}},
    {"id": 3, "result": None},
    {"id": "x", "error": {"code": 1, "message": "m"}},
]
DEEP: Any = "x"
for _ in range(300):
    DEEP = {"a": [DEEP]}
JUNK = st.sampled_from(
    [
        *(None, True, False, 0, -1, 2**31, -(2**63), 10**40, 1.5, float("nan"), float("inf")),
        *("", "x", "\ud800", "\0", "../..", "y" * 10_000, [], {}, [[]], [None], {"": {}}, DEEP),
        *("file:///%00", "file:///%zz", "http://x/y", "untitled:1", "file://host/x", "::", "%"),
        *("file:///" + "d/" * 5000, {"jsonrpc": "2.0", "id": 1, "method": "exit"}),
        *({"line": 10**9, "character": 10**9}, {"line": -1, "character": -1}),
        *("askdocs/status", "no/such", "$/odd", "shutdown/", "textDocument/didOpen"),
    ]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to everything in a message."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A good message with junk in some of its places."""
    message: Any = {"jsonrpc": "2.0", **copy.deepcopy(draw(st.sampled_from(GOOD)))}
    if "id" in message and "method" in message:
        message["id"] = draw(st.integers(10, 10**6))
    for _ in range(draw(st.integers(0, 2))):
        *above, last = draw(st.sampled_from([one for one in places(message) if one]))
        holder = message
        for key in above:
            holder = holder[key]
        if draw(st.booleans()):
            holder[last] = copy.deepcopy(draw(JUNK))
        elif isinstance(holder, dict):
            del holder[last]
            break
    return json.dumps(message).encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good message of which bytes are missing or wrong."""
    body = bytearray(draw(spoiled()))
    place = draw(st.integers(0, len(body) - 1))
    if draw(st.booleans()):
        return bytes(body[:place])
    body[place] = draw(st.integers(0, 255))
    return bytes(body)


BODIES = st.one_of(
    spoiled(),
    damaged(),
    st.binary(max_size=40),
    st.sampled_from([b"[]", b"42", b"null", b'"x"', b"[" * 50_000, b'{"a":' * 5_000, b"NaN", b""]),
    st.sampled_from([b'[{"jsonrpc": "2.0", "id": 1, "method": "askdocs/status"}]', b"{}", b"\0"]),
)
HEADERS = st.sampled_from(
    [
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Content-Length: x\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\xff" * 70_000 + b"\n",
    ]
)


def replies_due(body: bytes) -> str | None:
    """Return the id that must be answered, as JSON; None where there is none."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = message.get("id") if isinstance(message, dict) else None
    if not isinstance(number, int | str) or isinstance(number, bool):
        return None
    is_ours = message.get("jsonrpc") == "2.0"
    if is_ours and ("method" not in message or "error" in message):
        return None  # A response.
    return json.dumps(number)


def replied(connection: Connection) -> Counter[str]:
    return Counter(
        json.dumps(one["id"])
        for one in connection.sent
        if "method" not in one and one["id"] is not None
    )


async def attack(bodies: list[tuple[bytes, bytes]], folder: Path) -> None:
    host, troubles = FakeHost(), list[dict[str, Any]]()
    logging.disable(logging.CRITICAL)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))
    attacked, other = Connection(host), Connection(host)
    due: Counter[str] = Counter()
    try:
        for connection in (attacked, other):
            await connection.initialize(folder)
        before = replied(attacked)
        for noise, body in bodies:
            attacked.reader.feed_data(noise)
            attacked.raw(body)
            if (number := replies_due(body)) is not None:
                due[number] += 1
        await until(lambda: replied(attacked) - before >= due)
        for connection in (attacked, other):
            status = await connection.answer(connection.ask("askdocs/status"))
            assert status["result"]["embedder"]["model"] in ("mini", "")
        assert replied(attacked) - before - Counter(["2"]) == due
        assert set(replied(other)) == {"1", "2"}
        assert not [one for one in other.sent if "error" in one]
    finally:
        for connection in (attacked, other):
            connection.reader.feed_eof()
            async with asyncio.timeout(LIMIT_SECONDS):
                await connection.task
        logging.disable(logging.NOTSET)
    assert troubles == []


@settings(
    max_examples=max(1, MESSAGES // BATCH),
    deadline=None,
    derandomize=SEED is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    st.lists(
        st.tuples(st.just(b"") | st.just(b"") | HEADERS, BODIES), min_size=BATCH, max_size=BATCH
    )
)
def batch_of_hostile_messages(bodies: list[tuple[bytes, bytes]]) -> None:
    COUNT["sent"] += len(bodies)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(attack(bodies, Path(folder)))


def test_hostile_messages_lose_no_session() -> None:
    attempt = batch_of_hostile_messages
    before = COUNT["sent"]
    (hypothesis.seed(int(SEED))(attempt) if SEED is not None else attempt)()
    assert COUNT["sent"] - before >= MESSAGES
