"""A small server that speaks the OpenAI protocol and streams, for the tests of its clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from askdocs_server.generation.openai_client import Message

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
    message: str = "not today"
    refused: tuple[str, ...] = ()
    context_bytes: int = 1_000_000
    streamed_error: str = ""
    models: tuple[str, ...] = ("served-model",)
    context_tokens: int | None = None
    prefix: str = "/v1"
    tokenizes: bool = False
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
            return self.refuse(writer, self.status, self.message)
        if head.split()[1] == "/tokenize" and self.tokenizes:
            self.requests.append(json.loads(body))
            return self.send(writer, 200, json.dumps({"count": 7, "tokens": [1] * 7}))
        if head.split()[1] not in (f"{self.prefix}/models", f"{self.prefix}/chat/completions"):
            return self.send(writer, 404, json.dumps({"detail": "Not Found"}))
        if head.startswith("GET"):
            told = {"max_model_len": self.context_tokens} if self.context_tokens else {}
            listed = [{"id": name, "object": "model", **told} for name in self.models]
            return self.send(writer, 200, json.dumps({"object": "list", "data": listed}))
        return await self.chat(json.loads(body), reader, writer)

    async def chat(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.requests.append(request)
        self.asked.set()
        if unknown := [field for field in self.refused if field in request]:
            return self.refuse(writer, 422, f"Extra inputs: {unknown[0]}")
        if sum(len(message["content"]) for message in request["messages"]) > self.context_bytes:
            return self.refuse(writer, 400, "it exceeds the available context size")
        writer.write(STREAM_HEAD)
        await self.stall(self.stall_before, reader)
        if self.streamed_error:
            self.event(writer, json.dumps({"error": {"message": self.streamed_error}}))
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

    def refuse(self, writer: asyncio.StreamWriter, status: int, message: str) -> None:
        self.send(writer, status, json.dumps({"error": {"message": message}}))

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
