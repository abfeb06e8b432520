"""How long a hover takes through the real `askdocs lsp` and its daemon, beside a floor.

    python -m tests.bench.bench_hover [--chunks 20000] [--sources 3000] [--hovers 300] [--bulk 1500]

The floor of the same run is what a hover could not do without if it searched by meaning: embedding
one query and comparing it with as many vectors by numpy. Hovers are measured as soon as the index
is open, while Milvus is not; and then where a page documents a name, where a package hands on a
class of another file, where nothing is documented, after each edit of the buffer, and while
documents are indexed. Then a hundred are sent and cancelled, and the one behind them is measured.

The vectors of the index are word counts, made without a model: that saves their embedding, and a
hover on a documented name does not depend on them. What is indexed meanwhile is embedded by the
model, as ever.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tests.bench.corpus import lay_out, write_api
from tests.bench.measurement import Measurement, at_most, percentile, run
from tests.bench.processes import tree_cpu, tree_memory
from tests.bench.soak import Report, Window
from tests.e2e.daemon_support import User, a_user
from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings, IndexSettings
from askdocs_indexer.workspace import WorkspaceIndex

DIMENSION = 384
# The 95th percentile may be so long (ms).
BUDGETS = {
    **dict.fromkeys(("documented", "through the graph", "undocumented"), at_most(8)),
    "while bulk indexing": at_most(20),
}
MEMORY_MIB = 600
READY_SECONDS = 300.0
INDEXING_SECONDS = 90.0
# A process that takes less of a core waits.
IDLE_SHARE = 0.1
FUNCTIONS_PER_MODULE = 100
MODULES = 9
MOTOR = '''"""A motor of one kind."""

from __future__ import annotations


class Base{0}:
    def start(self, records):
        """Start the motor with some records."""

    def stop(self): ...


class Motor{0}(Base{0}):
    """A motor that starts."""

    def __init__(self) -> None:
        self.records: list[str] = []

    def helper(self, value):
        for record in self.records:
            if record == value:
                return record
        return None


def tune(motor: Motor{0}, much: int = 3) -> Motor{0}:
    return motor
'''


@dataclass
class Source:
    """A source file of common size, with the places (line, character) where hovers are sent."""

    modules: int
    packages: int
    lines: list[str] = field(default_factory=list)
    documented: list[tuple[int, int]] = field(default_factory=list)
    declared: list[tuple[int, int]] = field(default_factory=list)
    undocumented: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        used = [f"library{number}" for number in range(min(self.modules, 20))]
        self.lines += [f"import {name} as lib{number}" for number, name in enumerate(used)]
        self.lines += [f"import engine{number}" for number in range(self.packages)]
        for number in range(200):
            module, name = number % len(used), f"call{number % FUNCTIONS_PER_MODULE}"
            head = len(self.lines)
            self.lines += [
                "",
                "",
                f"def work{number}(records, limit=10):",
                f"    first = lib{module}.{name}(records, limit)",
                "    for record in records:",
                "        if record is None or len(record) > limit:",
                f"            first = lib{module}.unknown{number}(first)",
                f"    motor = engine{number % self.packages}.Motor{number % MODULES}()",
                "    return motor.start(first)",
            ]
            self.documented.append((head + 3, self.lines[head + 3].index(".") + 2))
            self.undocumented.append((head + 4, 9))
            self.undocumented.append((head + 6, self.lines[head + 6].index(".") + 2))
            self.declared.append((head + 7, self.lines[head + 7].index("Motor") + 2))
            self.declared.append((head + 8, self.lines[head + 8].index("start") + 2))

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def write_sources(root: Path, count: int) -> int:
    """Write packages that hand on the classes of their modules; return how many packages."""
    packages = max(1, count // (MODULES + 1))
    for number in range(packages):
        folder = root / f"engine{number}"
        folder.mkdir()
        taken = [f"from ._motor{i} import Motor{i} as Motor{i}" for i in range(MODULES)]
        (folder / "__init__.py").write_text("\n".join([*taken, ""]))
        for i in range(MODULES):
            (folder / f"_motor{i}.py").write_text(MOTOR.format(i))
    return packages


def build(root: Path, count: int, sources: int) -> tuple[int, Source]:
    """Write pages with about `count` chunks and so many sources, and index them.

    Returns how many chunks there are, and a source file that uses all of them.
    """
    packages = write_sources(root, sources)
    modules = write_api(root, count, FUNCTIONS_PER_MODULE)
    embedder = FakeEmbedder(dimension=DIMENSION)
    embedder.model = embedder.identity = SentenceTransformerEmbedder(EmbeddingSettings()).identity
    index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), embedder)
    index.open()
    try:
        report = index.sync()
    finally:
        index.close()
    return report.chunks, Source(modules, packages)


def floor(count: int, rounds: int) -> list[float]:
    """Return how long embedding a query and comparing it with `count` vectors takes (seconds)."""
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    vectors = np.random.default_rng(1).random((count, DIMENSION), dtype=np.float32)
    taken = []
    for number in range(rounds + 5):
        started = time.perf_counter()
        scores = vectors @ embedder.encode_query(f"library{number}.call{number}")
        np.argpartition(scores, -10)[-10:]
        taken.append(time.perf_counter() - started)
    return taken[5:]


class Editor(Window):
    """A window that hovers over one source file."""

    def open_source(self, source: Source) -> None:
        """Open the file's buffer."""
        self.source = source
        self.uri = (self.root / "work.py").as_uri()
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": source.text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def place(self, place: tuple[int, int]) -> Any:
        line, character = place
        position = {"line": line, "character": character}
        return {"textDocument": {"uri": self.uri}, "position": position}

    async def hover(self, kind: str, place: tuple[int, int]) -> Any:
        return await self.ask(kind, "textDocument/hover", self.place(place))

    async def hovers(self, kind: str, places: Iterator[tuple[int, int]], count: int) -> None:
        """Hover one after the other, and check that those show something that should."""
        for _ in range(count):
            found = await self.hover(kind, next(places))
            assert (found is None) == (kind == "undocumented"), found

    async def edits(self, places: Iterator[tuple[int, int]], count: int) -> None:
        """Type a letter in the middle of the file, a statement half typed, and hover each time."""
        line = len(self.source.lines) // 16 * 8 + 11
        for number in range(count):
            self.version += 1
            at = {"line": line, "character": 4 + number % 40}
            change = {"range": {"start": at, "end": at}, "text": "x"}
            self.tell(
                "textDocument/didChange",
                {
                    "textDocument": {"uri": self.uri, "version": self.version},
                    "contentChanges": [change],
                },
            )
            await self.hover("after an edit", next(places))

    async def cancelled(self, count: int) -> None:
        """Send hovers, cancel each at once, and hover once more behind them."""
        pending = [
            asyncio.create_task(
                self.ask("cancelled", "textDocument/hover", self.place(place), cancel_after=0)
            )
            for place in self.source.documented[:count]
        ]
        await asyncio.sleep(0)
        assert await self.hover("behind the cancelled", self.source.documented[0]) is not None
        await asyncio.gather(*pending)

    async def status(self) -> Any:
        return await self.ask("status", "askdocs/status", {})

    async def until_ready(self) -> None:
        """Wait until the model is loaded and the index in step with the disk."""
        async with asyncio.timeout(READY_SECONDS):
            while True:
                status = await self.status()
                index = status["index"]
                is_idle = index["state"] == "ready" and not index["pendingFiles"]
                if is_idle and index["chunks"] and status["embedder"]["state"] == "ready":
                    return
                await asyncio.sleep(0.2)

    async def hovers_while_indexing(self, places: Iterator[tuple[int, int]]) -> None:
        """Hover ten times a second while documents are indexed."""
        ends = time.monotonic() + INDEXING_SECONDS
        is_busy = False
        while time.monotonic() < ends:
            index = (await self.status())["index"]
            if is_busy and not index["pendingFiles"]:
                break
            is_busy = is_busy or bool(index["pendingFiles"])
            if is_busy:
                await self.hover("while bulk indexing", next(places))
            await asyncio.sleep(0.1)


async def until_idle(pid: int) -> None:
    """Wait until a process has done what it does behind its first answers."""
    async with asyncio.timeout(READY_SECONDS):
        after = tree_cpu(pid)
        while True:
            before = after
            await asyncio.sleep(1.0)
            after = tree_cpu(pid)
            if after - before < IDLE_SHARE:
                return


async def hover(user: User, root: Path, source: Source, hovers: int, bulk: int) -> Report:
    """Run all hovers; returns their latencies, and the daemon's memory before more is indexed."""
    report = Report()
    editor = Editor(user, root, report, random.Random(1))
    await editor.open()
    editor.open_source(source)
    await editor.until_ready()
    await editor.hovers("just opened", cycle(source.documented), 20)
    await editor.ask("search", "askdocs/search", {"query": "what is open by now", "limit": 1})
    await until_idle(user.pid)
    documented, undocumented = cycle(source.documented), cycle(source.undocumented)
    declared = cycle(source.declared)
    await editor.hovers("warming up", documented, 20)
    await editor.hovers("documented", documented, hovers)
    await editor.hovers("through the graph", declared, hovers)
    await editor.hovers("undocumented", undocumented, hovers)
    await editor.edits(documented, hovers // 3)
    await editor.cancelled(100)
    report.memory.append(tree_memory(user.pid))
    lay_out(root / "more", bulk, 1)
    await editor.hovers_while_indexing(documented)
    await editor.close()
    assert not report.lost
    assert not report.failures, report.failures[:3]
    return report


def rows(chunks: int, report: Report, floors: list[float]) -> Iterator[Measurement]:
    """Yield the percentiles of each kind of hover, and the daemon's memory."""
    floor = 1000 * percentile(floors, 0.5)
    unmeasured = {"initialize", "shutdown", "status", "search", "warming up", "cancelled"}
    for kind, taken in report.latencies.items():
        if kind in unmeasured:
            continue
        for share, name, budget in ((0.5, "median", None), (0.95, "95 %", BUDGETS.get(kind))):
            latency = 1000 * percentile(taken, share)
            what = f"hover among {chunks} chunks, {kind}, {name}"
            yield Measurement(what, latency, "ms", floor=floor, budget=budget)
    what = f"memory of the daemon, {chunks} chunks"
    yield Measurement(what, report.memory[0], "MiB", budget=at_most(MEMORY_MIB))


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Build the workspace and hover in it."""
    with TemporaryDirectory() as top, a_user(Path(top)) as user:
        os.environ.update(user.environment)
        root = Path(top) / "project"
        root.mkdir()
        (root / "askdocs.toml").write_text("[docs]\ndocstrings = true\n")
        chunks, source = build(root, options.chunks, options.sources)
        floors = floor(options.chunks, 100)
        report = asyncio.run(hover(user, root, source, options.hovers, options.bulk))
        yield from rows(chunks, report, floors)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--sources", type=int, default=3_000)
    parser.add_argument("--hovers", type=int, default=300)
    parser.add_argument("--bulk", type=int, default=1_500)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
