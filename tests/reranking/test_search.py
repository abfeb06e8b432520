"""Searches with a re-ranker, in an index, and in the process that sessions share."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import Harness

from askdocs_indexer.reranking.reranker import CrossEncoderReranker
from askdocs_indexer.settings import DocsSettings, RerankerSettings
from askdocs_indexer.types import Hit
from askdocs_server.host import host as host_module
from askdocs_server.host import models
from askdocs_server.host.host import Host
from askdocs_server.settings.model import SearchSettings, Settings

QUESTION = "how does the pump stop"
# What words alone say: the first holds more of the question's, the second is about its matter.
PAGES = {
    "docs/how.md": "# Title\n\nHow does the horse stop, how the lamp, how does the belt stop.\n",
    "docs/pump.md": "# Title\n\nPump with oil.\n",
    "docs/hay.md": "# Title\n\nHay feeds a horse.\n",
}


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    harness = Harness(tmp_path / "root")
    for name, text in PAGES.items():
        harness.write(name, text)
    harness.index.open()
    harness.index.sync()
    yield harness
    harness.index.close()


@pytest.fixture
def reranker(settings: RerankerSettings) -> CrossEncoderReranker:
    return CrossEncoderReranker(settings)


def paths(hits: list[Hit] | tuple[Hit, ...]) -> list[str]:
    return [hit.chunk.path for hit in hits]


def test_a_search_is_re_ranked_once_the_model_is_ready(
    harness: Harness, reranker: CrossEncoderReranker
) -> None:
    plain = harness.index.search(QUESTION, 3)
    assert paths(plain)[0] == "docs/how.md"
    assert harness.index.search(QUESTION, 3, reranker) == plain
    reranker.load()
    assert paths(harness.index.search(QUESTION, 3, reranker))[0] == "docs/pump.md"
    assert paths(harness.index.search(QUESTION, 1, reranker)) == ["docs/pump.md"]


def test_passages_are_re_ranked_and_as_relevant_as_before(
    harness: Harness, reranker: CrossEncoderReranker
) -> None:
    reranker.load()
    plain = harness.index.passages(QUESTION, 2)
    passages = harness.index.passages(QUESTION, 2, reranker)
    assert paths(plain.hits)[0] == "docs/how.md"
    assert paths(passages.hits)[0] == "docs/pump.md"
    assert passages.relevance == plain.relevance > 0


@pytest.mark.parametrize(
    ("rank_behind", "first"), [((), "tests/gear.md"), (("tests",), "docs/pump.md")]
)
def test_what_ranks_behind_stays_behind(
    harness: Harness, reranker: CrossEncoderReranker, rank_behind: tuple[str, ...], first: str
) -> None:
    """The model alone finds the page among the tests a little better."""
    harness.docs = DocsSettings(rank_behind=rank_behind)
    harness.write("tests/gear.md", "# Title\n\nPump gear.\n")
    harness.reopen()
    harness.index.sync()
    reranker.load()
    assert paths(harness.index.search(QUESTION, 5, reranker))[0] == first


# -- in the process that sessions share -----------------------------------------------------------


@pytest_asyncio.fixture
async def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(
        host_module, "SentenceTransformerEmbedder", lambda settings, changed: FakeEmbedder()
    )
    host = Host()
    yield host
    await host.aclose()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in PAGES.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "project"


def settings_with(model: str) -> Settings:
    return Settings(search=SearchSettings(model, 600_000))


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_a_session_loads_it_behind_its_searches(
    host: Host, project: Path, model_folder: Path
) -> None:
    workspace = await host.open(project, settings_with(str(model_folder)), watch=False)
    await workspace.sync()
    assert workspace.reranker.state == "idle"
    assert paths(await workspace.search(QUESTION, 3))[0] == "docs/how.md"
    await until(lambda: workspace.reranker.state == "ready")
    assert paths(await workspace.search(QUESTION, 3))[0] == "docs/pump.md"
    assert paths((await workspace.passages(QUESTION, 3)).hits)[0] == "docs/pump.md"
    await workspace.close()


async def test_a_window_loads_it_ahead(host: Host, project: Path, model_folder: Path) -> None:
    workspace = await host.open(project, settings_with(str(model_folder)))
    await until(lambda: workspace.reranker.state == "ready")
    await workspace.close()


async def test_each_session_of_an_index_has_its_own_choice(
    host: Host, project: Path, model_folder: Path
) -> None:
    first = await host.open(project, settings_with(str(model_folder)), watch=False)
    second = await host.open(project, settings_with("off"), watch=False)
    assert second.has_own_settings
    await first.sync()
    await first.load_models()
    assert paths(await first.search(QUESTION, 3))[0] == "docs/pump.md"
    assert paths(await second.search(QUESTION, 3))[0] == "docs/how.md"
    await first.close()
    await second.close()


async def test_sessions_share_it_and_the_last_one_lets_go_of_it(
    host: Host, project: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "UNUSED_SECONDS", 0.2)
    settings = settings_with(str(model_folder))
    first, second = [await host.open(project, settings, watch=False) for _ in range(2)]
    await first.load_models()
    model = weakref.ref(first.reranker)
    assert second.reranker is model()
    await first.close()
    await asyncio.sleep(0.5)
    assert second.reranker is model()
    await second.close()
    del first, second

    def is_gone() -> bool:
        gc.collect()
        return model() is None

    await until(is_gone)
