"""The OpenAI client and the endpoint generator, against a small server that streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from askdocs_server.generation.client import Address, ChatClient, Limits, Message
from askdocs_server.generation.endpoint import EndpointGenerator
from askdocs_server.generation.errors import RequestFailedError
from askdocs_server.generation.models import BUNDLED, DEFAULT
from askdocs_server.settings import LlmSettings

LIMIT = 20.0
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
QUESTION = [Message("user", "Why?")]


@dataclass
class FakeServer:
    """Speaks as much of the OpenAI protocol as a streamed chat needs."""

    pieces: tuple[str, ...] = ("One ", "two.")
    status: int = 200
    models: tuple[str, ...] = ("served-model",)
    stall_before: bool = False
    stall_after: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self.answer(head.decode(), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.closed.set()
        finally:
            writer.close()

    async def answer(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        fields = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.splitlines()[1:])
        }
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        self.keys.append(fields.get("authorization", ""))
        if self.status != 200:
            return self.send(writer, self.status, json.dumps({"error": {"message": "not today"}}))
        if head.startswith("GET"):
            listed = [{"id": name, "object": "model"} for name in self.models]
            return self.send(writer, 200, json.dumps({"object": "list", "data": listed}))
        self.requests.append(json.loads(body))
        self.asked.set()
        writer.write(STREAM_HEAD)
        await self.stall(self.stall_before, reader)
        for piece in self.pieces:
            self.event(writer, json.dumps(chunk(piece)))
        await writer.drain()
        await self.stall(self.stall_after, reader)
        self.event(writer, "[DONE]")
        writer.write(b"0\r\n\r\n")
        return None

    async def stall(self, wanted: bool, reader: asyncio.StreamReader) -> None:
        # Nothing more is sent until the client has gone.
        if wanted and not await reader.read(1):
            raise ConnectionError

    def send(self, writer: asyncio.StreamWriter, status: int, body: str) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())

    def event(self, writer: asyncio.StreamWriter, data: str) -> None:
        payload = f"data: {data}\n\n".encode()
        writer.write(f"{len(payload):x}\r\n".encode() + payload + b"\r\n")


def chunk(piece: str) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "m",
        "choices": [choice],
    }


@asynccontextmanager
async def serving(server: FakeServer) -> AsyncIterator[str]:
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
    finally:
        listener.close()


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
        pieces = [piece async for piece in client.stream(QUESTION, "m", DEFAULT, 50)]
        assert pieces == ["One ", "two."]
        assert await client.models() == ["served-model"]
    (request,) = server.requests
    assert request["messages"] == [{"role": "user", "content": "Why?"}]
    assert (request["max_tokens"], request["temperature"]) == (50, DEFAULT.temperature)
    assert "continue_final_message" not in request
    assert server.keys == ["Bearer secret"] * 2


async def test_an_answer_that_was_begun_is_continued() -> None:
    server = FakeServer()
    async with client_of(server) as client:
        messages = [*QUESTION, Message("assistant", BUNDLED.prefill)]
        _ = [piece async for piece in client.stream(messages, "m", BUNDLED, 50)]
    (request,) = server.requests
    assert request["continue_final_message"] is True
    assert request["add_generation_prompt"] is False
    assert (request["temperature"], request["stop"]) == (0.0, list(BUNDLED.stop))


async def test_over_a_unix_socket(tmp_path: Path) -> None:
    server = FakeServer()
    path = tmp_path / "s"
    listener = await asyncio.start_unix_server(server.handle, path)
    client = await ChatClient.open(Address("http://localhost/v1", path))
    try:
        pieces = [piece async for piece in client.stream(QUESTION, "m", DEFAULT, 50)]
        assert "".join(pieces) == "One two."
    finally:
        await client.aclose()
        listener.close()


async def test_closing_the_stream_closes_the_connection() -> None:
    server = FakeServer(stall_after=True)
    async with client_of(server) as client:
        async with aclosing(client.stream(QUESTION, "m", DEFAULT, 50)) as pieces:
            assert await anext(pieces) == "One "
        async with asyncio.timeout(LIMIT):
            await server.closed.wait()


async def test_cancelling_the_consumer_closes_the_connection() -> None:
    server = FakeServer(stall_before=True)
    async with client_of(server) as client:

        async def consume() -> None:
            _ = [piece async for piece in client.stream(QUESTION, "m", DEFAULT, 50)]

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
        (FakeServer(status=404), Limits(), "not today"),
    ],
)
async def test_failures_say_what_to_do(server: FakeServer, limits: Limits, message: str) -> None:
    async with client_of(server, limits) as client:
        with pytest.raises(RequestFailedError, match=message):
            _ = [piece async for piece in client.stream(QUESTION, "m", DEFAULT, 50)]


async def test_the_endpoint_is_ready_once_it_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "secret")
    server = FakeServer()
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url, api_key_env="MY_KEY"))
        try:
            assert await generator.ready(LIMIT)
            status = generator.status
            assert (status.state, status.model, status.where) == ("ready", "served-model", url)
            pieces = [piece async for piece in generator.stream(QUESTION, 50)]
            assert "".join(pieces) == "One two."
            assert server.requests[0]["model"] == "served-model"
            assert set(server.keys) == {"Bearer secret"}
        finally:
            await generator.aclose()


async def test_an_endpoint_may_be_a_unix_socket(tmp_path: Path) -> None:
    server = FakeServer()
    listener = await asyncio.start_unix_server(server.handle, tmp_path / "s")
    generator = EndpointGenerator(LlmSettings(endpoint=f"unix:{tmp_path / 's'}"))
    try:
        assert await generator.ready(LIMIT)
        assert generator.status.where == f"unix:{tmp_path / 's'}"
        assert [piece async for piece in generator.stream(QUESTION, 50)] == ["One ", "two."]
    finally:
        await generator.aclose()
        listener.close()


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (None, "Cannot reach"),
        (FakeServer(status=401), "API key"),
        (FakeServer(models=()), "llm.model"),
    ],
)
async def test_an_endpoint_out_of_order_is_a_status(
    server: FakeServer | None, message: str
) -> None:
    async with serving(server or FakeServer()) as url:
        address = url if server else "http://127.0.0.1:9/v1"
        generator = EndpointGenerator(LlmSettings(endpoint=address))
        try:
            assert await generator.ready(LIMIT) is False
            assert generator.status.state == "failed"
            assert message in generator.status.detail
        finally:
            await generator.aclose()


async def test_an_endpoint_that_breaks_is_no_longer_ready() -> None:
    server = FakeServer()
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url, model="mine"))
        try:
            assert await generator.ready(LIMIT)
            server.status = 500
            with pytest.raises(RequestFailedError, match="500"):
                _ = [piece async for piece in generator.stream(QUESTION, 50)]
            assert generator.status.state == "failed"
        finally:
            await generator.aclose()
