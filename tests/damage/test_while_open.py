"""Damage while the index is open: it answers, heals, and ends in step with its folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.damage.harness import (
    asked,
    check_in_step,
    found,
    in_child,
    is_ready,
    newest,
    opened,
    removed,
    replaced,
    scramble_all,
    write,
)
from tests.index_harness import until

from askdocs_indexer import workspace
from askdocs_indexer.paths import index_folder
from askdocs_indexer.storage import vector_index

pytestmark = pytest.mark.timeout(90)

UNDERFOOT: dict[str, Callable[[Path], None]] = {
    "the folder is gone": lambda database: shutil.rmtree(database.parent),
    "the database is a file": replaced(b"garbage"),
    "the vectors are gone": removed("index.db/collections/vectors_*"),
    "the texts are gone": removed("texts_*"),
    "the texts are garbage": scramble_all("texts_*"),
    "the vector cache is garbage": scramble_all("vectors.sqlite"),
    "the rows are garbage": scramble_all("index.db/collections/*/**/*.parquet"),
}


@pytest.mark.parametrize("damage", UNDERFOOT)
def test_damage_while_the_index_is_open(root: Path, damage: str) -> None:
    with opened(root) as index:
        index.sync()
    with opened(root, watched=True) as index:
        UNDERFOOT[damage](index_folder(root) / "index.db")
        assert asked(index) or damage == "the texts are garbage"
        write(root, 1, "donkeys")
        (root / "page2.md").unlink()
        asked(index)
        check_in_step(index, root)


def test_a_flush_that_fails_loses_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Milvus Lite forgets rows whose flush has failed, and at the next flush deletes their log."""
    monkeypatch.setattr(vector_index, "_FLUSH_ROWS", 20)
    with opened(root) as index:
        index.sync()
    with opened(root, watched=True) as index:
        rows = newest(index_folder(root), "vectors: rows").parent
        rows.rename(rows.with_name("away"))
        rows.write_text("in the way of a folder")
        write(root, 1, top="\n\n")
        write(root, 2, "cows", parts=30)
        until(lambda: index.status().state == "failed")
        rows.unlink()
        rows.with_name("away").rename(rows)
        until(lambda: is_ready(index))
        write(root, 3, "donkeys")
        until(lambda: found(index, "donkeys3"))
        check_in_step(index, root)


def open_and_cut_off(root: Path) -> None:
    """Cut off every file of an open index, then go on."""
    workspace._RETRY_SECONDS = 0.1
    with opened(root) as index:
        index.sync()
    with opened(root, watched=True) as index:
        for file in index_folder(root).rglob("*"):
            if file.is_file():
                os.truncate(file, 0)
        asked(index)
        write(root, 1, "donkeys")
        until(lambda: found(index, "donkeys3"))
        check_in_step(index, root)


def test_every_file_is_cut_off_while_the_index_is_open(root: Path, tmp_path: Path) -> None:
    """A file that is mapped into memory would take the process with it."""
    child = in_child(open_and_cut_off, tmp_path / "cache", root)
    assert child.returncode == 0, child.stderr or "it died"
