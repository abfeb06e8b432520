"""A plan says what the run then does, and leaves no trace."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import Harness, until

from askdocs_indexer.index import planned
from askdocs_indexer.ingest.dependencies import trusted_time
from askdocs_indexer.ingest.plan import Plan
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.types import Phase, SyncReport

PAGE = "# Page\n\nIntro.\n\n" + "".join(
    f"## Section {number}\n\nText about topic{number}.\n\n" for number in range(20)
)


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    harness = Harness(tmp_path / "root")
    yield harness
    harness.index.close()


def files_of(folder: Path) -> dict[Path, tuple[int, int]]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


def page(harness: Harness) -> None:
    """Write a page and wait until its time tells it from what is written next."""
    harness.write("page.md", PAGE)
    stat = (harness.root / "page.md").stat()
    until(lambda: trusted_time(stat, time.time_ns()) > 0)


def untouched(harness: Harness) -> Plan:
    """Plan while no process has the index open, and see that nothing has changed."""
    before = files_of(harness.root.parent)
    plan = planned(harness.root, DocsSettings(), FakeEmbedder())
    assert files_of(harness.root.parent) == before
    return plan


def agrees(plan: Plan, report: SyncReport) -> None:
    """See that a run has done what was planned."""
    assert (plan.files, plan.chunks) == (report.files, report.chunks)
    assert (plan.embedded, plan.reused) == (report.embedded, report.reused)
    assert plan.left_out[: len(report.skipped)] == report.skipped


def test_a_first_run(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.write("again.md", PAGE)
    harness.write("broken.md", "\0")
    plan = untouched(harness)
    assert not (harness.root.parent / "cache").exists()
    assert (plan.read, plan.leaving, plan.new) == (3, 0, 42)
    assert plan.speed is not None
    assert plan.seconds is not None
    assert plan.seconds >= plan.reading_seconds
    harness.index.open()
    agrees(plan, harness.index.sync())


def test_an_index_that_is_in_step(harness: Harness) -> None:
    page(harness)
    harness.index.open()
    harness.index.sync()
    harness.index.close()
    plan = untouched(harness)
    assert (plan.read, plan.new, plan.embedded, plan.reused, plan.leaving) == (0, 0, 0, 0, 0)
    assert (plan.files, plan.chunks) == (1, 21)
    assert plan.speed is None
    assert plan.seconds is not None
    assert plan.seconds == plan.reading_seconds


@pytest.mark.parametrize("is_open", [True, False])
def test_changes(harness: Harness, is_open: bool) -> None:
    harness.write("page.md", PAGE)
    harness.write("gone.md", "# Gone\n\nText.\n")
    harness.index.open()
    harness.index.sync()
    harness.write("page.md", PAGE.replace("topic7.", "horses."))
    harness.write("copied.md", PAGE)
    (harness.root / "gone.md").unlink()
    if is_open:
        plan = harness.index.plan()
    else:
        harness.index.close()
        plan = untouched(harness)
        harness.reopen()
    assert (plan.read, plan.leaving, plan.new) == (2, 1, 22)
    assert (plan.embedded, plan.reused) == (1, 21)
    agrees(plan, harness.index.sync())


def test_what_an_interrupted_run_has_left(harness: Harness) -> None:
    """Its log is not yet in the database; what it says counts."""
    page(harness)
    harness.index.open()
    harness.index.sync(names_only=True)
    cache = harness.root.parent / "cache"
    for log in cache.rglob("*.sqlite-wal"):
        assert log.stat().st_size
        os.link(log, log.with_suffix(".kept"))
    harness.index.close()
    for log in cache.rglob("*.kept"):
        log.rename(log.with_suffix(".sqlite-wal"))
    plan = untouched(harness)
    assert (plan.read, plan.new, plan.embedded) == (0, 0, 21)


def test_progress_counts_files(harness: Harness) -> None:
    for number in range(3):
        harness.write(f"{number}.md", PAGE)
    told: list[tuple[int, int, Phase]] = []
    harness.index.open()
    harness.index.plan(lambda *count: told.append(count))
    assert told[-1] == (3, 3, "reading")
