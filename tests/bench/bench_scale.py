"""What a large project costs: opening, searching, hovering, saving, memory and disk.

    python -m tests.bench.bench_scale [--chunks 100000] [--server]

Pages of words are indexed with vectors of noise, as no model is what this is about. The floor of a
search by meaning is one pass over all vectors in memory. With `--server` the vectors are in a
process of their own, `milvus-lite server`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from numpy.typing import NDArray
from tests.bench.corpus import write_pages
from tests.bench.measurement import Measurement, at_most, run
from tests.bench.processes import Usage, median_of, timed
from tests.fake_embedder import FakeEmbedder
from tests.milvus_server import milvus_server

from askdocs_indexer.paths import index_folder
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.workspace import WorkspaceIndex

DIMENSION = 384
ROUNDS = 20
MEGABYTE = 1 << 20
# The daemon's budgets for 20,000 chunks; what larger projects cost is only told.
BUDGET_CHUNKS, MEMORY_MB = 20_000, 600


class NoiseEmbedder(FakeEmbedder):
    """Gives each text a unit vector of noise, the same each time."""

    def __init__(self) -> None:
        super().__init__(dimension=DIMENSION)

    def encode_passages(
        self, texts: Sequence[str], *_: object, **__: object
    ) -> NDArray[np.float32]:
        return np.stack([_noise(text) for text in texts])

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return _noise(text)


def _noise(text: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Index many pages, then open the index again as an editor does."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        uri = stack.enter_context(milvus_server(folder / "milvus")) if options.server else ""
        root = folder / "root"
        root.mkdir()
        write_pages(root, options.chunks)
        yield from _figures(root, uri, options.chunks)


def _figures(root: Path, uri: str, chunks: int) -> Iterator[Measurement]:
    where = f"{chunks} chunks{', milvus-lite server' if uri else ''}"
    index = _index(root, uri)
    index.open()
    _, names = timed(lambda: index.sync(names_only=True))
    yield _row(f"{where}: names and words stored", [names])
    _, vectors = timed(index.sync)
    yield _row(f"{where}: vectors stored, without embedding", [vectors])
    index.close()
    disk = sum(path.stat().st_size for path in index_folder(root).rglob("*") if path.is_file())
    yield Measurement(f"{where}: disk", disk / MEGABYTE, "MB")

    index = _index(root, uri)
    yield _row(f"{where}: opened", [timed(index.open)[1]])
    yield _row(f"{where}: seen that nothing has changed", [timed(index.sync)[1]])
    yield _row(f"{where}: words in memory and Milvus open", [timed(index._warm)[1]])
    assert index._open is not None
    store = index._open.store
    memory = psutil.Process().memory_info().rss / MEGABYTE
    budget = at_most(MEMORY_MB) if chunks <= BUDGET_CHUNKS else None
    yield Measurement(f"{where}: memory", memory, "MB", budget=budget)

    words = _queries(root)
    rows = np.stack([_noise(str(number)) for number in range(min(chunks, 1000))])
    rows = np.tile(rows, (chunks // len(rows) + 1, 1))[:chunks]
    pass_over = _median(lambda text: np.argpartition(-(rows @ _noise(text)), 100), words).cpu
    searches: dict[str, Callable[[str], object]] = {
        "100 nearest by meaning": lambda text: store.search_dense(_noise(text), 100),
        "50 best by words": lambda text: store.search_lexical(text, 50),
        "passages for a question": lambda text: index.passages(text, 4),
        "a name looked up": lambda text: index.document([text], 5),
    }
    for name, work in searches.items():
        floor = pass_over if "meaning" in name else None
        yield _row(f"{where}: {name}", [_median(work, words)], 1000, floor)
    yield _row(f"{where}: a save of one section", [_save(root, index) for _ in range(ROUNDS)], 1000)
    index.close()


def _index(root: Path, uri: str) -> WorkspaceIndex:
    return WorkspaceIndex(root, DocsSettings(), IndexSettings(uri=uri), NoiseEmbedder())


def _queries(root: Path) -> list[str]:
    page = next(root.rglob("*.md")).read_text("utf-8").split()
    chance = random.Random(1)
    return [" ".join(chance.sample(page, 6)) for _ in range(ROUNDS)]


def _median(work: Callable[[str], object], texts: Sequence[str]) -> Usage:
    work(texts[0])
    return median_of([timed(lambda text=text: work(text))[1] for text in texts])


def _save(root: Path, index: WorkspaceIndex) -> Usage:
    page = root / "0" / "0.md"
    text = page.read_text("utf-8").replace("## Part 3\n\n", "## Part 3\n\nOnce more. ", 1)
    page.write_text(text, encoding="utf-8")
    return timed(lambda: index.sync(["0/0.md"]))[1]


def _row(
    what: str, usages: Sequence[Usage], scale: float = 1, floor: float | None = None
) -> Measurement:
    usage = median_of(usages)
    unit = "CPU ms" if scale > 1 else "CPU s"
    least = None if floor is None else scale * floor
    return Measurement(what, scale * usage.cpu, unit, scale * usage.wall, least)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--server", action="store_true")


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
