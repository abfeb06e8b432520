"""How near texts are to each other in meaning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from askdocs_indexer.embedding.embedder import Embedder

Nearness = Callable[[str, Sequence[str]], Awaitable[Mapping[str, float]]]
"""Gets a text and others; returns how near each of them is to it in meaning (at most 1).

Texts may be missing, all of them while no embedding model is ready.
"""


async def unknown_nearness(text: str, others: Sequence[str]) -> Mapping[str, float]:
    """Know nothing: there is no embedding model."""
    del text, others
    return {}


def nearness(embedder: Embedder, text: str, others: Sequence[str]) -> dict[str, float]:
    """Return how near each of `others` is to `text`: 0 for unrelated texts, 1 for the same ones.

    Blocks for the embedding.
    """
    cosines = embedder.encode_passages(others, urgent=True) @ embedder.encode_query(text)
    unrelated = embedder.unrelated
    return dict(zip(others, ((cosines - unrelated) / (1 - unrelated)).tolist(), strict=True))
