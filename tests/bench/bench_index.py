"""Bulk indexing beside its floor, plain `SentenceTransformer.encode` over the same texts.

    python -m tests.bench.bench_index [--chunks 1200] [--many 50000]

Each round encodes one part of the documents plainly, in float32, and indexes the same part as a
user would, so that both meet the same noise; rates are by processor time, which other work on the
machine disturbs least. The budget depends on what the processor multiplies
fast. While one more part is indexed, a query is sent every half second. Then as many chunks as
`--many` says go through the same pipeline without a model, for their memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from tests.bench.corpus import lay_out, write_pages
from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.embedding.embedder import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.embedding.loading import load_model, locate_model
from askdocs_indexer.embedding.openvino_encoder import OpenVinoEncoder
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings, IndexSettings
from askdocs_indexer.workspace import WorkspaceIndex

ROUNDS = 4
# At least so many times the rate of plain encoding, by what OpenVINO computes in here.
BUDGETS = {"bf16": 2.8, "f32": 1.5}
QUERY = "How long does a connection wait before it is closed?"
MEGABYTE = 1 << 20


@contextmanager
def opened(root: Path, embedder: Embedder) -> Iterator[WorkspaceIndex]:
    index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), embedder)
    index.open()
    try:
        yield index
    finally:
        index.close()


class Asking:
    """Sends a query every half second and keeps how long each took (seconds)."""

    def __init__(self, index: WorkspaceIndex) -> None:
        self.seconds: list[float] = []
        self._index = index
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.5):
            self.seconds.append(asked(self._index))


def speed(folder: Path, count: int) -> None:
    """Print the rates of both, and how long queries take while one more part is indexed."""
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    assert isinstance(embedder._encoder, OpenVinoEncoder), "see the log for why it does not run"
    precision = embedder._encoder.precision
    plain = load_model(locate_model("bundled")[0], "cpu")
    *parts, last = lay_out(folder, count, ROUNDS + 1, embedder.window)
    plain.encode(last[:32])
    with opened(folder, embedder) as index:
        rates = [rate(index, plain, str(number), texts) for number, texts in enumerate(parts)]
        quiet = [asked(index) for _ in range(10)]
        with Asking(index) as asking:
            index.sync([str(ROUNDS)])
    floors, ours = zip(*rates, strict=True)
    ratio = statistics.median(one / floor for floor, one in rates)
    print(
        f"bulk index: {statistics.median(ours):.1f} chunks per CPU s, encode alone "
        f"{statistics.median(floors):.1f}; ratio {ratio:.2f} "
        f"(budget in {precision}: at least {BUDGETS[precision]})"
    )
    waits = sorted(asking.seconds)
    print(
        f"a query meanwhile ({len(waits)} sent): median {1000 * statistics.median(waits):.0f} ms, "
        f"95th percentile {1000 * waits[int(0.95 * (len(waits) - 1))]:.0f} ms, longest "
        f"{1000 * waits[-1]:.0f} ms; alone {1000 * statistics.median(quiet):.0f} ms"
    )


def rate(index: WorkspaceIndex, plain: Any, part: str, texts: list[str]) -> tuple[float, float]:
    """Return the chunks per processor second of plain encoding and of indexing for one part."""
    started = time.process_time()
    plain.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    floor = len(texts) / (time.process_time() - started)
    started = time.process_time()
    report = index.sync([part])
    ours = len(texts) / (time.process_time() - started)
    assert report.embedded + report.reused == len(texts), report
    print(
        f"part {part}: {len(texts)} chunks; encode alone {floor:.1f}, index {ours:.1f} per CPU s, "
        f"ratio {ours / floor:.2f}",
        flush=True,
    )
    return floor, ours


def asked(index: WorkspaceIndex) -> float:
    """Return how long one query takes (seconds)."""
    started = time.monotonic()
    index.search(QUERY, 5)
    return time.monotonic() - started


def memory(folder: Path, count: int) -> None:
    """Print how much memory many chunks take while they are indexed, and afterwards."""
    write_pages(folder, count)
    process = psutil.Process()
    before = process.memory_info().rss
    most = before
    marks: list[str] = []

    def progress(done: int, total: int) -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)
        if total and done * 5 // total > len(marks):
            grown = (process.memory_info().rss - before) / MEGABYTE
            marks.append(f"{100 * done // total} %: {grown:.0f} MB")

    with opened(folder, FakeEmbedder(dimension=384)) as index:
        report = index.sync(progress=progress)
        held = process.memory_info().rss - before
    print(f"{report.chunks} chunks in {report.seconds:.0f} s; grown by " + ", ".join(marks))
    print(
        f"memory: at most {(most - before) / MEGABYTE:.0f} MB while indexing, "
        f"{held / MEGABYTE:.0f} MB when done ({held / report.chunks / 1024:.1f} KB a chunk)"
    )


def main() -> None:
    """Run both."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--chunks", type=int, default=1200)
    arguments.add_argument("--many", type=int, default=50_000)
    chosen = arguments.parse_args()
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        (Path(folder) / "some").mkdir()
        (Path(folder) / "many").mkdir()
        if chosen.chunks:
            speed(Path(folder) / "some", chosen.chunks)
        if chosen.many:
            memory(Path(folder) / "many", chosen.many)


if __name__ == "__main__":
    main()
