"""What re-ranking costs on this machine, and how well searches keep within their time for it.

    make bench-rerank [MODEL=folder]

Without a model it takes one of the size of the default (MiniLM-L6) with random weights: the time
depends on the shapes, not on the values. The floor is sentence-transformers' own predict over the
same pairs in the same run. Questions are the headings of our pages, passages their chunks.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from tests.bench.corpus import REPOSITORY, chunk_texts
from tests.bench.measurement import Measurement, at_most, percentile, run
from tests.bench.processes import median_of, timed
from tests.fakes import make_hit

from askdocs_indexer.embedding.loading import load_cross_encoder, locate_model
from askdocs_indexer.reranking.reranker import RERANKED, CrossEncoderReranker
from askdocs_indexer.reranking.scorer import PairScorer
from askdocs_indexer.settings import RerankerSettings
from askdocs_indexer.types import Hit
from askdocs_indexer.words.languages import ENGLISH

_UNLIMITED_MS = 600_000
_BUDGETS_MS = (100, 200, 400, 800, 1600)
_COUNTS = (4, 8, RERANKED)
_RATIO = 1

Search = tuple[str, list[Hit]]


def write_minilm(folder: Path) -> Path:
    """Write a cross-encoder of MiniLM-L6's shape with random weights, and its tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    tokenizer = AutoTokenizer.from_pretrained(locate_model("bundled")[0], model_max_length=512)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=512,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def searches(count: int, seed: int = 1) -> list[Search]:
    """Return questions with hits for each; which ones does not matter to the time."""
    pages = sorted((REPOSITORY / "docs").glob("*.md"))
    texts = [text for page in pages for text in chunk_texts(page, page.name)]
    headings = [text.partition("\n")[0].split(" > ")[-1] for text in texts]
    questions = sorted({heading for heading in headings if heading.endswith("?")})
    choice = random.Random(seed)
    return [
        (question, [_hit(text, rank) for rank, text in enumerate(choice.sample(texts, RERANKED))])
        for question in choice.sample(questions, count)
    ]


def _hit(text: str, rank: int) -> Hit:
    title, _, body = text.partition("\n")
    return make_hit(body, title, path=f"{rank}.md", score=0.9 - 0.01 * rank)


def beside_the_floor(
    model: Any, reranker: CrossEncoderReranker, asked: Sequence[Search]
) -> Iterator[Measurement]:
    """Yield what all of some hits take, beside plain predict."""
    for count in _COUNTS:
        floors, own = [], []
        for question, hits in asked:
            first = hits[:count]
            pairs = [(question, hit.chunk.embedded_text) for hit in first]
            floors.append(timed(partial(model.predict, pairs, show_progress_bar=False))[1])
            own.append(timed(partial(reranker.rerank, question, first, ENGLISH))[1])
        floor, usage = median_of(floors), median_of(own)
        yield Measurement(
            f"{count} hits re-ranked",
            *(1000 * usage.cpu, "CPU ms", 1000 * usage.wall, 1000 * floor.cpu),
            ratio_budget=at_most(_RATIO),
        )


def within_budgets(folder: str, device: str, asked: Sequence[Search]) -> Iterator[Measurement]:
    """Yield how many hits fit into some budgets, and how long searches waited for them."""
    for budget in _BUDGETS_MS:
        reranker = CrossEncoderReranker(RerankerSettings(folder, device, budget))
        reranker.load()
        counts, waits = [], []
        with _counting() as scored:
            for question, hits in asked:
                before = sum(scored)
                _, usage = timed(partial(reranker.rerank, question, hits, ENGLISH))
                waits.append(1000 * usage.wall)
                counts.append(sum(scored) - before)
        what = f"re-ranking within {budget} ms"
        yield Measurement(f"{what}: hits read, median", statistics.median(counts))
        last = percentile(waits, 0.95)
        yield Measurement(f"{what}: wait, 95 %", last, "ms", budget=at_most(budget))


@contextmanager
def _counting() -> Iterator[list[int]]:
    """Count the passages of each call to a model in the list that is returned."""
    sizes: list[int] = []
    scores = PairScorer.scores

    def counted(scorer: PairScorer, query: str, texts: Sequence[str]) -> list[float]:
        sizes.append(len(texts))
        return scores(scorer, query, texts)

    with mock.patch.object(PairScorer, "scores", counted):
        yield sizes


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Re-rank beside the floor, and within budgets."""
    with TemporaryDirectory() as scratch:
        folder = options.model or str(write_minilm(Path(scratch)))
        model = load_cross_encoder(folder, options.device)
        reranker = CrossEncoderReranker(RerankerSettings(folder, options.device, _UNLIMITED_MS))
        reranker.load()
        asked = searches(options.searches)
        yield from beside_the_floor(model, reranker, asked)
        yield from within_budgets(folder, options.device, asked)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="", help="a folder with a cross-encoder")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--searches", type=int, default=20)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))
