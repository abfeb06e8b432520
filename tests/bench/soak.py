"""The daemon under the load of many windows: edits, saves, hovers, questions, searches, cancels.

    python -m tests.bench.soak [--seconds 600] [--sessions 20] [--roots 4]

Prints the latency of each kind of request, the daemon's memory over time, and how many requests
have got no reply, which must be none.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from tests.e2e.daemon_support import SOURCE, User, a_user
from tests.e2e.lsp_support import ASKDOCS

CANCELLED = -32800
# A person does something this often (seconds).
PAUSE = (0.3, 1.7)
MEMORY_SECONDS = 5.0
# So many lines are typed before they are taken back.
MOST_TYPED = 40
LAST_REPLY_SECONDS = 30.0


@dataclass
class Report:
    """What was measured. `memory` is the daemon's, in MB, over time."""

    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    asked: int = 0
    lost: int = 0
    cancelled: int = 0

    def lines(self) -> list[str]:
        """Return the report for people."""
        rows = []
        for kind, taken in sorted(self.latencies.items()):
            ordered = sorted(taken)
            p50, p95, p99 = (
                1000 * ordered[int(part * (len(ordered) - 1))] for part in (0.5, 0.95, 0.99)
            )
            rows.append(
                f"{kind:8} {len(ordered):6}   p50 {p50:5.0f} ms   p95 {p95:5.0f} ms   "
                f"p99 {p99:5.0f} ms"
            )
        tenth = max(1, len(self.memory) // 10)
        shown = " ".join(f"{one:.0f}" for one in self.memory[::tenth])
        rows.append(f"memory of the daemon over time (MB): {shown}")
        rows.append(
            f"{self.asked} requests, {self.cancelled} of them cancelled, {self.lost} without a "
            f"reply, {len(self.failures)} failed"
        )
        return rows + self.failures[:5]


class Window:
    """An editor's window on the real `askdocs lsp`, which asks all the time."""

    def __init__(self, user: User, root: Path, report: Report, chance: random.Random) -> None:
        self.user = user
        self.root = root
        self.report = report
        self.chance = chance
        self.uri = (root / "app.py").as_uri()
        self.version = 1
        self.typed = 0
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def open(self) -> None:
        """Start it and open a buffer."""
        self._process = await asyncio.create_subprocess_exec(
            *(ASKDOCS, "lsp"),
            env=self.user.environment,
            cwd=self.root,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
        )
        self._reading = asyncio.create_task(self._read())
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        await self.ask(
            "initialize",
            "initialize",
            {"processId": None, "rootUri": None, "capabilities": {}, "workspaceFolders": [folder]},
        )
        self.tell("initialized", {})
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": SOURCE}
        self.tell("textDocument/didOpen", {"textDocument": document})

    async def use(self, until: float) -> None:
        """Do what people do, one thing after the other."""
        kinds: list[Callable[[], Awaitable[None]]] = [
            *[self._hover] * 5,
            *[self._edit] * 3,
            *[self._search] * 2,
            *[self._ask, self._save, self._cancel, self._status],
        ]
        while time.monotonic() < until:
            await self.chance.choice(kinds)()
            await asyncio.sleep(self.chance.uniform(*PAUSE))

    async def close(self) -> None:
        """Leave in order."""
        await self.ask("shutdown", "shutdown", None)
        self.tell("exit", None)
        async with asyncio.timeout(LAST_REPLY_SECONDS):
            if await self._process.wait() != 0:
                self.report.failures.append("a window did not end well")
        self._reading.cancel()

    async def ask(self, kind: str, method: str, params: Any, cancel_after: float = -1) -> Any:
        """Send a request, wait for its reply and note how long that took."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self.report.asked += 1
        started = time.monotonic()
        self._send({"id": number, "method": method, "params": params})
        if cancel_after >= 0:
            await asyncio.sleep(cancel_after)
            self.tell("$/cancelRequest", {"id": number})
        try:
            async with asyncio.timeout(LAST_REPLY_SECONDS):
                reply = await answer
        except TimeoutError:
            self.report.lost += 1
            return None
        self.report.latencies[kind].append(time.monotonic() - started)
        error = reply.get("error")
        if error is not None and error["code"] == CANCELLED and cancel_after >= 0:
            self.report.cancelled += 1
        elif error is not None:
            self.report.failures.append(f"{kind}: {error}")
        return reply.get("result")

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    async def _hover(self) -> None:
        place = {"textDocument": {"uri": self.uri}, "position": {"line": 2, "character": 10}}
        if await self.ask("hover", "textDocument/hover", place) is None:
            self.report.failures.append("a hover showed nothing")

    async def _search(self) -> None:
        words = self.chance.choice(["barometer pressure", "rain gauge", "storm", "once a year"])
        await self.ask("search", "askdocs/search", {"query": words})

    async def _ask(self) -> None:
        params = {"question": "How is the rain gauge emptied?", "partialResultToken": self.version}
        await self.ask("ask", "askdocs/ask", params)

    async def _cancel(self) -> None:
        params = {"query": f"the barometer {self.chance.random()}"}
        await self.ask("cancel", "askdocs/search", params, self.chance.choice([0, 0.001, 0.02]))

    async def _status(self) -> None:
        await self.ask("status", "askdocs/status", {})

    async def _edit(self) -> None:
        """Type a line below all others, or take back what was typed: files do not grow forever."""
        self.version += 1
        start = {"line": SOURCE.count("\n"), "character": 0}
        end = {"line": start["line"] + self.typed, "character": 0}
        is_full = self.typed == MOST_TYPED
        change = {
            "range": {"start": start if is_full else end, "end": end},
            "text": "" if is_full else f"x{self.version} = 1\n",
        }
        self.typed = 0 if is_full else self.typed + 1
        document = {"uri": self.uri, "version": self.version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    async def _save(self) -> None:
        page = self.root / f"page-{self.chance.randrange(5)}.md"
        page.write_text(f"# Page\n\nNote {self.chance.randrange(1000)} about the wind vane.\n")
        self.tell("textDocument/didSave", {"textDocument": {"uri": page.as_uri()}})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := await stream.readuntil(b"\r\n\r\n"):
            size = int(header.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
            message = json.loads(await stream.readexactly(size))
            answer = self._waiting.pop(message.get("id"), None) if "method" not in message else None
            if answer is not None and not answer.done():
                answer.set_result(message)


async def soak(user: User, seconds: float, sessions: int, roots: int, seed: int = 1) -> Report:
    """Load the user's daemon and return what was measured."""
    report, chance = Report(), random.Random(seed)
    folders = [user.project(f"project-{number}") for number in range(roots)]
    windows = [
        Window(user, folders[number % roots], report, random.Random(chance.random()))
        for number in range(sessions)
    ]
    await asyncio.gather(*(window.open() for window in windows))
    for window in windows[:roots]:
        await _until_documented(window)
    watching = asyncio.create_task(_watch_memory(user, report))
    ends = time.monotonic() + seconds
    await asyncio.gather(*(window.use(ends) for window in windows))
    watching.cancel()
    await asyncio.gather(*(window.close() for window in windows))
    children = psutil.Process(user.pid).children(recursive=True)
    report.failures += [f"the daemon left a child behind: {child}" for child in children]
    return report


async def _until_documented(window: Window) -> None:
    async with asyncio.timeout(120):
        while True:
            status = await window.ask("status", "askdocs/status", {})
            is_loaded = status["embedder"]["state"] == "ready"
            if is_loaded and status["index"]["state"] == "ready" and status["index"]["files"]:
                return
            await asyncio.sleep(0.2)


async def _watch_memory(user: User, report: Report) -> None:
    daemon = psutil.Process(user.pid)
    while True:
        report.memory.append(daemon.memory_info().rss / 1e6)
        await asyncio.sleep(MEMORY_SECONDS)


def main() -> int:
    """Print the report; the exit code is 1 where a reply was lost or a request failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--roots", type=int, default=4)
    options = parser.parse_args()
    with TemporaryDirectory() as top, a_user(Path(top)) as user:
        report = asyncio.run(soak(user, options.seconds, options.sessions, options.roots))
    print("\n".join(report.lines()))
    return 1 if report.lost or report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
