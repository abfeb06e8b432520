"""Ranking, apart from any store."""

from __future__ import annotations

import pytest

from askdocs_indexer.search import best_per_section, fuse
from askdocs_indexer.types import Chunk, Hit


def hit(name: str, score: float, section: str = "") -> Hit:
    heading = (section or name,)
    return Hit(Chunk(name, "a.md", heading[0], heading, (), "text", name, 1, 1), score)


@pytest.mark.parametrize(
    ("dense", "lexical", "expected"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([("a", 0.9), ("b", 0.5)], [], ["a", "b"], id="meaning alone"),
        pytest.param([("a", 0.5), ("b", 0.5)], [("b", 7.0)], ["b", "a"], id="words break a tie"),
        pytest.param([("a", 0.8), ("b", 0.1)], [("b", 9.0)], ["a", "b"], id="words are not all"),
        pytest.param([("a", 0.3)], [("b", 2.0)], ["a", "b"], id="a chunk without a cosine is far"),
    ],
)
def test_fusion(
    dense: list[tuple[str, float]], lexical: list[tuple[str, float]], expected: list[str]
) -> None:
    fused = fuse([hit(*one) for one in dense], [hit(*one) for one in lexical])
    assert [one.chunk.id for one in fused] == expected
    assert all(0 <= one.score <= 1 for one in fused)


def test_a_section_is_one_answer() -> None:
    hits = [hit("a", 0.9, "one"), hit("b", 0.8, "one"), hit("c", 0.7, "two")]
    assert [one.chunk.id for one in best_per_section(hits)] == ["a", "c"]
