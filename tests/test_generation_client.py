"""The OpenAI client, against a small server that streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.openai_server import LIMIT, QUESTION, FakeServer, serving

from askdocs_server.errors import RequestFailedError
from askdocs_server.generation.models import BUNDLED, DEFAULT
from askdocs_server.generation.openai_client import (
    Address,
    ChatClient,
    Limits,
    Message,
    ServedModel,
)


@asynccontextmanager
async def client_of(
    server: FakeServer, limits: Limits | None = None, key: str = ""
) -> AsyncIterator[ChatClient]:
    async with serving(server) as url:
        client = await ChatClient.open(Address(url, api_key=key), limits)
        try:
            yield client
        finally:
            await client.aclose()


async def test_streams_piece_by_piece() -> None:
    server = FakeServer()
    async with client_of(server, key="secret") as client:
        pieces = [piece async for piece in client.stream(QUESTION, DEFAULT, 50)]
        assert pieces == ["One ", "two."]
        assert await client.models() == [ServedModel("served-model")]
    (request,) = server.requests
    assert request["messages"] == [{"role": "user", "content": "Why?"}]
    assert (request["max_tokens"], request["temperature"]) == (50, DEFAULT.temperature)
    assert (request["top_p"], request["seed"]) == (DEFAULT.top_p, 0)
    assert "continue_final_message" not in request
    assert server.keys == ["Bearer secret"] * 2


async def test_an_answer_that_was_begun_is_continued() -> None:
    server = FakeServer()
    async with client_of(server) as client:
        messages = [*QUESTION, Message("assistant", BUNDLED.prefill)]
        _ = [piece async for piece in client.stream(messages, BUNDLED, 50)]
    (request,) = server.requests
    assert request["continue_final_message"] is True
    assert request["add_generation_prompt"] is False
    assert request["temperature"] == 0.0


BEGUN = [*QUESTION, Message("assistant", "Because,")]
FIELDS = {"model", "messages", "max_tokens", "stream"}
CONTINUE = {"add_generation_prompt", "continue_final_message"}


@pytest.mark.parametrize(
    ("refused", "requests", "left_out"),
    [
        pytest.param((), 1, set(), id="takes all"),
        pytest.param(("seed",), 2, {"seed"}, id="names one"),
        pytest.param(("seed", "top_p"), 3, {"seed", "top_p"}, id="names one at a time"),
        pytest.param(("continue_final_message",), 2, CONTINUE, id="knows half of a pair"),
    ],
)
async def test_fields_that_a_server_refuses_are_left_out(
    refused: tuple[str, ...], requests: int, left_out: set[str]
) -> None:
    server = FakeServer(refused=refused)
    async with client_of(server) as client:
        for _ in range(2):
            pieces = [piece async for piece in client.stream(BEGUN, BUNDLED, 50)]
            assert "".join(pieces) == " One two."
    optional = {"temperature", "top_p", "seed", "frequency_penalty", *CONTINUE}
    # What was learned holds for the next request.
    assert len(server.requests) == requests + 1
    assert server.requests[-1].keys() == FIELDS | (optional - left_out)


async def test_a_server_that_names_no_field_is_asked_without_all() -> None:
    server = FakeServer()
    async with client_of(server) as client:
        server.status, server.message = 400, "malformed"
        with pytest.raises(RequestFailedError, match="malformed"):
            _ = [piece async for piece in client.stream(QUESTION, DEFAULT, 50)]
        assert len(server.keys) == 2
        server.status = 200
        _ = [piece async for piece in client.stream(QUESTION, DEFAULT, 50)]
    # It was no field that it refused.
    assert "seed" in server.requests[-1]


async def test_an_answer_ends_at_a_stop_which_the_server_need_not_know() -> None:
    server = FakeServer()
    async with client_of(server) as client:
        profile = replace(BUNDLED, stop=(" two",))
        pieces = [piece async for piece in client.stream(QUESTION, profile, 50)]
    assert "".join(pieces) == "One"
    assert "stop" not in server.requests[0]


async def test_over_a_unix_socket(tmp_path: Path) -> None:
    server = FakeServer()
    path = tmp_path / "s"
    listener = await asyncio.start_unix_server(server.handle, path)
    client = await ChatClient.open(Address("http://localhost/v1", path))
    try:
        pieces = [piece async for piece in client.stream(QUESTION, DEFAULT, 50)]
        assert "".join(pieces) == "One two."
    finally:
        await client.aclose()
        listener.close()


async def test_closing_the_stream_closes_the_connection() -> None:
    server = FakeServer(stall_after=True)
    async with client_of(server) as client:
        async with aclosing(client.stream(QUESTION, DEFAULT, 50)) as pieces:
            assert await anext(pieces) == "One "
        async with asyncio.timeout(LIMIT):
            await server.closed.wait()


async def test_cancelling_the_consumer_closes_the_connection() -> None:
    server = FakeServer(stall_before=True)
    async with client_of(server) as client:

        async def consume() -> None:
            _ = [piece async for piece in client.stream(QUESTION, DEFAULT, 50)]

        task = asyncio.create_task(consume())
        async with asyncio.timeout(LIMIT):
            await server.asked.wait()
            task.cancel()
            await server.closed.wait()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("server", "limits", "message"),
    [
        (FakeServer(stall_before=True), Limits(first_token=0.2), "in time"),
        (FakeServer(stall_after=True), Limits(total=0.3), "in time"),
        (FakeServer(status=401), Limits(), "llm.apiKeyEnv"),
        (FakeServer(status=403), Limits(), "llm.apiKeyEnv"),
        (FakeServer(status=404), Limits(), "not today.*Check llm.model"),
        (FakeServer(status=429), Limits(), "busy.*Ask again in a moment"),
        (FakeServer(status=500), Limits(), "See its log"),
        (FakeServer(context_bytes=1), Limits(), "longer context"),
        (FakeServer(streamed_error="context length exceeded"), Limits(), "longer context"),
        (FakeServer(streamed_error="out of memory"), Limits(), "broke off .out of memory."),
    ],
)
async def test_failures_say_what_to_do(server: FakeServer, limits: Limits, message: str) -> None:
    async with client_of(server, limits) as client:
        with pytest.raises(RequestFailedError, match=message):
            _ = [piece async for piece in client.stream(QUESTION, DEFAULT, 50)]


@pytest.mark.parametrize(("tokenizes", "expected"), [(True, 7), (False, None)])
async def test_tokens_are_counted_where_the_server_can(
    tokenizes: bool, expected: int | None
) -> None:
    server = FakeServer(tokenizes=tokenizes)
    async with serving(server) as url:
        client = await ChatClient.open(Address(url))
        try:
            counts = [await client.count_tokens("One two.", "served-model") for _ in range(2)]
        finally:
            await client.aclose()
    assert counts == [expected, expected]
    # One that cannot is asked once.
    assert len(server.keys) == (2 if tokenizes else 1)
    text = "One two."
    body = {"model": "served-model", "prompt": text, "content": text, "add_special_tokens": False}
    assert server.requests == ([body, body] if tokenizes else [])
