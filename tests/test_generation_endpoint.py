"""The endpoint generator, against a small server that streams."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fakes import make_hit
from tests.openai_server import LIMIT, QUESTION, FakeServer, serving

from askdocs_server.answers.completion import write_sentences
from askdocs_server.answers.passages import cite
from askdocs_server.answers.prompt import build_prompt
from askdocs_server.errors import RequestFailedError
from askdocs_server.generation import endpoint_generator as endpoint_module
from askdocs_server.generation.endpoint_generator import EndpointGenerator
from askdocs_server.generation.openai_client import UNTOLD_CONTEXT_TOKENS, ChatClient
from askdocs_server.settings.model import LlmSettings


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
        (None, LlmSettings(endpoint="http://me:pw@127.0.0.1:9/v1"), "reach http://127.0.0.1:9/v1"),
        (None, LlmSettings(endpoint="me:pw@gpu-box/v1"), "llm.endpoint is gpu-box/v1,"),
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
            assert "pw" not in str(generator.status)
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
            assert server.requests[1]["messages"][-1]["content"].endswith("Question: Why?")
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
