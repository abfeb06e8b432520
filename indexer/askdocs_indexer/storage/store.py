"""A workspace's chunks: their texts and words in a text store, their vectors in Milvus.

Writes come from one thread; reads may come from any.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.storage.cached_vectors import CachedVectors, Known
from askdocs_indexer.storage.connection_table import ConnectedChunk, ConnectionTable
from askdocs_indexer.storage.outline_table import OutlineEntry, OutlineTable
from askdocs_indexer.storage.snapshot import Snapshot
from askdocs_indexer.storage.symbol_table import SymbolTable
from askdocs_indexer.storage.text_store import TextStore
from askdocs_indexer.storage.vector_index import Vector, VectorIndex
from askdocs_indexer.storage.waiting import Waiting
from askdocs_indexer.storage.word_index import WordIndex
from askdocs_indexer.types import Chunk, FileRow, Hit, span_of
from askdocs_indexer.words.terms import Alternatives, lexical_text, query_language, query_terms

# Where more of the chunks than this have no vector yet, words find more than meaning would.
_MOST_UNEMBEDDED = 0.1
# Of so many chunks the vectors are quickly at hand and searched.
_MOST_CACHED = 20_000
# So many vectors are looked for at opening.
_LATEST = 100


def nothing_known(hashes: Iterable[str]) -> Mapping[str, Vector]:
    """Give no vectors."""
    return {}


class Store:
    """One workspace's chunks and manifest, as made for one fingerprint.

    `outline` and `symbols` are read at opening and follow every write, and so do `connections` and
    `words` from their first use on; `waiting` are the chunks without vectors. `open_index` is
    called by `open_vectors`, which takes a second; until then searches by meaning go by the vectors
    that are `known`. All methods raise StoreError.
    """

    def __init__(
        self,
        texts: TextStore,
        open_index: Callable[[TextStore], VectorIndex],
        known: Known = nothing_known,
    ) -> None:
        self.texts = texts
        self.fingerprint = texts.fingerprint
        self.dimension = texts.dimension
        self.outline = OutlineTable()
        self.symbols = SymbolTable()
        self.words = WordIndex(texts.terms)
        self._open_index = open_index
        self._known = known
        self._opening = threading.Lock()
        self._index: VectorIndex | None = None
        self._cached: CachedVectors | None = None
        # Held while the texts and the tables are brought in step.
        self._writing = threading.Lock()
        self._connections: ConnectionTable | None = None
        for chunk_id, path, entry, names, domain in texts.outline():
            self.outline.add(path, chunk_id, entry)
            self.symbols.add(chunk_id, names, path, domain)
        self.waiting = Waiting(texts.unembedded())

    # -- manifest and texts -----------------------------------------------------------------

    def files(self) -> dict[str, FileRow]:
        """Return the manifest by path."""
        return self.texts.files()

    def get(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks with these ids that exist, in the order of `ids`."""
        return self.texts.get(ids)

    def commit(
        self,
        *,
        files: Sequence[FileRow] = (),
        gone: Sequence[str] = (),
        new: Sequence[Chunk] = (),
        moved: Sequence[Chunk] = (),
        stale: Sequence[str] = (),
    ) -> None:
        """Change files and their chunks at once, as TextStore says.

        Names and words answer for the new chunks from now on, meaning once they have vectors.
        """
        with self._writing:
            self.texts.commit(files=files, gone=gone, new=new, moved=moved, stale=stale)
            for chunk_id in stale:
                self.outline.remove(chunk_id)
                self.symbols.remove(chunk_id)
                self.waiting.remove(chunk_id)
            for chunk in new:
                self.outline.add(chunk.path, chunk.id, _entry(chunk))
                self.symbols.add(chunk.id, chunk.symbols, chunk.path, chunk.domain)
                self.waiting.add(chunk.id, chunk.path)
            for chunk in moved:
                self.outline.move(chunk.id, span_of(chunk))
            if self._connections is not None:
                _follow(self._connections, new, moved, stale)
            self._cached = None
            self.words.remove(stale)
            if new:
                self.words.grow()

    @property
    def connections(self) -> ConnectionTable:
        """The links, labels and keywords of all chunks."""
        return self._read_connections()

    def _read_connections(self) -> ConnectionTable:
        with self._writing:
            if self._connections is None:
                connections = ConnectionTable(self.symbols)
                for chunk_id, connected in self.texts.connected():
                    connections.add(chunk_id, connected)
                self._connections = connections
            return self._connections

    def snapshot(self) -> Snapshot:
        """Return what is stored at the moment, without its texts."""
        paths, hashes = self.outline.files(), self._hashes()
        unembedded = {each: hashes[each] for each in self.waiting.paths() if each in hashes}
        return Snapshot(
            self.texts.files(), {path: self.outline.spans(path) for path in paths}, unembedded
        )

    # -- vectors ----------------------------------------------------------------------------

    @property
    def knows_meaning(self) -> bool:
        """Whether chunks can be searched by their vectors: nearly all have some, and these are
        open or at hand."""
        most = _MOST_UNEMBEDDED * len(self.outline)
        if len(self.waiting) > most:
            return False
        return self._index is not None or len(self.outline) - len(self._known_vectors()) <= most

    def open_vectors(self) -> None:
        """Open the vectors, if they are not, and bring them in step with the texts.

        They are not after a crash, or where either was replaced by an empty one. Raises StoreError.
        """
        with self._opening:
            if self._index is not None:
                return
            index = self._open_index(self.texts)
            self._drop_stale(index)
            if not self._agrees(index):
                self.texts.agree(index.name, index.ids())
                self.waiting = Waiting(self.texts.unembedded())
                self._drop_stale(index)
            self._index, self._cached = index, None

    def put_vectors(self, vectors: Mapping[str, Vector]) -> None:
        """Store the vectors, shape (dimension,), of chunks by their ids."""
        self._opened.put(vectors)
        with self._writing:
            self.texts.note_embedded(vectors)
            for chunk_id in vectors:
                self.waiting.remove(chunk_id)

    def settle(self) -> None:
        """Call after a run of writes: drop the vectors of chunks that are gone, and build the
        index where many rows are new."""
        if self._index is not None or self.texts.stale():
            self._drop_stale(self._opened)
            self._opened.settle()

    def vectors(self, chunks: Sequence[Chunk]) -> dict[str, Vector]:
        """Return the vectors, shape (dimension,), of those chunks that have some which are open or
        at hand, by id."""
        known = self._known(chunk.content_hash for chunk in chunks)
        vectors = {
            chunk.id: known[chunk.content_hash] for chunk in chunks if chunk.content_hash in known
        }
        others = [chunk.id for chunk in chunks if chunk.id not in vectors]
        if not others or self._index is None:
            return vectors
        return {**vectors, **self._index.get(others)}

    def all_vectors(self) -> Iterator[dict[str, Vector]]:
        """Yield all vectors by the hashes of their contents, page by page."""
        hashes = self._hashes()
        for page in self._opened.pages():
            yield {hashes[each]: vector for each, vector in page.items() if each in hashes}

    # -- search -----------------------------------------------------------------------------

    def search_dense(self, vector: Vector, limit: int) -> list[Hit]:
        """Return the nearest chunks, and all that are as near as the last of them. Scores are
        cosine similarities."""
        vectors = self._index if self._index is not None else self._known_vectors()
        return self._hits(vectors.nearest(vector, limit))

    def search_lexical(self, query: str, limit: int) -> list[Hit]:
        """Return the best chunks by BM25, with those that are as good as the last of them."""
        return self._hits(self.words.best(self._asked(query), limit))

    def holders(self, name: str, query: str) -> Iterator[str]:
        """Yield the ids of the chunks that hold all words of a name, best first by BM25 for a
        query."""
        return self.words.ordered(self._asked(query), self._asked(name))

    def word_scores(self, query: str, chunks: Sequence[Chunk]) -> NDArray[np.float64]:
        """Return what each distinct word of a query adds to the BM25 score of each of these stored
        chunks, shape (chunks, words)."""
        asked = self._asked(query)
        texts = [(chunk.terms, self._connected_terms(chunk)) for chunk in chunks]
        rows = self.words.scores(asked, texts)
        return np.array(rows, dtype=np.float64).reshape(len(chunks), len(asked))

    def rarities(self, query: str) -> NDArray[np.float64]:
        """Return how rare each distinct word of a query is in the chunks, shape (words,)."""
        return np.array(self.words.rarities(self._asked(query)), dtype=np.float64)

    def unknown(self, query: str) -> float:
        """Return how much of a query's words no chunk holds, 0 to 1."""
        return self.words.unknown(self._asked(query))

    def coverage(self, query: str, chunks: Iterable[Chunk]) -> float:
        """Return how much of a query's words these stored chunks hold together, 0 to 1."""
        return self.words.coverage(self._asked(query), " ".join(chunk.terms for chunk in chunks))

    def language(self, query: str) -> str:
        """Return the language of a query's words in Latin letters, as far as the chunks have it."""
        return query_language(query, self.words.languages, self.words.main_language)

    def warm(self) -> None:
        """Open and bring in memory what searches need, as far as it is not."""
        self.open_vectors()
        self.words.catch_up()
        self._read_connections()

    def close(self) -> None:
        """Close the texts."""
        self.texts.close()

    # -- inside -----------------------------------------------------------------------------

    @property
    def _opened(self) -> VectorIndex:
        self.open_vectors()
        assert self._index is not None
        return self._index

    def _known_vectors(self) -> CachedVectors:
        """Return the vectors at hand: none of many chunks, for which Milvus is opened instead."""
        with self._writing:
            if self._cached is None:
                hashes = self._hashes() if len(self.outline) <= _MOST_CACHED else {}
                self._cached = CachedVectors(hashes, self._known, self.dimension)
            return self._cached

    def _hashes(self) -> dict[str, str]:
        """Return the content hashes of all chunks by their ids."""
        return {
            chunk_id: entry.content_hash
            for path in self.outline.files()
            for chunk_id, entry in self.outline.of(path).items()
        }

    def _agrees(self, index: VectorIndex) -> bool:
        """Return whether the vectors are those that the texts know of, as far as is cheap to tell.

        What Milvus may lose is what came last: that stands in a log.
        """
        latest = self.texts.latest_embedded(_LATEST)
        return (
            index.name == self.texts.vectors_name
            and index.count() == self.texts.embedded()
            and index.has(latest)
        )

    def _drop_stale(self, index: VectorIndex) -> None:
        if stale := self.texts.stale():
            index.remove(stale)
            self.texts.forget_stale(stale)

    def _hits(self, scored: Sequence[tuple[str, float]]) -> list[Hit]:
        scores = dict(scored)
        return [Hit(chunk, scores[chunk.id]) for chunk in self.texts.get([*scores])]

    def _connected_terms(self, chunk: Chunk) -> str:
        """Return the terms that links and its authors' index give a chunk's section."""
        return _terms_of(self.connections.words_of(*chunk.section))

    def _asked(self, query: str) -> list[Alternatives]:
        return list(dict.fromkeys(query_terms(query, self.words.languages)))


def _entry(chunk: Chunk) -> OutlineEntry:
    size, lines = len(chunk.text), (chunk.start_line, chunk.end_line)
    return OutlineEntry(chunk.heading_path, *lines, size, chunk.content_hash, chunk.position)


def _follow(
    connections: ConnectionTable,
    new: Sequence[Chunk],
    moved: Sequence[Chunk],
    stale: Sequence[str],
) -> None:
    for chunk_id in stale:
        connections.remove(chunk_id)
    for chunk in new:
        connections.add(chunk.id, _connected(chunk))
    for chunk in moved:
        connections.move(chunk.id, chunk.start_line)


def _connected(chunk: Chunk) -> ConnectedChunk:
    path, headings = chunk.section
    lines = chunk.start_line
    return ConnectedChunk(path, headings, lines, chunk.links, chunk.labels, chunk.keywords)


@lru_cache(maxsize=8192)
def _terms_of(texts: tuple[str, ...]) -> str:
    return lexical_text("\n".join(texts))
