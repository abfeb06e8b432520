"""Indexes of projects that are gone are removed, and no others."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from tests.index_harness import Harness

from askdocs_indexer.file_lock import FileLock
from askdocs_indexer.paths import index_folder
from askdocs_indexer.prune import prune
from askdocs_indexer.record import RECORD_NAME
from askdocs_server.cli.main import run
from askdocs_server.daemon import daemon

DAY_SECONDS = 24 * 3600.0


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def indexed(root: Path) -> Path:
    """Index a new project; returns the index's folder."""
    root.mkdir()
    harness = Harness(root)
    harness.write("page.md", "# Page\n\nText.\n")
    harness.index.open()
    harness.index.sync()
    harness.index.close()
    return index_folder(root.resolve())


def test_what_is_gone_is_removed_and_the_rest_stays(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gone, there = indexed(tmp_path / "gone"), indexed(tmp_path / "there")
    strange = gone.with_name("strange")
    strange.mkdir()
    assert prune() == []
    shutil.rmtree(tmp_path / "gone")
    assert run(["index", "--prune", "--json", "--root", str(tmp_path)]) == 0
    (row,) = json.loads(capfd.readouterr().out)["pruned"]
    assert (row["root"], row["folder"]) == (str(tmp_path / "gone"), str(gone))
    assert row["bytes"] > 1000
    assert sorted(gone.parent.iterdir()) == sorted([strange, there])


def test_what_is_removed_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["index", "--prune", "--root", str(tmp_path)]
    assert run(arguments) == 0
    assert "No index was removed" in capfd.readouterr().out
    folder = indexed(tmp_path / "gone")
    shutil.rmtree(tmp_path / "gone")
    assert run(arguments) == 0
    out = capfd.readouterr().out
    assert f"Removed the index of {tmp_path / 'gone'}, which is gone: {folder} (" in out


@pytest.mark.parametrize("lock", ["index.lock", "index.db/LOCK"])
def test_what_is_in_use_stays(tmp_path: Path, lock: str) -> None:
    folder = indexed(tmp_path / "gone")
    shutil.rmtree(tmp_path / "gone")
    with FileLock.acquire(folder / lock):
        assert prune() == []
        assert (folder / "vectors.sqlite").exists()
    assert [index.folder for index in prune()] == [folder]


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    folder = indexed(tmp_path / "there")
    leftover = folder.rename(folder.with_name(f".pruned-1-{folder.name}"))
    assert prune() == []
    assert not leftover.exists()


def test_the_daemon_removes_what_was_not_used_for_long(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "askdocs_server")
    old, recent = indexed(tmp_path / "old"), indexed(tmp_path / "recent")
    for folder, days in ((old, 91), (recent, 89)):
        last_use = time.time() - days * DAY_SECONDS
        os.utime(folder / RECORD_NAME, (last_use, last_use))
        shutil.rmtree(tmp_path / folder.name.partition("-")[0])
    daemon._prune()
    assert not old.exists()
    assert recent.exists()
    assert f"removed the index of {tmp_path / 'old'}" in caplog.text
