"""What a search of documentation cannot do without, on the chunks that askdocs makes of it.

    python -m tests.bench.peers.floors ROOT MODEL QUERIES.json

Prints one JSON object: the times of encoding all chunks by plain sentence-transformers, and for
each of the ways below the time of a query and the hits of each question:

- `dense`: the query encoded, and compared with all vectors by numpy;
- `words`: BM25 over the same chunks (Robertson and Zaragoza, "The Probabilistic Relevance
  Framework: BM25 and Beyond", 2009), by scikit-learn's words.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array
from sklearn.feature_extraction.text import CountVectorizer
from tests.bench.peers.corpora import DEPTH, Span
from tests.bench.processes import timed

from askdocs_indexer.embedding.embedder import SentenceTransformerEmbedder
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.dependencies import Dependencies
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.ingest.formats import is_wanted, reader_within
from askdocs_indexer.settings import DocsSettings, EmbeddingSettings
from askdocs_indexer.types import Chunk

_SATURATION, _LENGTH = 1.2, 0.75
_WARM_UP = 3

Scores = NDArray[np.floating[Any]]


def chunks_in(root: Path, model: str) -> list[Chunk]:
    """Return the chunks that an index of a folder holds."""
    docs, chunks = DocsSettings(), list[Chunk]()
    selection = Selection(root, docs, is_wanted)
    window = SentenceTransformerEmbedder(EmbeddingSettings(model=model)).window
    for path in selection.scan():
        dependencies = Dependencies(selection, docs.max_file_bytes)
        text = dependencies.text(path)
        reader = reader_within(root, path, dependencies.note)
        if text is not None and reader is not None:
            sections = reader(text, path, dependencies.included)
            chunks += chunks_of(path, sections, docs.chunk_characters, window)
    return chunks


class Bm25:
    """The scores of texts for the words of a query."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._vectorizer = CountVectorizer()
        counts = self._vectorizer.fit_transform(texts).tocoo()
        lengths = np.bincount(counts.row, weights=counts.data, minlength=len(texts))
        documents = np.bincount(counts.col, minlength=counts.shape[1])
        rarity = np.log(1 + (len(texts) - documents + 0.5) / (documents + 0.5))
        damping = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / lengths.mean())
        weights = counts.data * (_SATURATION + 1) / (counts.data + damping[counts.row])
        shape = (counts.row, counts.col)
        self._weights = csc_array((weights * rarity[counts.col], shape), shape=counts.shape)

    def __call__(self, query: str) -> Scores:
        words = self._vectorizer.transform([query]).indices
        return np.asarray(self._weights[:, words].sum(axis=1)).ravel()


def asked(
    scores: Callable[[str], Scores], chunks: Sequence[Chunk], queries: Sequence[str]
) -> dict[str, Any]:
    """Return the hits of each query, and the mean times of those after the first few (s)."""
    hits, usages = [], []
    for query in queries:
        best, usage = timed(lambda query=query: np.argsort(-scores(query))[:DEPTH])
        usages.append(usage)
        spans = (chunks[index] for index in best)
        hits.append([asdict(Span(one.path, one.start_line, one.end_line)) for one in spans])
    later = usages[_WARM_UP:]
    return {
        "hits": hits,
        "cpu": float(np.mean([usage.cpu for usage in later])),
        "wall": float(np.median([usage.wall for usage in later])),
    }


def main(root: Path, model: str, queries: Sequence[str]) -> dict[str, Any]:
    """Measure all floors."""
    from sentence_transformers import SentenceTransformer

    chunks = chunks_in(root, model)
    texts = [chunk.embedded_text for chunk in chunks]
    encoder = SentenceTransformer(model, device="cpu")
    encoder.encode(texts[:32])

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = encoder.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors)

    vectors, usage = timed(lambda: encode(texts))
    return {
        "chunks": len(chunks),
        "encode": asdict(usage),
        "dense": asked(lambda query: vectors @ encode([query])[0], chunks, queries),
        "words": asked(Bm25(texts), chunks, queries),
    }


if __name__ == "__main__":
    folder, model_folder, queries_file = sys.argv[1:]
    queries_read = json.loads(Path(queries_file).read_text("utf-8"))
    print(json.dumps(main(Path(folder).resolve(), model_folder, queries_read)))
