"""The host's threads: what is cancelled does not queue up before what comes after it."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from tests.fake_embedder import FakeEmbedder
from tests.fakes import make_hit
from tests.openai_server import FakeServer, serving

from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.symbols.definitions import Occurrence, occurrence_in
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.types import Hit, QuestionCounts
from askdocs_server.answers.pipeline import Answer
from askdocs_server.answers.retrieval import AskRequest
from askdocs_server.host import host as host_module
from askdocs_server.host import models
from askdocs_server.host.host import Host, Workspace
from askdocs_server.hover.lookup import HoverResult
from askdocs_server.settings.model import AskSettings, LlmSettings, SearchSettings, Settings

SOURCE = "import station\nstation.calibrate()\n"


class SlowIndex:
    """Documents everything, but the first two look-ups take until they may end."""

    def __init__(self) -> None:
        self.lookups = 0
        self.may_end = threading.Event()
        self._lock = threading.Lock()

    def key_of(self, file: Path) -> str:
        return file.name

    def occurrence(self, parsed: Parsed, line: int, character: int) -> Occurrence | None:
        return occurrence_in(parsed, line, character, SymbolGraph())

    def notation(self, symbol: Symbol) -> str:
        return ""

    def documentation(self, symbol: Symbol, limit: int) -> list[Hit]:
        with self._lock:
            self.lookups += 1
            is_slow = self.lookups <= 2
        if is_slow:
            assert self.may_end.wait(30)
        return [make_hit("Do this once a year.", score=1.0)]


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    yield host
    await host.aclose()


def workspaces(host: Host, index: SlowIndex, count: int = 1) -> list[Workspace]:
    """The folders of one session."""
    shared: Any = SimpleNamespace(index=index)
    slots = host.query_slots()
    root = Path("/project")
    return [Workspace(root, Settings(), host, shared, slots) for _ in range(count)]


def hover(folder: Workspace) -> asyncio.Task[HoverResult | None]:
    return asyncio.create_task(folder.hover("/project/app.py", SOURCE, 1, 10))


async def test_cancelled_hovers_leave_no_queue(host: Host) -> None:
    index = SlowIndex()
    (folder,) = workspaces(host, index)
    hovers = [hover(folder) for _ in range(100)]
    deadline = time.monotonic() + 30
    while index.lookups < 2:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)
    for task in hovers:
        task.cancel()
    try:
        # The two that run cannot be stopped, yet the next one is answered before they end.
        result = await asyncio.wait_for(hover(folder), 30)
        assert result is not None
        assert index.lookups == 3
        assert all(task.cancelled() for task in hovers)
    finally:
        index.may_end.set()


async def test_the_folders_of_a_session_share_its_threads(host: Host) -> None:
    index = SlowIndex()
    folders = workspaces(host, index, 3)
    (other,) = workspaces(host, index)
    hovers = [hover(folder) for folder in folders]
    try:
        await asyncio.sleep(0.3)
        assert index.lookups == 2  # The third waits for one of them,
        assert await asyncio.wait_for(hover(other), 30) is not None  # but no other session does.
        assert not any(task.done() for task in hovers)
    finally:
        index.may_end.set()
    assert all(await asyncio.gather(*hovers))


HEDGING = "Hedging sends a copy after a delay and takes whichever reply arrives first. " * 2
LIMITS = "A limiter counts calls per minute and lets those beyond wait for their turn. " * 2
ASKED = "start another attempt when something is slow"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, whose texts a fake embedder embeds."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(
        host_module, "SentenceTransformerEmbedder", lambda settings, changed: FakeEmbedder()
    )
    root = tmp_path / "root"
    root.mkdir()
    return root


async def test_a_model_that_runs_helps_the_search(host: Host, root: Path) -> None:
    (root / "limits.md").write_text(f"# Limits\n\n{LIMITS}\n")
    server = FakeServer(pieces=(f"{ASKED}?\n",))
    async with serving(server) as endpoint:
        search = SearchSettings(rewrite_ms=10_000, generated_questions="on")
        settings = Settings(llm=LlmSettings(endpoint=endpoint), search=search)
        workspace = await host.open(root, settings)
        end = host.expand(lambda: workspace)
        await until_written(workspace, QuestionCounts(1, 1))
        (root / "hedging.md").write_text(f"# Hedging\n\n{HEDGING}\n")
        await until_written(workspace, QuestionCounts(2, 2))
        end()
        hits = await workspace.search(f"{ASKED}?", 2)
        assert hits[0].score == pytest.approx(hits[1].score, abs=0.3)
        events = [event async for event in workspace.ask(AskRequest("What if it is slow"))]
        answer = events[-1]
        assert isinstance(answer, Answer)
        assert answer.timings.rewrite_ms is not None
        assert await workspace.forget_questions() == 2
        assert workspace.index.status().questions == QuestionCounts(2, 0)
        await workspace.close()


async def test_the_words_that_an_answer_rests_on_are_found_in_the_file(
    host: Host, root: Path
) -> None:
    (root / "hedging.md").write_text(f"# Calls\n\n## Hedging\n\n{HEDGING}\n")
    pieces = ("A copy follows. [1: ", '"after a delay and takes"] It is free of charge.')
    async with serving(FakeServer(pieces=pieces)) as endpoint:
        settings = Settings(llm=LlmSettings(endpoint=endpoint), ask=AskSettings(min_relevance=0))
        workspace = await host.open(root, settings, watch=False)
        await workspace.sync()
        asked = AskRequest("How does hedging work?")
        events = [event async for event in workspace.ask(asked, wait_for_model=30.0)]
        answer = events[-1]
        assert isinstance(answer, Answer)
        assert answer.answer == "A copy follows. [1] It is free of charge. *(unverified)*"
        (citation,) = answer.citations
        assert (citation.breadcrumb, citation.verified) == ("Calls > Hedging", True)
        (quote,) = citation.quotes
        assert (quote.text, quote.start_line, quote.end_line) == ("after a delay and takes", 5, 5)
        assert quote.before_start == "Hedging sends a copy "
        await workspace.close()


async def until_written(workspace: Workspace, counts: QuestionCounts) -> None:
    deadline = time.monotonic() + 30
    while workspace.index.status().questions != counts:
        assert time.monotonic() < deadline, workspace.index.status()
        await asyncio.sleep(0.02)


async def test_a_model_is_let_go_of_after_its_last_workspace(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(
        host_module, "SentenceTransformerEmbedder", lambda settings, changed: FakeEmbedder()
    )
    monkeypatch.setattr(models, "UNUSED_SECONDS", 0.2)
    roots = [tmp_path / name for name in ("one", "two")]
    for root in roots:
        root.mkdir()
    first, second = [await host.open(root, Settings(), watch=False) for root in roots]
    model = weakref.ref(first.embedder)
    assert second.embedder is model()
    await first.close()
    await asyncio.sleep(0.5)
    assert second.embedder is model()  # The other one uses it.
    await second.close()
    assert host.embedder(Settings().embedding) is model()  # The next command may come at once.
    del first, second
    deadline = time.monotonic() + 30
    while model() is not None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
        gc.collect()
