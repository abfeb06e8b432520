"""A server that is not vLLM: llama.cpp's, with the bundled model as the GGUF file that it is."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from tests.e2e.editors import UNPACKED, not_there
from tests.fakes import make_hit

from askdocs_indexer.types import Passages
from askdocs_server.answers.completion import write_sentences
from askdocs_server.answers.passages import cite
from askdocs_server.answers.pipeline import Answer, Asker
from askdocs_server.answers.prompt import build_prompt, uncounted
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.errors import PromptTooLongError
from askdocs_server.generation.bundled import find_gguf
from askdocs_server.generation.endpoint_generator import EndpointGenerator, addresses
from askdocs_server.generation.models import BUNDLED
from askdocs_server.generation.openai_client import ChatClient, Message
from askdocs_server.settings.model import LlmSettings

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

LIMIT = 120.0
CONTEXT = 2048
KEY = "a-key-of-the-tests"
HITS = [
    make_hit(
        "A walk graph links every stored point to its nearest neighbours.\n\n"
        "| Parameter | Meaning |\n|---|---|\n"
        "| `beam` | How many candidates a search keeps; a wider beam is slower and finds more. |",
        "Walk graph",
    ),
    make_hit("Points are removed by `drop(id)`.", "Removing", "b.md", 0.6),
]
DENSE = {
    "code": "".join(f"x{n}=[{n},{n}];\n" for n in range(3000)),
    "digits": "0123456789" * 2000,
    "emoji": "🙂🚀🧪" * 2000,
    "CJK": "向量数据库用于存储和检索高维向量。" * 500,
    "prose": "The graph has links to its nearest neighbours. " * 500,
}


async def search(query: str, limit: int) -> Passages:
    del query
    return Passages(tuple(HITS[:limit]), 1.0)


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not await condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        await asyncio.sleep(0.02)


@contextmanager
def llama_server(folder: Path) -> Iterator[str]:
    """Run a server, and yield its address as soon as that is chosen: it is not ready by then."""
    path = os.pathsep.join((*os.get_exec_path(), str(UNPACKED)))
    program = shutil.which("llama-server", path=path) or not_there("llama-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--alias", BUNDLED.name, "--ctx-size", str(CONTEXT), "--threads", "2", "--metrics"]
    command = [program, "--model", str(find_gguf()), "--port", str(port), "--api-key", KEY]
    with (folder / "llama-server.log").open("wb") as log:
        server = subprocess.Popen([*command, *options], stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


async def listens(url: str) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    except ConnectionError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def generator_for(url: str, key: str = KEY) -> AsyncIterator[EndpointGenerator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLAMA_KEY", key)
        generator = EndpointGenerator(LlmSettings(endpoint=url, api_key_env="LLAMA_KEY"))
        try:
            yield generator
        finally:
            await generator.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def generator(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EndpointGenerator]:
    """The bundled model on llama.cpp's server, which is started once for the module."""
    with llama_server(tmp_path_factory.mktemp("llama")) as url:
        await until(lambda: listens(url), "the server to listen")
        async with generator_for(url) as generator:
            assert await generator.ready(LIMIT), generator.status.detail
            yield generator


async def metrics(generator: EndpointGenerator) -> dict[str, float]:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}) as client:
        text = (await client.get(f"{generator.status.where}/metrics")).text
    return {name: float(value) for name, value in re.findall(r"^llamacpp:(\w+) (\S+)$", text, re.M)}


async def write(
    generator: EndpointGenerator, messages: Sequence[Message], max_tokens: int
) -> list[str]:
    return [piece async for piece in generator.stream(messages, max_tokens)]


async def test_the_model_and_its_context_are_known(generator: EndpointGenerator) -> None:
    assert generator.status.model == BUNDLED.name
    assert generator.profile == replace(BUNDLED, context_tokens=CONTEXT)


async def test_an_answer_streams_with_citations(generator: EndpointGenerator) -> None:
    asker = Asker(AskRequest("What does the beam parameter mean?"), search, generator)
    events = [event async for event in asker.run()]
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert "How many candidates a search keeps" in answer.answer
    assert answer.citations[0].verified is True
    assert answer.model == BUNDLED.name
    assert answer.timings.first_token_ms is not None


async def test_an_answer_that_was_begun_is_continued(generator: EndpointGenerator) -> None:
    question = Message("user", "What is the capital of France?")
    pieces = await write(generator, [question, Message("assistant", BUNDLED.prefill)], 12)
    assert len(pieces) > 3
    assert "".join(pieces).startswith(" the capital")
    assert "Paris" in "".join(pieces)


async def test_an_answer_ends_at_its_limit_and_at_a_stop(generator: EndpointGenerator) -> None:
    messages = [Message("user", "Count to twenty.")]
    name = "tokens_predicted_total"
    before = (await metrics(generator))[name]
    whole = "".join(await write(generator, messages, 16))
    assert (await metrics(generator))[name] - before == 16
    stopped = replace(BUNDLED, stop=(whole[4:8],))
    client = await ChatClient.open(addresses(generator.status.where, KEY)[0])
    try:
        pieces = [piece async for piece in client.stream(messages, stopped, 16)]
    finally:
        await client.aclose()
    assert "".join(pieces) == whole[: whole.index(whole[4:8])]


async def test_the_models_own_tokenizer_counts(generator: EndpointGenerator) -> None:
    assert await generator.count_tokens("the graph has links") == 4


@pytest.mark.parametrize("counts", [True, False], ids=["counted", "estimated"])
@pytest.mark.parametrize("text", DENSE.values(), ids=DENSE)
async def test_a_prompt_fits(generator: EndpointGenerator, text: str, counts: bool) -> None:
    profile = replace(generator.profile, context_tokens=CONTEXT)
    count = generator.count_tokens if counts else uncounted
    prompt = await build_prompt("What is x7?", cite([make_hit(text)]), profile, 64, count=count)
    tokens = [await generator.count_tokens(message.content) or 0 for message in prompt.messages]
    least = 0.8 if counts else 0.25
    assert CONTEXT * least < sum(tokens) + 64 < CONTEXT


async def test_a_prompt_that_is_too_long_is_cut_and_sent_again(
    generator: EndpointGenerator,
) -> None:
    hits = cite([make_hit(DENSE["digits"])])
    prompt = await build_prompt("Which digits?", hits, replace(BUNDLED, context_tokens=8192), 4)
    with pytest.raises(PromptTooLongError, match=str(CONTEXT)):
        await write(generator, prompt.messages, 4)
    # The longer the answer may be, the shorter is the prompt that has to be read.
    async with aclosing(write_sentences(generator, prompt.messages, 1400)) as sentences:
        assert await anext(sentences)
    assert generator.status.state == "ready"


async def test_a_cancelled_answer_ends_inside_the_server(generator: EndpointGenerator) -> None:
    # Left alone, the model goes on counting for ten seconds and more.
    counting = Message("assistant", " ".join(str(number) for number in range(1, 60)))
    limit = 1000

    async def idle() -> bool:
        return (await metrics(generator))["requests_processing"] == 0

    before = await metrics(generator)
    messages = [Message("user", "Go on counting."), counting]
    async with aclosing(generator.stream(messages, limit)) as pieces:
        assert await anext(pieces)
        assert not await idle()
    await until(idle, "the end of the generation")
    after = await metrics(generator)
    name = "tokens_predicted_total"
    assert after[name] - before[name] < limit / 4


async def test_a_wrong_key_is_named(generator: EndpointGenerator) -> None:
    async with generator_for(generator.status.where, "wrong") as stranger:
        assert await stranger.ready(LIMIT) is False
        assert "refused the API key" in stranger.status.detail


async def test_a_wrong_path_is_named(generator: EndpointGenerator) -> None:
    async with generator_for(f"{generator.status.where}/elsewhere") as lost:
        assert await lost.ready(LIMIT) is False
        assert "404" in lost.status.detail


async def test_a_server_that_loads_its_model_is_starting_and_then_ready(
    generator: EndpointGenerator, tmp_path: Path
) -> None:
    del generator  # It has imported the client, so the next one looks at once.
    details: list[str] = []
    states: set[str] = set()
    with llama_server(tmp_path) as url:
        await until(lambda: listens(url), "the server to listen")
        async with generator_for(url) as early:
            early.subscribe(lambda status: states.add(status.state))
            early.subscribe(lambda status: details.append(status.detail))
            assert await early.ready(LIMIT), early.status.detail
            assert states == {"starting", "ready"}
            assert any("is loading its model" in detail for detail in details)
