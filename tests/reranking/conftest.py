"""The small re-ranking model, and a clock that only its work moves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.small_cross_encoder import write_cross_encoder

from askdocs_indexer.reranking import reranker as reranker_module
from askdocs_indexer.reranking.pace import padded
from askdocs_indexer.reranking.reranker import CrossEncoderReranker
from askdocs_indexer.reranking.scorer import PairScorer
from askdocs_indexer.settings import RerankerSettings

WORDS = (
    "belt",
    "fuse",
    "gear",
    "hay",
    "horse",
    "lamp",
    "oil",
    "pump",
    "socket",
    "tank",
    "timer",
    "token",
)
OTHERS = (
    "a",
    "about",
    "all",
    "and",
    "does",
    "feeds",
    "how",
    "is",
    "of",
    "stop",
    "the",
    "title",
    "what",
    "when",
    "why",
    "with",
    "?",
    ">",
    ".",
)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model."""
    folder = tmp_path_factory.mktemp("models") / "small"
    return write_cross_encoder(folder, WORDS, others=OTHERS, max_length=512)


@pytest.fixture(autouse=True)
def a_single_thread() -> Iterator[None]:
    """Several would wait for each other more than they compute."""
    torch = sys.modules.get("torch")
    if torch is None:  # No model is in the test.
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def settings(model_folder: Path) -> RerankerSettings:
    return RerankerSettings(str(model_folder), "cpu", milliseconds=600_000)


class Bench:
    """Time as the re-ranker sees it: a token takes `seconds`; `calls` holds what was scored.

    It runs much slower than real time, so that no real wait is over before.
    """

    def __init__(self) -> None:
        self.seconds = 0.01
        self.now = 1000.0
        self.calls: list[list[str]] = []

    def scored(self) -> int:
        """Return how many texts were scored since the last look."""
        count = sum(map(len, self.calls))
        self.calls.clear()
        return count


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench, score = Bench(), PairScorer.scores

    def scores(scorer: PairScorer, query: str, texts: Sequence[str]) -> list[float]:
        bench.calls.append(list(texts))
        bench.now += bench.seconds * padded(scorer.lengths(query, texts))
        return score(scorer, query, texts)

    monkeypatch.setattr(PairScorer, "scores", scores)
    monkeypatch.setattr(
        reranker_module, "time", SimpleNamespace(monotonic=lambda: bench.now), raising=True
    )
    return bench


@pytest.fixture
def loaded(settings: RerankerSettings, bench: Bench) -> Callable[..., CrossEncoderReranker]:
    """Load the model for a budget (ms) on a machine of a speed (seconds for a token)."""

    def load(milliseconds: int, seconds: float) -> CrossEncoderReranker:
        bench.seconds = seconds
        reranker = CrossEncoderReranker(RerankerSettings(settings.model, "cpu", milliseconds))
        reranker.load()
        bench.calls.clear()
        return reranker

    return load
