"""The questions that each section answers, written by a language model while nobody waits.

Users ask in other words than the docs; questions about a section are often nearer to theirs than
its text is (doc2query: Nogueira and others, "Document Expansion by Query Prediction", 2019). Their
vectors lie in memory, and a question votes for its section.

Questions are stored by a hash of the section's contents and vectors by that of the question: only
changed sections cost again, a branch that comes back costs nothing, and another embedding model no
more than its vectors. A section is done once its row is in the file, which is written last; what a
crash leaves out is written again.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from askdocs_indexer.embedding.embedder import Embedder
from askdocs_indexer.embedding.hash_cache import HashCache
from askdocs_indexer.embedding.vector_cache import Vector, VectorCache
from askdocs_indexer.grammars import is_source
from askdocs_indexer.questions.vectors import QuestionVectors
from askdocs_indexer.storage import Store
from askdocs_indexer.storage.outline_table import OutlineTable
from askdocs_indexer.types import QuestionCounts, SectionId, UnaskedSection

VERSION = "1"
"""Raise it with every change of the prompt that has questions written."""

# A shorter section says no more than its heading does (characters).
_LEAST_CHARACTERS = 100
# So much of a section is shown to the model that writes its questions (characters).
_SHOWN_CHARACTERS = 2400


@dataclass(slots=True)
class _Contents:
    """Sections with the same contents: `ids` are the chunks of the first of them."""

    ids: tuple[str, ...]
    sections: list[SectionId] = field(default_factory=list)


class SectionQuestions:
    """The questions of one store's sections. Safe to use from any thread.

    `update` reads the sections anew; until it is first called there are no questions.
    """

    def __init__(self, store: Store, embedder: Embedder, cache: VectorCache, file: Path) -> None:
        self._store = store
        self._embedder = embedder
        self._cache = cache
        names = {"table": "questions", "column": "questions", "what": "generated questions"}
        self._file = HashCache(file, VERSION, **names)
        # Held while the file and what is in memory are brought in step.
        self._writing = threading.Lock()
        self._lock = threading.Lock()
        self._contents: dict[str, _Contents] = {}
        self._vectors = QuestionVectors()
        self._done: set[str] = set()
        self._unembedded: dict[str, tuple[str, ...]] = {}

    @property
    def is_used(self) -> bool:
        """Whether questions of any section, be it of another branch, are stored."""
        return bool(self._done) or len(self._file) > 0

    @property
    def counts(self) -> QuestionCounts:
        """How many sections there are, and how many of them have their questions."""
        with self._lock:
            return QuestionCounts(len(self._contents), len(self._done))

    def nearest(self, vector: Vector, limit: int) -> dict[SectionId, float]:
        """Return the sections with the nearest questions, nearest first, and their cosines."""
        with self._lock:
            contents, vectors = self._contents, self._vectors
        return {
            section: cosine
            for key, cosine in vectors.nearest(vector, limit).items()
            if key in contents
            for section in contents[key].sections
        }

    def update(self, is_wanted: Callable[[str], bool]) -> None:
        """Take the sections as they are in the store now, of the files that are wanted."""
        with self._writing:
            contents = _sections(self._store.outline, is_wanted)
            done = self._done & contents.keys()
            stored = self._file.get(contents.keys() - done)
            questions = {key: _loaded(value) for key, value in stored.items()}
            known = self._cache.get(map(_hash, chain.from_iterable(questions.values())))
            vectors = self._vectors.only(done)
            unembedded: dict[str, tuple[str, ...]] = {}
            for key, of_section in questions.items():
                hashes = [*map(_hash, of_section)]
                if known.keys() >= {*hashes}:
                    vectors.add(key, [known[question] for question in hashes])
                    done.add(key)
                else:
                    unembedded[key] = of_section
            with self._lock:
                self._contents, self._vectors = contents, vectors
                self._done, self._unembedded = done, unembedded

    def unasked(self, limit: int) -> list[UnaskedSection]:
        """Return the next sections without questions; pages come before sources.

        Those whose questions lack only their vectors come first.
        """
        with self._lock:
            pending = (key for key in self._contents if key not in self._done)
            keys = [*islice(chain(self._unembedded, pending), limit)]
            chosen = [(key, self._contents[key], self._unembedded.get(key)) for key in keys]
        sections = (
            UnaskedSection(key, *contents.sections[0], self._text(contents.ids), questions)
            for key, contents, questions in chosen
        )
        return [section for section in sections if section.text]

    def put(self, key: str, questions: Sequence[str]) -> None:
        """Embed and store the questions of a section; none where it answers none.

        Raises EmbedderError.
        """
        encoded = self._embedder.encode_passages(questions) if questions else ()
        vectors = dict(zip(map(_hash, questions), encoded, strict=True))
        with self._writing:
            self._cache.put(vectors)
            self._file.put({key: json.dumps([*questions]).encode()})
            with self._lock:
                self._unembedded.pop(key, None)
                if key in self._contents and key not in self._done:
                    self._done.add(key)
                    self._vectors.add(key, [*vectors.values()])

    def forget(self) -> int:
        """Delete all questions; returns how many sections had some, other branches' included."""
        with self._writing, self._lock:
            forgotten = len(self._file)
            self._file.clear()
            self._vectors, self._done, self._unembedded = QuestionVectors(), set(), {}
        return forgotten

    def prune(self) -> None:
        """Drop the questions of contents that have not been in the index for three months."""
        self._file.prune()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _text(self, ids: Sequence[str]) -> str:
        """Return the beginning of a section, in whole chunks; at least its first.

        It is empty where the section has changed meanwhile.
        """
        texts: list[str] = []
        chunks = self._store.get(ids)
        if len(chunks) < len(ids):
            return ""
        for chunk in chunks:
            if texts and sum(map(len, texts)) + len(chunk.text) > _SHOWN_CHARACTERS:
                break
            texts.append(chunk.text)
        return "\n\n".join(texts)


def _sections(outline: OutlineTable, is_wanted: Callable[[str], bool]) -> dict[str, _Contents]:
    """Return the sections of the wanted files by the hash of their contents, pages first."""
    paths = sorted(filter(is_wanted, outline.files()), key=lambda path: (is_source(path), path))
    contents: dict[str, _Contents] = {}
    for path in paths:
        for headings, ids, key in _sections_of(outline, path):
            contents.setdefault(key, _Contents(ids)).sections.append((path, headings))
    return contents


def _sections_of(
    outline: OutlineTable, path: str
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], str]]:
    """Yield (heading path, ids of the chunks, hash of the contents) of a file's sections."""
    sections: dict[tuple[str, ...], list[str]] = {}
    entries = outline.of(path)
    for chunk_id, entry in entries.items():
        sections.setdefault(entry.heading_path, []).append(chunk_id)
    for headings, ids in sections.items():
        if sum(entries[chunk_id].characters for chunk_id in ids) >= _LEAST_CHARACTERS:
            hashes = " ".join(entries[chunk_id].content_hash for chunk_id in ids)
            yield headings, tuple(ids), _hash(hashes)


def _loaded(value: bytes) -> tuple[str, ...]:
    return tuple(map(str, json.loads(value)))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
