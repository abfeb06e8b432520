"""How soon a save can be found, and how long reopening takes where nothing has changed.

    python -m tests.bench.bench_sync [--saves 30] [--files 1000]

The floor of a save is embedding the one changed passage and the query that asks for it; the floor
of reopening is a walk over the files with a look at each one's size and times.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench_index import opened
from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.embedding.embedder import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.settings import EmbeddingSettings

SECTIONS = 200
TEXT = "The pump starts when the tank is empty and stops when it is full, unless a valve is open."


def page(changed: int = -1, word: str = "") -> str:
    """Return a page of many sections, one of them with another word."""
    sections = [
        f"## Part {number}\n\n{TEXT} {number} {word if number == changed else ''}\n"
        for number in range(SECTIONS)
    ]
    return "# Manual\n\n" + "\n".join(sections)


def percentiles(seconds: list[float]) -> str:
    """Say the median and the 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    last = ordered[int(0.95 * (len(ordered) - 1))]
    return (
        f"median {1000 * statistics.median(ordered):.0f} ms, 95th percentile {1000 * last:.0f} ms"
    )


def saves(root: Path, count: int) -> None:
    """Print how long saves take until they are found, told by an editor or seen by the watcher."""
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
    print(f"one section of {SECTIONS}, floor (passage and query embedded): {percentiles(floors)}")
    floor = statistics.median(floors)
    for name, taken in (("save told by the editor", told), ("save seen by the watcher", watched)):
        print(
            f"{name}, until found: {percentiles(taken)}; "
            f"ratio {statistics.median(taken) / floor:.1f} (budget: 95th percentile 400 ms)"
        )


def reopening(root: Path, count: int, embedder: Embedder) -> None:
    """Print how long an index takes to open and to see that nothing has changed."""
    for number in range(count):
        target = root / str(number % 20) / f"{number}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        sections = "\n".join(f"## Part {one}\n\n{TEXT} {number}.{one}\n" for one in range(10))
        target.write_text(f"# Page {number}\n\n{sections}", encoding="utf-8")
    with opened(root, embedder) as index:
        index.sync()
    started = time.monotonic()
    for folder, _, names in os.walk(root):
        for name in names:
            (Path(folder) / name).stat()
    floor = time.monotonic() - started
    opening, looking = [], []
    for _ in range(5):
        started = time.monotonic()
        with opened(root, embedder) as index:
            opening.append(time.monotonic() - started)
            report = index.sync()
            looking.append(report.seconds)
            assert report.embedded == 0
    middle = statistics.median(looking)
    print(
        f"reopen {count} unchanged files, {report.chunks} chunks: reconciled in {middle:.2f} s "
        f"(budget: 1 s), {report.embedded} embedded; a bare walk {floor:.2f} s, "
        f"ratio {middle / floor:.1f}; the database opened in {statistics.median(opening):.2f} s"
    )


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Poll until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        time.sleep(0.002)


def main() -> None:
    """Run both."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--saves", type=int, default=30)
    arguments.add_argument("--files", type=int, default=1000)
    chosen = arguments.parse_args()
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        for name in ("saves", "files"):
            (Path(folder) / name).mkdir()
        reopening(Path(folder) / "files", chosen.files, FakeEmbedder())
        saves(Path(folder) / "saves", chosen.saves)


if __name__ == "__main__":
    main()
