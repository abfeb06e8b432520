"""How near texts are to each other in meaning."""

from __future__ import annotations

from collections.abc import Sequence

from askdocs_indexer.embed import Embedder


def nearness(embedder: Embedder, text: str, others: Sequence[str]) -> dict[str, float]:
    """Return the cosine of each of `others` to `text` (-1 to 1). Blocks for the embedding."""
    vector = embedder.encode_query(text)
    return dict(zip(others, (embedder.encode_passages(others) @ vector).tolist(), strict=True))
