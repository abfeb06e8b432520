"""Bulk indexing beside its floor, plain `SentenceTransformer.encode` over the same texts.

    python -m tests.bench.bench_index [--chunks 1200] [--many 50000]

As many chunks as `--many` says go through the pipeline without a model, for their memory. Then each
round encodes one part of some documents plainly and indexes the same part as a user would, so that
both meet the same noise; rates are of the processor's time. While one more part is indexed, a query
is sent every half second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sentence_transformers import SentenceTransformer
from tests.bench.corpus import lay_out, write_pages
from tests.bench.measurement import Measurement, at_least, percentile, run
from tests.bench.processes import Usage, timed
from tests.fake_embedder import FakeEmbedder

from askdocs_indexer.embedding.embedder import Embedder, SentenceTransformerEmbedder
from askdocs_indexer.embedding.loading import locate_model
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings, IndexSettings
from askdocs_indexer.workspace import WorkspaceIndex

ROUNDS = 4
RATIO, AMX_RATIO = 1.5, 2.8
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


def speed(folder: Path, count: int) -> Iterator[Measurement]:
    """Yield the rates of both, and how long queries take while one more part is indexed."""
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    plain = SentenceTransformer(locate_model("bundled")[0], device="cpu")
    *parts, last = lay_out(folder, count, ROUNDS + 1, embedder.window)
    plain.encode(last[:32])
    with opened(folder, embedder) as index:
        pairs = [times(index, plain, str(number), texts) for number, texts in enumerate(parts)]
        quiet = [asked(index) for _ in range(10)]
        with Asking(index) as asking:
            index.sync([str(ROUNDS)])
    total, (floors, own) = sum(map(len, parts)), zip(*pairs, strict=True)
    yield Measurement(
        f"bulk index, {total} chunks",
        total / sum(usage.cpu for usage in own),
        "chunks/CPU s",
        wall=total / sum(usage.wall for usage in own),
        floor=total / sum(usage.cpu for usage in floors),
        ratio_budget=at_least(AMX_RATIO if has_amx() else RATIO),
    )
    alone = 1000 * statistics.median(quiet)
    for share, name in ((0.5, "median"), (0.95, "95 %")):
        wait = 1000 * percentile(asking.seconds, share)
        yield Measurement(f"a query while indexing, {name}", wait, "ms", floor=alone)


def has_amx() -> bool:
    """Return whether the processor says that it multiplies matrices of bfloat16."""
    cpu = Path("/proc/cpuinfo")
    return cpu.is_file() and "amx_bf16" in cpu.read_text()


def times(
    index: WorkspaceIndex, plain: SentenceTransformer, part: str, texts: list[str]
) -> tuple[Usage, Usage]:
    """Return the times of plain encoding and of indexing for one part."""
    _, floor = timed(
        lambda: plain.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    )
    report, own = timed(lambda: index.sync([part]))
    assert report.embedded + report.reused == len(texts), report
    return floor, own


def asked(index: WorkspaceIndex) -> float:
    """Return how long one query takes (seconds)."""
    started = time.monotonic()
    index.search(QUERY, 5)
    return time.monotonic() - started


def memory(folder: Path, count: int) -> Iterator[Measurement]:
    """Yield how much memory many chunks take while they are indexed, and afterwards."""
    write_pages(folder, count)
    process = psutil.Process()
    before = most = process.memory_info().rss

    def progress(done: int, total: int, step: str) -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    with opened(folder, FakeEmbedder(dimension=384)) as index:
        report = index.sync(progress=progress)
        after = process.memory_info().rss
    for name, grown in (("at most while indexing", most), ("when done", after)):
        what = f"memory for {report.chunks} chunks without a model, {name}"
        yield Measurement(what, (grown - before) / MEGABYTE, "MiB")


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Measure memory first, while nothing has been freed that could be used again, then speed."""
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        (Path(folder) / "some").mkdir()
        (Path(folder) / "many").mkdir()
        if options.many:
            yield from memory(Path(folder) / "many", options.many)
        if options.chunks:
            yield from speed(Path(folder) / "some", options.chunks)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--chunks", type=int, default=1200)
    parser.add_argument("--many", type=int, default=50_000)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
