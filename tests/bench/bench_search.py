"""How long a warm search takes, without a re-ranker, beside a floor.

    python -m tests.bench.bench_search [FOLDER] [--questions 100]

The floor of the same run is what a search by meaning cannot do without: embedding the query, and
one search of the database for its nearest chunks. Every query is new to both. Wall time tells
little on a machine that is shared; processor time, which counts the database's threads and the
model's, tells more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.bench.corpus import REPOSITORY
from tests.bench.measurement import Measurement, at_most, percentile, run
from tests.bench.processes import Usage, median_of, timed
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
_BUDGET_MS, _RATIO = 30, 2


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Index a folder, and ask questions about anything."""
    root, docs, settings = options.folder.resolve(), DocsSettings(), IndexSettings()
    embedder = SentenceTransformerEmbedder(EmbeddingSettings())
    embedder.load()
    index = WorkspaceIndex(root, docs, settings, embedder)
    index.open()
    index.sync()
    index.close()
    opened = open_index(Selection(root, docs, is_wanted), docs, settings, embedder)
    opened.store.open_vectors()

    def nearest(query: str) -> None:
        opened.store.search_dense(embedder.encode_query(query), _DEPTH)

    texts = [*dict.fromkeys(question.text for question in questions_in([OWN]))]
    texts = texts[: 2 * options.questions]
    floors, searches = [], []
    try:
        for first, second in zip(texts[::2], texts[1::2], strict=False):
            floors.append(timed(partial(nearest, first))[1])
            searches.append(timed(partial(opened.searcher.passages, second, _PASSAGES))[1])
        chunks = opened.store.words.documents
    finally:
        opened.close()
    yield from rows(chunks, floors[_WARM_UP:], searches[_WARM_UP:])


def rows(chunks: int, floors: Sequence[Usage], searches: Sequence[Usage]) -> Iterator[Measurement]:
    """Yield the processor's time and the wall time of a search."""
    floor, search = median_of(floors), median_of(searches)
    what = f"passages for a question, {chunks} chunks"
    yield Measurement(
        what,
        *(1000 * search.cpu, "CPU ms", 1000 * search.wall, 1000 * floor.cpu),
        budget=at_most(_BUDGET_MS),
        ratio_budget=at_most(_RATIO),
    )
    last = 1000 * percentile((usage.wall for usage in searches), 0.95)
    floor_last = 1000 * percentile((usage.wall for usage in floors), 0.95)
    yield Measurement(f"{what}, 95 % of wall times", last, "ms", floor=floor_last)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", default=REPOSITORY / "docs")
    parser.add_argument("--questions", type=int, default=100)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
