"""The vector cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np

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
