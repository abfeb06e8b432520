"""The OpenAI client and the endpoint generator, against a small server that streams."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fakes import make_hit

from askdocs_server.answers.completion import write_sentences
from askdocs_server.answers.passages import cite
from askdocs_server.answers.prompt import build_prompt
from askdocs_server.errors import RequestFailedError
from askdocs_server.generation import endpoint_generator as endpoint_module
from askdocs_server.generation.endpoint_generator import EndpointGenerator
from askdocs_server.generation.models import BUNDLED, DEFAULT
from askdocs_server.generation.openai_client import (
    UNTOLD_CONTEXT_TOKENS,
    Address,
    ChatClient,
    Limits,
    Message,
    ServedModel,
)
from askdocs_server.settings.model import LlmSettings

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
        if sum(len(one["content"]) for one in request["messages"]) > self.context_bytes:
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
    ("prefix", "written"),
    [
        ("/v1", ""),
        ("/v1", "/"),
        ("/v1", "/v1"),
        ("/v1", "/v1/"),
        ("/v1", "/v1/chat/completions"),
        ("/v1", "/v1/models"),
        ("/proxied/v1", "/proxied"),
        ("/v1beta/openai", "/v1beta/openai/"),
        ("", ""),
    ],
)
async def test_an_endpoint_may_be_written_in_many_ways(prefix: str, written: str) -> None:
    async with serving(FakeServer(prefix=prefix)) as url:
        written = url.removesuffix("/v1") + written
        generator = EndpointGenerator(LlmSettings(endpoint=f" {written}"))
        try:
            assert await generator.ready(LIMIT), generator.status.detail
            assert [piece async for piece in generator.stream(QUESTION, 50)] == ["One ", "two."]
        finally:
            await generator.aclose()


@pytest.mark.parametrize(
    ("model", "served", "chosen"),
    [
        ("auto", ("a", "b"), "a"),
        ("b", ("a", "b"), "b"),
        ("llama3.1", ("a", "llama3.1:latest"), "llama3.1:latest"),
        ("b", (), "b"),
    ],
)
async def test_the_endpoints_model_is_the_named_or_the_first(
    model: str, served: tuple[str, ...], chosen: str
) -> None:
    server = FakeServer(models=served, context_tokens=2048)
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url, model=model))
        try:
            assert await generator.ready(LIMIT), generator.status.detail
            assert generator.status.model == generator.profile.name == chosen
            assert generator.profile.context_tokens == (2048 if served else UNTOLD_CONTEXT_TOKENS)
            _ = [piece async for piece in generator.stream(QUESTION, 50)]
            assert server.requests[0]["model"] == chosen
        finally:
            await generator.aclose()


@pytest.mark.parametrize(
    ("server", "settings", "message"),
    [
        (None, LlmSettings(endpoint="http://127.0.0.1:9/v1"), "Cannot reach http://127.0.0.1:9/v1"),
        (None, LlmSettings(endpoint="http://no-such-host.invalid"), "Check llm.endpoint"),
        (None, LlmSettings(endpoint="gpu-box:8000/v1"), "Write it like http://"),
        (FakeServer(status=401), LlmSettings(), "API key"),
        (FakeServer(status=503), LlmSettings(), "503"),
        (FakeServer(prefix="/elsewhere"), LlmSettings(), "404"),
        (FakeServer(models=()), LlmSettings(), "llm.model"),
        (
            FakeServer(models=("a", "b")),
            LlmSettings(model="mine"),
            "does not serve mine, but a, b",
        ),
    ],
)
async def test_an_endpoint_out_of_order_is_a_status(
    server: FakeServer | None, settings: LlmSettings, message: str
) -> None:
    async with serving(server or FakeServer()) as url:
        generator = EndpointGenerator(replace(settings, endpoint=settings.endpoint or url))
        try:
            assert await generator.ready(LIMIT) is False
            assert generator.status.state == "failed"
            assert message in generator.status.detail
        finally:
            await generator.aclose()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(written + made.public_bytes(serialization.Encoding.PEM))
    return file


async def test_a_certificate_must_be_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    listener = await asyncio.start_server(FakeServer().handle, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    stranger = EndpointGenerator(LlmSettings(endpoint=url))
    try:
        assert await stranger.ready(LIMIT) is False
        assert "certificate is not trusted. Set SSL_CERT_FILE" in stranger.status.detail
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        friend = EndpointGenerator(LlmSettings(endpoint=url))
        assert await friend.ready(LIMIT), friend.status.detail
        await friend.aclose()
    finally:
        await stranger.aclose()
        listener.close()


async def test_https_where_http_is_spoken_is_named() -> None:
    async def complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(complain, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    generator = EndpointGenerator(LlmSettings(endpoint=url))
    try:
        assert await generator.ready(LIMIT) is False
        assert "Begin llm.endpoint with http://" in generator.status.detail
    finally:
        await generator.aclose()
        listener.close()


async def test_an_endpoint_that_was_down_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "_RETRY_SECONDS", 0.05)
    server = FakeServer(status=503)
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url))

        async def until_ready() -> None:
            deadline = time.monotonic() + LIMIT
            while not await generator.ready(LIMIT):
                assert time.monotonic() < deadline, generator.status.detail
                await asyncio.sleep(0.02)

        try:
            assert await generator.ready(LIMIT) is False
            server.status = 200
            await until_ready()
            server.status = 502
            with pytest.raises(RequestFailedError, match="502"):
                _ = [piece async for piece in generator.stream(QUESTION, 50)]
            assert generator.status.state == "failed"
            server.status = 200
            await until_ready()
            assert [piece async for piece in generator.stream(QUESTION, 50)] == ["One ", "two."]
        finally:
            await generator.aclose()


async def test_a_server_that_loads_its_model_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoint_module, "_LOADING_SECONDS", 0.02)
    server = FakeServer(status=503, message="Loading model")
    states: list[str] = []
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url))
        generator.subscribe(lambda status: states.append(status.state))
        try:
            assert await generator.ready(0.2) is False
            assert "is loading its model" in generator.status.detail
            server.status = 200
            assert await generator.ready(LIMIT)
            server.status = 503
            with pytest.raises(RequestFailedError, match="Ask again in a moment"):
                _ = [piece async for piece in generator.stream(QUESTION, 50)]
            assert generator.status.state == "starting"
            server.status = 200
            assert await generator.ready(LIMIT)
            assert [piece async for piece in generator.stream(QUESTION, 50)] == ["One ", "two."]
        finally:
            await generator.aclose()
    assert set(states) == {"starting", "ready", "idle"}


async def test_a_prompt_that_is_too_long_is_cut_and_sent_again() -> None:
    server = FakeServer(context_bytes=4096)
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url))

        async def answer(question: str) -> str:
            hits = cite([make_hit("word " * 1300)])
            prompt = await build_prompt(question, hits, generator.profile, 50)
            sentences = write_sentences(generator, prompt.messages, 50)
            return "".join([sentence async for sentence in sentences])

        try:
            assert await generator.ready(LIMIT)
            assert await answer("Why?") == "One two."
            assert len(server.requests) == 2
            assert server.requests[1]["messages"][1]["content"].endswith("Question: Why?")
            # The server did not say how long its context is; now a shorter one is reckoned with.
            assert generator.profile.context_tokens == 4096
            server.context_bytes = 1
            with pytest.raises(RequestFailedError, match="too long"):
                await answer("Why not?")
            assert len(server.requests) == 4
            assert generator.profile.context_tokens == 2048
            assert generator.status.state == "ready"
        finally:
            await generator.aclose()


@pytest.mark.parametrize("status", [400, 429])
async def test_one_refused_request_leaves_the_endpoint_ready(status: int) -> None:
    server = FakeServer()
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url))
        try:
            assert await generator.ready(LIMIT)
            server.status = status
            with pytest.raises(RequestFailedError, match=str(status)):
                _ = [piece async for piece in generator.stream(QUESTION, 50)]
            assert generator.status.state == "ready"
        finally:
            await generator.aclose()


async def test_an_endpoint_that_breaks_is_no_longer_ready() -> None:
    server = FakeServer()
    async with serving(server) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url, model="served-model"))
        try:
            assert await generator.ready(LIMIT)
            server.status = 500
            with pytest.raises(RequestFailedError, match="500"):
                _ = [piece async for piece in generator.stream(QUESTION, 50)]
            assert generator.status.state == "failed"
        finally:
            await generator.aclose()


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


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SSL_CERT_FILE", "/no/such/file.pem", "No such file"),
        ("SSL_CERT_FILE", __file__, "SSL"),
        ("ALL_PROXY", "socks5://127.0.0.1:9", "socks"),
        ("ALL_PROXY", "gopher://127.0.0.1:9", "proxy"),
    ],
)
async def test_an_environment_that_cannot_work_fails_with_the_next_step(
    variable: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next look begins afresh."""
    monkeypatch.setattr(endpoint_module, "_RETRY_SECONDS", 0.0)
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with serving(FakeServer()) as url:
        generator = EndpointGenerator(LlmSettings(endpoint=url))
        try:
            monkeypatch.setenv(variable, value)
            assert await generator.ready(LIMIT) is False
            assert generator.status.state == "failed"
            assert words.lower() in generator.status.detail.lower()
            assert "Correct SSL_CERT_FILE" in generator.status.detail
            monkeypatch.delenv(variable)
            assert await generator.ready(LIMIT), generator.status.detail
        finally:
            await generator.aclose()


async def test_a_socket_needs_no_certificates_and_no_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:9")
    listener = await asyncio.start_unix_server(FakeServer().handle, tmp_path / "s")
    generator = EndpointGenerator(LlmSettings(endpoint=f"unix:{tmp_path / 's'}"))
    try:
        assert await generator.ready(LIMIT), generator.status.detail
    finally:
        await generator.aclose()
        listener.close()


async def test_a_surprise_while_looking_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_down(*_: object) -> ChatClient:
        raise RuntimeError("surprise")

    monkeypatch.setattr(ChatClient, "open", break_down)
    generator = EndpointGenerator(LlmSettings(endpoint="http://127.0.0.1:9"))
    assert await generator.ready(LIMIT) is False
    assert generator.status.state == "failed"
    assert "RuntimeError: surprise" in generator.status.detail
