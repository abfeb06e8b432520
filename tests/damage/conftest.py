"""What the tests of damage start from: a database of a killed process, and a folder without any."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.damage.harness import WORDS, Remains, opened, write
from tests.index_harness import rebuilt, synced

from askdocs_indexer import workspace
from askdocs_indexer.paths import index_folder


@pytest.fixture(scope="module")
def remains(tmp_path_factory: pytest.TempPathFactory) -> Remains:
    """Make a database with files of every role, of which some changed again before the kill.

    The last changes keep the number of chunks, so counting does not tell whether they are there.
    """
    folder = tmp_path_factory.mktemp("damage")
    root = folder / "root"
    root.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        for number in range(10):
            write(root, number)
        with opened(root) as index:
            synced(index)
        for number in range(1, 5):
            write(root, number, "cows")
        (root / "page9.md").unlink()
        with opened(root) as index:
            synced(index)
        write(root, 1, "cows", top="\n\n\n")
        write(root, 2, "donkeys")
        (root / "page3.md").unlink()
        write(root, 13)
        with opened(root) as index:
            synced(index)
            shutil.copytree(index_folder(root), folder / "killed")
    (root / "page4.md").unlink()
    write(root, 5, "mules")
    return Remains(root, folder / "killed", rebuilt(root, WORDS))


@pytest.fixture
def database(remains: Remains, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the database, in a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = index_folder(remains.root)
    shutil.copytree(remains.folder, folder)
    return folder / "index.db"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of documents of its own, whose failed index is tried again soon."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(workspace, "_RETRY_SECONDS", 0.1)
    root = tmp_path / "root"
    root.mkdir()
    for number in range(4):
        write(root, number)
    return root
