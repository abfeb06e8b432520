"""How soon a save can be found, and how long reopening takes where nothing has changed.

    python -m tests.bench.bench_sync [--saves 30] [--files 1000]

The floor of a save is embedding the one changed passage and the query that asks for it; the floor
of reopening is a walk over the files with a look at each one's size and times.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench_index import opened
from tests.bench.measurement import Measurement, at_most, percentile, run
from tests.bench.processes import timed
from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.embedding.embedder import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.settings import EmbeddingSettings

SECTIONS = 200
SAVE_MS, REOPEN_SECONDS = 200, 0.5
TEXT = "The pump starts when the tank is empty and stops when it is full, unless a valve is open."


def page(changed: int = -1, word: str = "") -> str:
    """Return a page of many sections, one of them with another word."""
    sections = [
        f"## Part {number}\n\n{TEXT} {number} {word if number == changed else ''}\n"
        for number in range(SECTIONS)
    ]
    return "# Manual\n\n" + "\n".join(sections)


def saves(root: Path, count: int) -> Iterator[Measurement]:
    """Yield how long saves take until they are found, told by an editor or seen by the watcher."""
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    file = root / "manual.md"
    file.write_text(page(), encoding="utf-8")
    floors: list[float] = []
    with opened(root, embedder) as index:
        index.start()
        wait(lambda: index.status().state == "ready" and index.status().chunks >= SECTIONS)

        def measure(told: bool) -> list[float]:
            taken = []
            for number in range(count):
                word = f"kestrel{number}{'t' if told else 'w'}"
                started = time.monotonic()
                embedder.encode_passages([f"{TEXT} {word}"])
                embedder.encode_query(f"{word} floor")  # The search's own is not to be known.
                floors.append(time.monotonic() - started)
                text, before = page(number % SECTIONS, word), index.status().generation
                started = time.monotonic()
                file.write_text(text, encoding="utf-8")
                if told:
                    index.touch(file)
                wait(lambda before=before: index.status().generation > before)
                assert any(word in hit.chunk.text for hit in index.search(word, 3))
                taken.append(time.monotonic() - started)
                # The watcher's own look at the same save must not be in the next one's time.
                wait(lambda: index.status().state == "ready" and not index.status().pending_files)
                time.sleep(0.4)
            return taken

        told, watched = measure(told=True), measure(told=False)
    floor = 1000 * statistics.median(floors)
    for name, taken in (("told by the editor", told), ("seen by the watcher", watched)):
        what = f"save {name} until found, one of {SECTIONS} sections"
        middle = 1000 * statistics.median(taken)
        yield Measurement(f"{what}, median", middle, "ms", floor=floor)
        last = 1000 * percentile(taken, 0.95)
        yield Measurement(f"{what}, 95 %", last, "ms", floor=floor, budget=at_most(SAVE_MS))


def reopening(root: Path, count: int, embedder: Embedder) -> Iterator[Measurement]:
    """Yield how long an index takes to open and to see that nothing has changed."""
    for number in range(count):
        target = root / str(number % 20) / f"{number}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        sections = "\n".join(f"## Part {one}\n\n{TEXT} {number}.{one}\n" for one in range(10))
        target.write_text(f"# Page {number}\n\n{sections}", encoding="utf-8")
    with opened(root, embedder) as index:
        index.sync()
    _, floor = timed(lambda: walk(root))
    opening, looking = [], []
    for _ in range(5):
        with ExitStack() as stack:
            index, usage = timed(lambda stack=stack: stack.enter_context(opened(root, embedder)))
            opening.append(usage)
            report, usage = timed(index.sync)
            looking.append(usage)
            assert report.embedded == 0
    what = f"reopen {count} unchanged files, {report.chunks} chunks"
    for name, usages, limit in (
        ("reconciled", looking, at_most(REOPEN_SECONDS)),
        ("the database opened", opening, None),
    ):
        cpu = statistics.median(usage.cpu for usage in usages)
        wall = statistics.median(usage.wall for usage in usages)
        yield Measurement(f"{what}: {name}", cpu, "CPU s", wall, floor.cpu, budget=limit)


def walk(root: Path) -> None:
    """Look at the size and times of each file."""
    for folder, _, names in os.walk(root):
        for name in names:
            (Path(folder) / name).stat()


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Poll until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        time.sleep(0.002)


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Run both."""
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        for name in ("saves", "files"):
            (Path(folder) / name).mkdir()
        yield from reopening(Path(folder) / "files", options.files, FakeEmbedder())
        yield from saves(Path(folder) / "saves", options.saves)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--files", type=int, default=1000)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
