"""The vector cache."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from askdocs_indexer.embedding import hash_cache
from askdocs_indexer.embedding.vector_cache import VectorCache


def test_vectors_survive_reopening_and_belong_to_a_model(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    cache = VectorCache(path, "one", 3)
    vector = np.array([0.6, 0.0, 0.8], dtype=np.float32)
    cache.put({"a": vector})
    cache.close()

    again = VectorCache(path, "one", 3)
    found = again.get(["a", "b"])
    again.close()
    assert list(found) == ["a"]
    np.testing.assert_array_equal(found["a"], vector)

    for model, dimension in (("two", 3), ("one", 4)):
        other = VectorCache(path, model, dimension)
        assert other.get(["a"]) == {}
        other.close()


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"garbage" * 1000)
    cache = VectorCache(path, "one", 2)
    try:
        cache.put({"a": np.array([0, 1], dtype=np.float32)})
        assert list(cache.get(["a"])) == ["a"]
    finally:
        cache.close()


def test_vectors_that_nobody_asks_for_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = 20_000
    monkeypatch.setattr(hash_cache, "_today", lambda: day)
    cache = VectorCache(tmp_path / "vectors.sqlite", "one", 2)
    vector = np.array([0, 1], dtype=np.float32)
    try:
        cache.put({"used": vector, "unused": vector})
        day += 60
        assert list(cache.get(["used"])) == ["used"]
        cache.prune()
        assert sorted(cache.get(["used"])) == ["used"]
        day += 60
        cache.prune()
        assert list(cache.get(["used", "unused"])) == ["used"]
    finally:
        cache.close()


def test_a_cache_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    old = sqlite3.connect(path)
    old.execute(
        "CREATE TABLE vectors (model TEXT NOT NULL, content_hash TEXT NOT NULL, "
        "vector BLOB NOT NULL, PRIMARY KEY (model, content_hash)) WITHOUT ROWID"
    )
    vector = np.array([0, 1], dtype=np.float32)
    old.execute("INSERT INTO vectors VALUES (?, ?, ?)", ("one", "a", vector.tobytes()))
    old.commit()
    old.close()
    cache = VectorCache(path, "one", 2)
    try:
        cache.prune()
        cache.put({"b": vector})
        assert sorted(cache.get(["a", "b"])) == ["a", "b"]
    finally:
        cache.close()
