"""How near texts are to each other in meaning."""

from __future__ import annotations

from collections.abc import Sequence

from askdocs_indexer.embedding.embedder import Embedder


def nearness(embedder: Embedder, text: str, others: Sequence[str]) -> dict[str, float]:
    """Return how near each of `others` is to `text`: 0 for unrelated texts, 1 for the same ones.

    Blocks for the embedding.
    """
    cosines = embedder.encode_passages(others, urgent=True) @ embedder.encode_query(text)
    unrelated = embedder.unrelated
    return dict(zip(others, ((cosines - unrelated) / (1 - unrelated)).tolist(), strict=True))
