"""A vLLM server without askdocs, requests to it, and what they cost: the floor of other figures."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from tests.bench.processes import tree_memory

from askdocs_server.generation.health import is_healthy
from askdocs_server.generation.vllm_child import entry_module

_START_SECONDS = 1800.0
_REQUEST_SECONDS = 600.0
_LOG_LINES = 15


@dataclass(frozen=True, slots=True)
class Sample:
    """One generation: seconds to its first token and to its end, and the tokens it had."""

    first_token: float
    total: float
    tokens: int

    @property
    def rate(self) -> float:
        """Tokens per second after the first one."""
        return (self.tokens - 1) / max(self.total - self.first_token, 1e-9)


@dataclass(frozen=True, slots=True)
class Server:
    """A running vLLM server. `started` is how many seconds its start took."""

    client: httpx.AsyncClient
    process: psutil.Process
    started: float

    async def chat(self, messages: Sequence[Mapping[str, str]], tokens: int) -> Sample:
        """Generate an answer of at most so many tokens."""
        body: dict[str, Any] = {"messages": list(messages)}
        if messages[-1]["role"] == "assistant":
            body |= {"add_generation_prompt": False, "continue_final_message": True}
        return await self._generate("chat/completions", body, tokens)

    async def complete(self, prompt: Sequence[int], tokens: int, **more: Any) -> Sample:
        """Continue a prompt of token ids by so many tokens."""
        return await self._generate("completions", {"prompt": list(prompt), **more}, tokens)

    async def metric(self, name: str) -> float:
        """One of vLLM's own figures, its labels summed up."""
        text = (await self.client.get("http://localhost/metrics")).text
        rows = (line for line in text.splitlines() if line.startswith((f"{name}{{", f"{name} ")))
        return sum(float(row.rpartition(" ")[2]) for row in rows)

    def memory(self) -> float:
        """The memory of all its processes, shared pages counted once (GiB)."""
        return memory_of(self.process)

    async def _generate(self, path: str, body: dict[str, Any], tokens: int) -> Sample:
        # The server has one model, and the name of a model may be left out.
        body |= {"max_tokens": tokens, "temperature": 0, "stream": True}
        body |= {"stream_options": {"include_usage": True}, "ignore_eos": True}
        started, first, count = time.perf_counter(), 0.0, 0
        async with self.client.stream("POST", f"http://localhost/v1/{path}", json=body) as reply:
            if reply.status_code != 200:
                raise RuntimeError(f"vLLM refused: {(await reply.aread()).decode()[:500]}")
            async for line in reply.aiter_lines():
                data = line.removeprefix("data: ")
                if data in ("", "[DONE]"):
                    continue
                chunk = json.loads(data)
                if chunk["choices"] and not first and _has_text(chunk["choices"][0]):
                    first = time.perf_counter() - started
                count = (chunk.get("usage") or {}).get("completion_tokens", count)
        return Sample(first, time.perf_counter() - started, count)


def _has_text(choice: dict[str, Any]) -> bool:
    # A token may have no text of its own, but then it is no first message with a role either.
    return "delta" not in choice or bool(choice["delta"].get("content"))


@asynccontextmanager
async def serving(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> AsyncIterator[Server]:
    """Run vLLM's own server, without guard or supervisor, until the context is left.

    `arguments` hold `--uds` with the path of its socket.
    """
    socket = Path(arguments[arguments.index("--uds") + 1])
    started = time.perf_counter()
    child = _spawn(arguments, environment, log)
    try:
        while not await is_healthy(socket):
            if child.poll() is not None or time.perf_counter() - started > _START_SECONDS:
                raise RuntimeError(f"vLLM did not start:\n{_tail(log)}")
            await asyncio.sleep(0.1)
        taken = time.perf_counter() - started
        async with connected(socket) as client:
            yield Server(client, psutil.Process(child.pid), taken)
    finally:
        _end(child)


def _spawn(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("wb") as log_file:
        return subprocess.Popen(
            [sys.executable, "-m", entry_module(), *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])


@asynccontextmanager
async def connected(socket: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server on a socket."""
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    async with httpx.AsyncClient(transport=transport, timeout=_REQUEST_SECONDS) as client:
        yield client


def memory_of(process: psutil.Process) -> float:
    """The memory of a process and all below it, shared pages counted once (GiB)."""
    return tree_memory(process.pid) / 2**10


def median(values: Sequence[float]) -> float:
    """The median, or 0 of nothing."""
    return statistics.median(values) if values else 0.0


def versions(*distributions: str) -> str:
    """What is installed, in one line."""
    found = [f"Python {platform.python_version()}"]
    for name in distributions:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found.append(f"{name} {importlib.metadata.version(name)}")
    return ", ".join(found)
