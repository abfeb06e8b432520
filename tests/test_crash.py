"""Killed at any instant, the index heals at the next look to what a clean rebuild gives.

`ASKDOCS_TEST_KILLS` sets how many kills (8 by default), `ASKDOCS_TEST_SEED` where they begin.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.crash_child import WORDS
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import contents, differences, rebuilt, synced

from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.types import SyncReport
from askdocs_indexer.workspace import WorkspaceIndex

KILLS = int(os.environ.get("ASKDOCS_TEST_KILLS", "8"))
SEED = int(os.environ.get("ASKDOCS_TEST_SEED", "0"))
# Kills come this soon after the child has begun (seconds); the first span aims at the opening.
DELAYS = ((0.0, 0.2), (0.1, 0.8), (0.3, 2.0))
# So often the cache is thrown away, so that kills also hit the making of a new database.
FRESH_EVERY = 5


@pytest.mark.timeout(60 + 20 * KILLS)
def test_a_killed_index_heals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, root = tmp_path / "cache", tmp_path / "root"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    root.mkdir()
    unfinished = set_aside = redone = 0
    for kill in range(KILLS):
        if kill % FRESH_EVERY == 0:
            shutil.rmtree(cache, ignore_errors=True)
        seed = SEED * 1_000_000 + kill
        run_and_kill(root, seed, random.Random(seed).uniform(*DELAYS[kill % len(DELAYS)]))

        index = WorkspaceIndex(root, DocsSettings(), IndexSettings(), FakeEmbedder())
        index.open()
        try:
            set_aside += "damaged" in index.status().detail
            assert index._open is not None
            manifest = index._open.synchronizer.manifest
            unfinished += any(not row.digest for row in manifest.values())
            report = synced(index)
            redone += work_of(report) > 0
            healed = contents(index, WORDS)
            assert work_of(index.sync()) == 0
        finally:
            index.close()
        told = differences(healed, rebuilt(root, WORDS))
        assert not told, f"after kill {kill} of seed {seed}:\n" + "\n".join(told)
    print(
        f"{KILLS} kills: {unfinished} found files in work, {redone} left something to do, "
        f"{set_aside} databases were set aside"
    )


def work_of(report: SyncReport) -> int:
    """Return how many chunks a run has touched."""
    return report.embedded + report.reused + report.moved + report.deleted


def run_and_kill(root: Path, seed: int, delay: float) -> None:
    """Let a child edit and index for `delay` seconds after its imports, then kill it."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.crash_child", str(root), str(seed)],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n", child.communicate()[1].decode()
        time.sleep(delay)  # The instant is what this is about; nothing is waited for.
        assert child.poll() is None, child.communicate()[1].decode()
    finally:
        child.kill()
        child.communicate()
