"""`askdocs status` reads what an index's folder says, and leaves everything as it is."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.index_harness import Harness

from askdocs_indexer.file_lock import FileLock
from askdocs_indexer.paths import index_folder
from askdocs_indexer.record import Recorder
from askdocs_server.cli import session
from askdocs_server.cli.main import run


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "root").mkdir()


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(tmp_path / "root")
    harness.write("page.md", "# Page\n\nText.\n")
    harness.write("picture.md", "\0")
    harness.index.open()
    harness.index.sync()
    yield harness
    harness.index.close()


def status(root: Path, capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["status", "--json", "--root", str(root)]) == 0
    row = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert isinstance(row, dict)
    return row


def files_of(folder: Path) -> dict[Path, tuple[int, int]]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


def test_a_project_without_index_gets_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert status(tmp_path / "root", capfd)["state"] == "absent"
    assert [*tmp_path.rglob("*")] == [tmp_path / "root"]


def test_it_says_what_writes_answers(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    answers = status(tmp_path / "root", capfd)["answers"]
    assert answers["model"] is None
    assert "no model is started by itself" in answers["detail"]
    assert run(["status", "--root", str(tmp_path / "root"), "--set", "llm.model=bundled"]) == 0
    assert "answers   bundled, local\n" in capfd.readouterr().out


def test_it_says_what_leaves_the_machine(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert status(tmp_path / "root", capfd)["leaves"] == []
    address = "llm.endpoint=http://me:secret@gpu-box:8000/v1"
    assert run(["status", "--root", str(tmp_path / "root"), "--set", address]) == 0
    text = capfd.readouterr().out
    assert "leaves    questions with the passages that answer them" in text
    assert ": to gpu-box\n" in text
    assert "secret" not in text


def test_ignored_settings_are_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "root" / "askdocs.toml").write_text("[docs]\nmaxFileBytes = 'big'\n")
    assert run(["status", "--root", str(tmp_path / "root")]) == 0
    assert "warning: " in capfd.readouterr().err


def test_an_index_is_neither_opened_nor_locked(
    tmp_path: Path, harness: Harness, capfd: pytest.CaptureFixture[str]
) -> None:
    harness.index.close()
    before = files_of(tmp_path)
    modules = {*sys.modules}
    row = status(harness.root, capfd)
    assert (row["state"], row["files"], row["chunks"]) == ("ready", 1, 1)
    assert [skipped["path"] for skipped in row["skipped"]] == ["picture.md"]
    assert files_of(tmp_path) == before
    assert not {"sentence_transformers", "torch"} & ({*sys.modules} - modules)


def test_the_holder_is_named(harness: Harness, capfd: pytest.CaptureFixture[str]) -> None:
    row = status(harness.root, capfd)
    assert (row["state"], row["files"]) == ("in use", 1)
    assert f"Another askdocs (process {os.getpid()}) holds" in row["detail"]


def test_progress_is_told_and_an_interrupted_run_is_not_complete(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    folder = index_folder(root)
    folder.mkdir(parents=True)
    with FileLock.acquire(folder / "index.lock") as lock:
        lock.write(str(os.getpid()))
        recorder = Recorder(folder, root)
        recorder.progress(120, 800, "reading")
        assert "120 of 800 files are read" in status(root, capfd)["detail"]
    row = status(root, capfd)
    assert row["state"] == "incomplete"
    assert "run `askdocs index`" in row["detail"]


@pytest.mark.parametrize("patience", [0.0, 0.5])
def test_a_second_command_tells_how_far_the_first_has_come(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    patience: float,
) -> None:
    monkeypatch.setattr(session, "_IN_USE_SECONDS", patience)
    root = tmp_path / "root"
    folder = index_folder(root)
    folder.mkdir(parents=True)
    with FileLock.acquire(folder / "index.lock") as lock:
        lock.write(str(os.getpid()))
        Recorder(folder, root).progress(120, 800, "reading")
        assert run(["index", "--json", "--root", str(root)]) == 1
    captured = capfd.readouterr()
    error = json.loads(captured.out.splitlines()[-1])["error"]
    assert (error["process"], error["done"], error["total"]) == (os.getpid(), 120, 800)
    assert error["message"] in captured.err
    waiting = [line for line in captured.err.splitlines() if "waiting: " in line]
    assert len(waiting) == (patience > 0)
    assert all("120 of 800 files are read" in line for line in waiting)
