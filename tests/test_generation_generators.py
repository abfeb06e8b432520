"""What sessions with different settings share of the models, and what stays their own."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.openai_server import LIMIT, QUESTION, FakeServer, serving
from tests.test_generation_supervisor import SERVER

from askdocs_server.errors import RequestFailedError
from askdocs_server.generation import factory, vllm_child, vllm_generator
from askdocs_server.generation.factory import create_generator
from askdocs_server.generation.models import BUNDLED, DEFAULT, Sampling, profile_for
from askdocs_server.generation.openai_client import ChatClient
from askdocs_server.generation.pool import Generators, sampling_of
from askdocs_server.generation.vllm_generator import LocalModel
from askdocs_server.settings.model import LlmSettings


@pytest_asyncio.fixture
async def generators() -> AsyncIterator[Generators]:
    made = Generators(lambda: None)
    try:
        yield made
    finally:
        await made.aclose()


def test_settings_take_the_place_of_a_models_own_sampling() -> None:
    assert BUNDLED.completed(sampling_of(LlmSettings())) == Sampling(0.0, 1.0, 0)
    settings = LlmSettings(temperature=0.0, top_p=1.0, seed=7)
    assert DEFAULT.completed(sampling_of(settings)) == Sampling(0.0, 1.0, 7)
    assert sampling_of(LlmSettings(seed=-1)).seed is None


async def test_sessions_share_a_server_and_keep_their_sampling() -> None:
    changes: list[None] = []
    generators = Generators(lambda: changes.append(None))
    server = FakeServer()
    async with serving(server) as url:
        mine = LlmSettings(endpoint=url)
        yours = replace(mine, temperature=0.7, top_p=0.5, seed=-1, start="open", idle_minutes=1)
        try:
            assert await generators.get(mine).ready(LIMIT)
            assert generators.get(yours).status.state == "ready"
            for settings in (mine, yours):
                pieces = generators.get(settings).stream(QUESTION, 5, sampling_of(settings))
                assert [piece async for piece in pieces] == ["One ", "two."]
        finally:
            await generators.aclose()
    first, second = server.requests
    assert (first["temperature"], first["top_p"], first["seed"]) == (0.2, 0.95, 0)
    assert (second["temperature"], second["top_p"]) == (0.7, 0.5)
    assert "seed" not in second
    assert len(changes) == 3  # starting, ready, idle


async def test_without_a_gpu_no_model_starts_by_itself(
    generators: Generators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factory, "has_cuda_build", lambda: False)
    generator = generators.get(LlmSettings())
    assert not await generator.ready(LIMIT)
    assert generator.status.state == "off"
    assert "Without a GPU" in generator.status.detail
    assert generators.get(LlmSettings(model="bundled")).status.state == "idle"
    monkeypatch.setattr(factory, "has_cuda_build", lambda: True)
    assert create_generator(LlmSettings()).status.state == "idle"


async def test_another_model_or_place_is_not_shared(generators: Generators) -> None:
    here = generators.get(LlmSettings())
    seen: list[str] = []
    here.subscribe(lambda status: seen.append(status.state))
    for other in (LlmSettings(model="bundled"), LlmSettings(mode="off")):
        await generators.get(other).ready(0)
    assert seen == []


@pytest.fixture
def light_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Local models are served by a light server in the place of vLLM."""

    async def choose(settings: LlmSettings) -> LocalModel:
        return LocalModel("folder", True, profile_for(settings.model), None)

    def command(arguments: tuple[str, ...], *, fork: bool) -> tuple[str, ...]:
        del fork
        return (sys.executable, str(SERVER), "--uds", arguments[arguments.index("--uds") + 1])

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(vllm_generator, "choose_model", choose)
    monkeypatch.setattr(vllm_child, "command", command)


@pytest.mark.usefixtures("light_child")
async def test_a_local_model_makes_room_for_another(generators: Generators) -> None:
    first = generators.get(LlmSettings(model="first"))
    second = generators.get(LlmSettings(model="second"))
    assert await first.ready(LIMIT), first.status.detail
    assert await generators.get(LlmSettings(model="first", temperature=1)).ready(0)
    assert await second.ready(LIMIT), second.status.detail
    assert (first.status.state, second.status.state) == ("idle", "ready")
    assert await first.ready(LIMIT), first.status.detail
    assert (first.status.state, second.status.state) == ("ready", "idle")


@pytest.mark.usefixtures("light_child")
async def test_a_local_model_needs_no_certificates(
    generators: Generators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    first = generators.get(LlmSettings(model="first"))
    assert await first.ready(LIMIT), first.status.detail


@pytest.mark.usefixtures("light_child")
async def test_a_client_that_does_not_open_is_opened_again(
    generators: Generators, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = ChatClient.open

    async def fail_once(*arguments: Any) -> ChatClient:
        monkeypatch.setattr(ChatClient, "open", opened)
        raise RequestFailedError("A connection cannot be set up.")

    monkeypatch.setattr(ChatClient, "open", fail_once)
    first = generators.get(LlmSettings(model="first"))
    assert await first.ready(LIMIT) is False
    assert "cannot be set up" in first.status.detail
    deadline = time.monotonic() + LIMIT
    while not await first.ready(LIMIT):
        assert time.monotonic() < deadline, first.status.detail
        await asyncio.sleep(0.05)


@pytest.mark.usefixtures("light_child")
async def test_a_local_model_in_use_stays(
    generators: Generators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vllm_generator.LocalGenerator, "in_use", True)
    first = generators.get(LlmSettings(model="first"))
    second = generators.get(LlmSettings(model="second"))
    assert await first.ready(LIMIT), first.status.detail
    assert await second.ready(LIMIT), second.status.detail
    assert (first.status.state, second.status.state) == ("ready", "ready")
