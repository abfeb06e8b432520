"""What re-ranking costs on this machine, and how well searches keep within their time for it.

    make bench-rerank [MODEL=folder]

Without a model it takes one of the size of the default (MiniLM-L6) with random weights: the time
depends on the shapes, not on the values. The floor is sentence-transformers' own predict over the
same pairs in the same run. Questions are the headings of our pages, passages their chunks.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from tests.bench.corpus import REPOSITORY, chunk_texts
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


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that something takes, by the wall and of the processor."""
    started, before = time.perf_counter(), sum(os.times()[:2])
    work()
    return time.perf_counter() - started, sum(os.times()[:2]) - before


def beside_the_floor(model: Any, reranker: CrossEncoderReranker, asked: Sequence[Search]) -> None:
    """Print what all of some hits take, beside plain predict."""
    print(f"{'hits':>4}  {'plain predict':>22}  {'re-ranker':>22}  ratio")
    for count in _COUNTS:
        floors, ours = [], []
        for question, hits in asked:
            first = hits[:count]
            pairs = [(question, hit.chunk.embedded_text) for hit in first]
            floors.append(timed(partial(model.predict, pairs, show_progress_bar=False)))
            ours.append(timed(partial(reranker.rerank, question, first, ENGLISH)))
        walls = [statistics.median(wall for wall, _ in runs) for runs in (floors, ours)]
        works = [statistics.median(work for _, work in runs) for runs in (floors, ours)]
        cells = [
            f"{1000 * wall:7.0f} ms {1000 * work:7.0f} CPU ms"
            for wall, work in zip(walls, works, strict=True)
        ]
        print(f"{count:4}  {cells[0]:>22}  {cells[1]:>22}  {walls[1] / walls[0]:.2f}")


def within_budgets(folder: str, device: str, asked: Sequence[Search]) -> None:
    """Print how many hits fit into some budgets, and how long searches waited for them."""
    print(f"\n{'budget':>7}  {'hits':>5}  {'median':>8}  {'95 %':>8}  state")
    for budget in _BUDGETS_MS:
        reranker = CrossEncoderReranker(RerankerSettings(folder, device, budget))
        reranker.load()
        counts, waits = [], []
        with _counting() as scored:
            for question, hits in asked:
                before = sum(scored)
                wait, _ = timed(partial(reranker.rerank, question, hits, ENGLISH))
                waits.append(1000 * wait)
                counts.append(sum(scored) - before)
        last = sorted(waits)[math.ceil(0.95 * len(waits)) - 1]
        print(
            f"{budget:4} ms  {statistics.median(counts):5.0f}  {statistics.median(waits):5.0f} ms"
            f"  {last:5.0f} ms  {reranker.state}"
        )


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="", help="a folder with a cross-encoder")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--searches", type=int, default=20)
    options = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = options.model or str(write_minilm(Path(scratch)))
        model = load_cross_encoder(folder, options.device)
        reranker = CrossEncoderReranker(RerankerSettings(folder, options.device, _UNLIMITED_MS))
        reranker.load()
        asked = searches(options.searches)
        scorer = PairScorer(model)
        lengths = [
            length
            for question, hits in asked
            for length in scorer.lengths(question, [hit.chunk.embedded_text for hit in hits])
        ]
        usual = statistics.median(lengths)
        print(f"{options.searches} searches, pairs of {usual:.0f} tokens (median)")
        print(f"on {reranker.device}, load {os.getloadavg()[0]:.1f}\n")
        beside_the_floor(model, reranker, asked)
        within_budgets(folder, options.device, asked)


if __name__ == "__main__":
    main()
