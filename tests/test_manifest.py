"""The manifest's counts follow its rows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.index_harness import Harness

from askdocs_indexer.ingest.manifest import Manifest
from askdocs_indexer.types import FileRow, Skipped


def row(path: str, chunks: int, error: str = "") -> FileRow:
    return FileRow(path, 1, 1, "digest", chunks, error)


def test_counts_follow_every_change() -> None:
    chance = random.Random(1)
    manifest = Manifest([row("b.md", 3), row("a.md", 0, "binary")])
    for _ in range(500):
        path = f"{chance.randrange(20)}.md"
        if chance.random() < 0.3:
            manifest.remove([path, "b.md"])
        elif chance.random() < 0.5:
            manifest.put([row(path, 0, "cannot be read")])
        else:
            manifest.put([row(path, chance.randrange(5)), row("b.md", 1)])
        rows = sorted(manifest.values(), key=lambda row: row.path)
        assert manifest.files == sum(1 for row in rows if not row.error)
        assert manifest.chunks == sum(row.chunks for row in rows)
        skipped = tuple(Skipped(row.path, row.error) for row in rows if row.error)
        assert manifest.skipped == skipped


def test_a_status_counts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for on the event loop, and a manifest may have many thousand rows."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    harness = Harness(tmp_path / "root")
    harness.write("page.md", "# Page\n\nText.\n")
    harness.index.open()
    try:
        harness.index.sync()
        for name in ("__iter__", "__getitem__", "values", "items"):
            monkeypatch.setattr(Manifest, name, None)
        status = harness.index.status()
        assert (status.files, status.chunks) == (1, 1)
    finally:
        harness.index.close()
