"""How long a warm search takes, without a re-ranker, beside a floor.

    python -m tests.bench.bench_search [FOLDER] [--questions 100]

The floor of the same run is what a search by meaning cannot do without: embedding the query, and
one search of the database for its nearest chunks. Every query is new to both. Wall time tells
little on a machine that is shared; processor time, which counts the database's threads and the
model's, tells more.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from tests.bench.corpus import REPOSITORY
from tests.bench.questions import OWN, questions_in

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.index import open_index
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_wanted
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings, IndexSettings
from askdocs_indexer.workspace import WorkspaceIndex

_PASSAGES = 4
_DEPTH = 100
_WARM_UP = 10


def main() -> None:
    """Index a folder, ask questions about anything, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=REPOSITORY / "docs")
    parser.add_argument("--questions", type=int, default=100)
    options = parser.parse_args()
    root, docs, settings = options.folder.resolve(), DocsSettings(), IndexSettings()
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    index = WorkspaceIndex(root, docs, settings, embedder)
    index.open()
    index.sync()
    index.close()
    opened, _ = open_index(Selection(root, docs, is_wanted), docs, settings, embedder)

    def floor(query: str) -> None:
        opened.store.search_dense(embedder.encode_query(query), _DEPTH)

    def search(query: str) -> None:
        opened.searcher.passages(query, _PASSAGES)

    try:
        texts = dict.fromkeys(question.text for question in questions_in([OWN]))
        queries = [*islice(texts, 2 * options.questions)]
        rows = [
            _times(floor, search, *pair) for pair in zip(queries[::2], queries[1::2], strict=False)
        ]
        _print(np.array(rows[_WARM_UP:]), opened.store.terms.documents)
    finally:
        opened.close()


def _times(
    floor: Callable[[str], None], search: Callable[[str], None], first: str, second: str
) -> list[tuple[float, float]]:
    """Return the (wall, processor) times of both, ms."""
    return [_time(floor, first), _time(search, second)]


def _time(step: Callable[[str], None], query: str) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    step(query)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


def _print(times: np.ndarray, chunks: int) -> None:
    """Print medians of times, shape (queries, 2, 2): of floor and search, wall and processor."""
    print(f"{chunks} chunks, {len(times)} queries{'':8s} wall, median (95 %)   processor, median")
    middle, most = np.median(times, axis=0), np.percentile(times, 95, axis=0)
    for row, name in enumerate(("embed a query, search the nearest", "passages for a question")):
        wall = f"{middle[row, 0]:6.1f} ms ({most[row, 0]:.1f})"
        print(f"{name:34s} {wall:22s}  {middle[row, 1]:6.1f} ms")
    ratios = middle[1] / middle[0]
    print(f"{'ratio':34s} {ratios[0]:6.2f}{'':18s}{ratios[1]:6.2f}")


if __name__ == "__main__":
    main()
