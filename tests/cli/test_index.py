"""`askdocs index` that indexes nothing: lists and plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import Harness

from askdocs_server.cli.main import run
from askdocs_server.host.host import Host

PAGE = "# Page\n\nText.\n\n## Section\n\nMore text.\n"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr(Host, "_new_embedder", lambda host, settings: FakeEmbedder())
    (tmp_path / "root").mkdir()


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(tmp_path / "root")
    harness.write("page.md", PAGE)
    harness.write("CHANGELOG.md", "# Changelog\n\nText.\n")
    harness.write("node_modules/a.md", PAGE)
    yield harness
    harness.index.close()


def files_of(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def index(root: Path, capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["index", *arguments, "--json", "--root", str(root)]) == 0
    row = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert isinstance(row, dict)
    return row


def test_a_list(harness: Harness, capfd: pytest.CaptureFixture[str]) -> None:
    harness.index.open()
    harness.index.sync()
    harness.index.close()
    listed = index(harness.root, capfd, "--list")
    assert listed["files"] == [
        {"path": "CHANGELOG.md", "kind": "page", "chunks": 1, "behind": "changelog"},
        {"path": "page.md", "kind": "page", "chunks": 2, "behind": None},
    ]
    assert [row["path"] for row in listed["left_out"]] == ["node_modules/"]
    assert run(["index", "--list", "--root", str(harness.root)]) == 0
    out = capfd.readouterr().out
    assert out.startswith("2 files with 3 passages\n       1  CHANGELOG.md  changelog\n")


def test_a_list_of_no_index_makes_none(harness: Harness, capfd: pytest.CaptureFixture[str]) -> None:
    before = files_of(harness.root.parent)
    assert index(harness.root, capfd, "--list") == {"files": [], "left_out": []}
    assert run(["index", "--list", "--root", str(harness.root)]) == 0
    assert "nothing is indexed yet: run `askdocs index`" in capfd.readouterr().err
    assert files_of(harness.root.parent) == before


def test_a_dry_run(harness: Harness, capfd: pytest.CaptureFixture[str]) -> None:
    before = files_of(harness.root.parent)
    plan = index(harness.root, capfd, "--dry-run")
    assert (plan["read"], plan["files"], plan["chunks"], plan["embedded"]) == (2, 2, 3, 3)
    assert plan["left_out"][0]["path"] == "node_modules/"
    assert plan["seconds"] >= 0
    assert files_of(harness.root.parent) == before
    assert run(["index", "--dry-run", "--root", str(harness.root)]) == 0
    captured = capfd.readouterr()
    assert "embed       3 passages\n" in captured.out
    assert "Reading: 2 of 2 files" in captured.err


def test_a_dry_run_of_an_index_in_use_names_the_holder(
    harness: Harness, capfd: pytest.CaptureFixture[str]
) -> None:
    harness.index.open()
    assert run(["index", "--dry-run", "--json", "--root", str(harness.root)]) == 1
    assert "holds this workspace's index" in capfd.readouterr().out


def test_a_dry_run_downloads_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    root = str(tmp_path / "root")
    model = "embedding.model=some/model-that-is-not-here"
    assert run(["index", "--dry-run", "--root", root, "--set", model]) == 1
    assert "planning downloads nothing" in capfd.readouterr().err


def test_progress_is_for_programs(harness: Harness, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["index", "--progress", "--root", str(harness.root)]) == 2
    assert "goes with --json" in capfd.readouterr().err
    assert run(["index", "--dry-run", "--json", "--progress", "--root", str(harness.root)]) == 0
    events = [line for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    last = json.loads(events[-1])
    assert (last["phase"], last["done"], last["total"]) == ("reading", 2, 2)
