"""The bundled model on a real vLLM: answers, cancelling, crashes, and the owner's death."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import httpx
import psutil
import pytest
from tests.fakes import make_hit

from askdocs_indexer.types import Passages
from askdocs_server.answers.passages import cite
from askdocs_server.answers.pipeline import Answer, Asker, Citations, Text
from askdocs_server.answers.prompt import build_prompt
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.generation.endpoint_generator import EndpointGenerator
from askdocs_server.generation.models import BUNDLED
from askdocs_server.generation.openai_client import Message
from askdocs_server.generation.vllm_generator import LocalGenerator
from askdocs_server.settings.model import LlmSettings

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(700)]

LIMIT = 300.0
HITS = [
    make_hit(
        "A walk graph links every stored point to its nearest neighbours. A search starts at a "
        "fixed point and moves to closer neighbours until none is closer.\n\n"
        "| Parameter | Meaning |\n|---|---|\n"
        "| `links` | The number of neighbours a point is linked to. |\n"
        "| `beam` | How many candidates a search keeps; a wider beam is slower and finds more. |",
        "Walk graph",
        "docs/index.md",
    ),
    make_hit(
        "Points are removed by `drop(id)`. The graph is repaired later.", "Removing", "b.md", 0.6
    ),
]


async def search(query: str, limit: int) -> Passages:
    del query
    return Passages(tuple(HITS[:limit]), 1.0)


async def metrics(generator: LocalGenerator) -> dict[str, float]:
    """vLLM's own figures by name, labels summed up."""
    transport = httpx.AsyncHTTPTransport(uds=str(generator.socket))
    async with httpx.AsyncClient(transport=transport) as client:
        text = (await client.get("http://localhost/metrics")).text
    found: dict[str, float] = {}
    for name, value in re.findall(r"^(vllm:\w+)\{[^}]*\} (\S+)$", text, re.MULTILINE):
        found[name] = found.get(name, 0.0) + float(value)
    return found


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not await condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        await asyncio.sleep(0.05)


def vllm_processes(owner: int) -> list[psutil.Process]:
    """The guard below `owner` and everything below it."""
    guards = [
        child
        for child in psutil.Process(owner).children()
        if "askdocs_server.generation.vllm_child" in child.cmdline()
    ]
    return [process for guard in guards for process in (guard, *guard.children(recursive=True))]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def exists(path: Path) -> bool:
    return path.exists()


async def test_an_answer_streams_with_citations(vllm_generator: LocalGenerator) -> None:
    asker = Asker(AskRequest("What does the beam parameter mean?"), search, vllm_generator)
    events = [event async for event in asker.run()]
    first, *texts, answer = events
    assert isinstance(first, Citations)
    assert isinstance(answer, Answer)
    assert "".join(text.text for text in texts if isinstance(text, Text)) == answer.answer
    assert "How many candidates a search keeps" in answer.answer
    assert "[1]" in answer.answer
    assert answer.citations[0].verified is True
    assert answer.model == BUNDLED.name
    assert answer.timings.first_token_ms is not None


async def test_the_model_really_writes(vllm_generator: LocalGenerator) -> None:
    messages = [Message("user", "What is the capital of France?")]
    before = await metrics(vllm_generator)
    pieces = [piece async for piece in vllm_generator.stream(messages, 40)]
    assert "Paris" in "".join(pieces)
    assert len(pieces) > 1
    after = await metrics(vllm_generator)
    name = "vllm:generation_tokens_total"
    assert 1 < after[name] - before[name] <= 40


async def test_the_models_own_tokenizer_measures_a_prompt(vllm_generator: LocalGenerator) -> None:
    count = vllm_generator.count_tokens
    assert await count("the graph has links") == 4
    dense = "".join(f"x{n}=[{n},{n}];\n" for n in range(3000))
    prompt = await build_prompt(
        "What is x7?", cite([make_hit(dense)]), vllm_generator.profile, 64, count=count
    )
    tokens = [await count(message.content) for message in prompt.messages]
    assert BUNDLED.context_tokens * 0.8 < sum(one or 0 for one in tokens) < BUNDLED.context_tokens
    assert [piece async for piece in vllm_generator.stream(prompt.messages, 2)]


async def test_a_repeated_prompt_comes_from_the_prefix_cache(
    vllm_generator: LocalGenerator,
) -> None:
    messages = [Message("user", "Repeat after me: " + "the graph has links. " * 60)]
    name = "vllm:prefix_cache_hits_total"
    for _ in range(2):
        before = await metrics(vllm_generator)
        _ = [piece async for piece in vllm_generator.stream(messages, 2)]
    assert (await metrics(vllm_generator))[name] - before[name] >= 128


async def test_a_cancelled_answer_ends_inside_vllm(vllm_generator: LocalGenerator) -> None:
    # Left alone, the model goes on until the limit, which takes it more than a minute.
    counting = Message("assistant", " ".join(str(number) for number in range(1, 60)))
    messages, limit = [Message("user", "Go on counting."), counting], 3000
    tokens, running = "vllm:generation_tokens_total", "vllm:num_requests_running"

    async def busy() -> bool:
        return (await metrics(vllm_generator))[running] == 1

    async def idle() -> bool:
        return (await metrics(vllm_generator))[running] == 0

    before = await metrics(vllm_generator)
    async with aclosing(vllm_generator.stream(messages, limit)) as pieces:
        assert await anext(pieces)
        await until(busy, "the start of the generation")  # The gauge may lag by a step.
    await until(idle, "the end of the generation")
    after = await metrics(vllm_generator)
    assert after[tokens] - before[tokens] < limit / 2


async def test_another_process_can_share_it(vllm_generator: LocalGenerator) -> None:
    endpoint = EndpointGenerator(LlmSettings(endpoint=f"unix:{vllm_generator.socket}"))
    try:
        assert await endpoint.ready(LIMIT), endpoint.status.detail
        assert endpoint.status.model == BUNDLED.name
        assert endpoint.profile == BUNDLED
        asker = Asker(AskRequest("What are links?"), search, endpoint)
        events = [event async for event in asker.run()]
        assert isinstance(events[-1], Answer)
        assert events[-1].model == BUNDLED.name
    finally:
        await endpoint.aclose()


async def test_after_a_crash_passages_answer_and_vllm_comes_back(
    vllm_generator: LocalGenerator,
) -> None:
    states: list[str] = []
    unsubscribe = vllm_generator.subscribe(lambda status: states.append(status.state))
    processes = vllm_processes(psutil.Process().pid)
    engine = max(processes, key=lambda process: process.memory_info().rss)
    assert len(processes) >= 3
    engine.kill()

    async def failed() -> bool:
        return vllm_generator.status.state == "failed"

    await until(failed, "the crash to be noticed")
    assert "Trying again" in vllm_generator.status.detail
    assert gone(processes)
    asker = Asker(AskRequest("What is it?"), search, vllm_generator)
    events = [event async for event in asker.run()]
    assert isinstance(events[-1], Answer)
    assert events[-1].model is None
    assert events[-1].answer.startswith("**Walk graph** [1]\n\n> A walk graph links")

    async def ready() -> bool:
        return vllm_generator.status.state == "ready"

    await until(ready, "vLLM to come back")
    unsubscribe()
    assert states[0] == "failed"
    assert states[-2:] == ["starting", "ready"]
    messages = [Message("user", "Hello")]
    assert [piece async for piece in vllm_generator.stream(messages, 5)]


OWNER = """
import asyncio
from askdocs_server.generation.vllm_generator import LocalGenerator
from askdocs_server.settings.model import LlmSettings

async def main():
    generator = LocalGenerator(LlmSettings(model="bundled"))
    assert await generator.ready(300), generator.status
    print(generator.socket, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_nothing_outlives_a_killed_owner() -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, stdout=subprocess.PIPE
    )
    try:
        assert owner.stdout is not None
        async with asyncio.timeout(LIMIT):
            socket = Path((await owner.stdout.readline()).decode().strip())
        processes = vllm_processes(owner.pid)
        assert len(processes) >= 3
        owner.kill()

        async def all_gone() -> bool:
            return gone(processes) and not exists(socket)

        await until(all_gone, "the end of vLLM")
    finally:
        if owner.returncode is None:
            owner.kill()
        await owner.wait()


async def test_four_questions_at_once_are_batched_by_vllm(vllm_generator: LocalGenerator) -> None:
    running, waiting = "vllm:num_requests_running", "vllm:num_requests_waiting"

    async def write(number: int) -> int:
        messages = [Message("user", f"Count from {number} to one thousand.")]
        return len([piece async for piece in vllm_generator.stream(messages, 200)])

    writing = [asyncio.create_task(write(number)) for number in range(4)]
    most = 0.0

    async def all_run() -> bool:
        nonlocal most
        most = max(most, (await metrics(vllm_generator))[running])
        return most == 4 or all(task.done() for task in writing)

    await until(all_run, "four generations together")
    assert most == 4
    assert (await metrics(vllm_generator))[waiting] == 0
    assert min(await asyncio.gather(*writing)) > 1
