"""Which chunks hold which terms: an inverted index in memory, for BM25 and its statistics.

It is read from the stored terms when it is first asked, and later from those of new chunks alone:
what comes at a time is a segment, as in Lucene, and many small ones are read again as one. Scores
are of all chunks together, so they do not depend on when a chunk was stored. (Milvus scores by the
statistics of each of its own segments, and Milvus Lite takes a hundred times as long.)
"""

from __future__ import annotations

import difflib
import math
import threading
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.words.languages import ENGLISH
from askdocs_indexer.words.terms import Alternatives, languages_in

# BM25's constants: how soon repeats stop counting, and how much length counts. Short chunks of
# about one size need less of both than the usual 1.2 and 0.75; these are Anserini's (Yang, Fang
# and Lin, 2017).
_K1 = 0.9
_B = 0.4

# What a word counts that only links or its authors' index give a text.
_CONNECTED_WEIGHT = 0.5

MOST_OF_A_WORD = _K1 + 1
"""The score of a word that a text repeats without end, as a multiple of the word's rarity."""

# From this length on, a word this like another (`difflib`'s ratio) is taken for a misspelling.
_MISSPELT_LENGTH = 5
_MISSPELT_LIKENESS = 0.78

# So many segments at most, beside that of most chunks.
_MOST_SEGMENTS = 12
# Scores this close are equal.
_TIE = 1e-9

StoredTerms = Callable[[int], Iterable[tuple[int, str, str]]]
"""Gives (row, id, index terms) of the chunks behind a row, in the order of rows."""


@dataclass(slots=True)
class _Segment:
    """Chunks that were read together.

    `docs` and `times`, of equal length, are for each term the chunks that hold it and how often;
    those of the term `number` are between `starts[number]` and `starts[number + 1]`. The other
    arrays have an entry for each chunk; `lengths` are in terms.
    """

    ids: list[str]
    numbers: dict[str, int]
    starts: NDArray[np.int64]
    docs: NDArray[np.int32]
    times: NDArray[np.float32]
    lengths: NDArray[np.int32]
    is_alive: NDArray[np.bool_]
    languages: list[frozenset[str]]

    @classmethod
    def of(cls, chunks: Sequence[tuple[str, str]]) -> _Segment:
        """Index chunks, given as (id, terms)."""
        numbers: dict[str, int] = {}
        terms_held, lengths_of, languages = array("q"), array("i"), []
        for _, lexical in chunks:
            words = lexical.split()
            terms_held.extend([numbers.setdefault(word, len(numbers)) for word in words])
            lengths_of.append(len(words))
            languages.append(languages_in({*words}))
        held = np.frombuffer(terms_held, dtype=np.int64)
        lengths = np.array(lengths_of, dtype=np.int32)
        holders = np.repeat(np.arange(len(chunks), dtype=np.int64), lengths)
        pairs, times = np.unique(held * max(len(chunks), 1) + holders, return_counts=True)
        terms, docs = np.divmod(pairs, max(len(chunks), 1))
        return cls(
            [chunk_id for chunk_id, _ in chunks],
            numbers,
            np.searchsorted(terms, np.arange(len(numbers) + 1)),
            docs.astype(np.int32),
            times.astype(np.float32),
            lengths,
            np.ones(len(chunks), dtype=np.bool_),
            languages,
        )

    def postings(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the chunks that hold a term and are not removed, and how often they do."""
        number = self.numbers.get(term)
        if number is None:
            return self.docs[:0], self.times[:0]
        span = slice(self.starts[number], self.starts[number + 1])
        docs, times = self.docs[span], self.times[span]
        alive = self.is_alive[docs]
        return (docs, times) if alive.all() else (docs[alive], times[alive])

    def holds(self, words: Sequence[Alternatives]) -> NDArray[np.bool_]:
        """Return which chunks hold a term of each word."""
        held = self.is_alive.copy()
        for terms in words:
            holders = np.zeros(len(self.ids), dtype=np.bool_)
            for term in terms:
                holders[self.postings(term)[0]] = True
            held &= holders
        return held


class WordIndex:
    """The terms of all chunks, for BM25 (Robertson and Zaragoza, "The Probabilistic Relevance
    Framework: BM25 and Beyond", 2009). Safe to use from any thread.

    Texts are given as `words.terms.lexical_text` has made them, queries as `query_terms` has.
    `stored` gives what is indexed. Whoever adds chunks calls `grow`, and `remove` for each that
    goes.
    """

    def __init__(self, stored: StoredTerms) -> None:
        self._stored = stored
        self._lock = threading.Lock()
        self._is_behind = True
        self._last_row = 0
        self._segments: list[_Segment] = []
        self._positions: dict[str, tuple[_Segment, int]] = {}
        self._words = 0
        self._languages: Counter[str] = Counter()
        self._holding: dict[str, int] = {}

    # -- writes -----------------------------------------------------------------------------

    def grow(self) -> None:
        """Note that chunks were stored."""
        with self._lock:
            self._is_behind = True

    def catch_up(self) -> None:
        """Read what was stored, as the next question would do."""
        with self._current():
            pass

    def remove(self, ids: Iterable[str]) -> None:
        """Forget chunks, as far as they are known."""
        with self._lock:
            for chunk_id in ids:
                self._remove(chunk_id)

    # -- answers ----------------------------------------------------------------------------

    @property
    def documents(self) -> int:
        """How many chunks there are."""
        with self._current():
            return len(self._positions)

    @property
    def languages(self) -> frozenset[str]:
        """The languages beside English whose stems the chunks have."""
        with self._current():
            return frozenset(+self._languages)

    @property
    def main_language(self) -> str:
        """The language beside English that most of the chunks have; else English."""
        with self._current():
            name, count = max(self._languages.items(), key=itemgetter(1), default=(ENGLISH, 0))
            return name if 2 * count > len(self._positions) else ENGLISH

    def best(self, query: Sequence[Alternatives], limit: int) -> list[tuple[str, float]]:
        """Return the ids of the `limit` best chunks by BM25 with their scores, best first, and of
        those that are as good as the last of them."""
        with self._current():
            scored = [
                pair for segment in self._segments for pair in self._scored(segment, query, limit)
            ]
        scored.sort(key=lambda pair: (-pair[1], pair[0]))
        if len(scored) <= limit:
            return scored
        least = scored[limit - 1][1] - _TIE
        return [pair for pair in scored if pair[1] >= least]

    def ordered(
        self, query: Sequence[Alternatives], required: Sequence[Alternatives]
    ) -> Iterator[str]:
        """Yield the ids of the chunks that hold all required words and a word of the query, best
        first by BM25, without the work for those that nobody takes."""
        with self._current():
            ids = [*chain.from_iterable(segment.ids for segment in self._segments)]
            totals = [
                self._totals(segment, query) * segment.holds(required) for segment in self._segments
            ]
        total = np.concatenate([np.zeros(0), *totals])
        holding = np.flatnonzero(total)
        order = holding[np.argsort(-total[holding], kind="stable")]
        scored = zip(total[order].tolist(), order.tolist(), strict=True)
        for _, equal in groupby(scored, key=itemgetter(0)):
            yield from sorted(ids[doc] for _, doc in equal)

    def coverage(self, query: Sequence[Alternatives], lexical: str) -> float:
        """Return how much of a query's words a text holds (0 to 1), rare words counting for more.

        Of the terms that stand for a word, the rarest counts. A word that no chunk holds is the
        rarest of all; the text holds it too if it may be a misspelling of one of the text's words.
        """
        words = set(lexical.split())
        held = total = 0.0
        for terms in dict.fromkeys(query):
            with self._current():
                known = self._known(terms)
                rarity = {term: self._rarity(term) for term in known or terms}
            most = max(rarity.values())
            total += most
            if known:
                held += max((rarity[term] for term in known if term in words), default=0.0)
            elif _is_misspelt(terms[0], words):
                held += most
        return held / total if total else 0.0

    def rarities(self, query: Sequence[Alternatives]) -> list[float]:
        """Return how rare each word of a query is; of the terms that stand for it, the rarest
        that a chunk holds counts."""
        with self._current():
            return [
                max(self._rarity(term) for term in self._known(terms) or terms) for terms in query
            ]

    def unknown(self, query: Sequence[Alternatives]) -> float:
        """Return how much of a query's words no chunk holds (0 to 1), weighed as by `coverage`."""
        rarities = self.rarities(query)
        with self._current():
            unknown = [
                rarity
                for terms, rarity in zip(query, rarities, strict=True)
                if not self._known(terms)
            ]
        return sum(unknown) / sum(rarities) if rarities else 0.0

    def scores(
        self, query: Sequence[Alternatives], texts: Sequence[tuple[str, str]]
    ) -> list[list[float]]:
        """Return what each word of a query adds to the BM25 score of each of some stored chunks; 0
        where a chunk does not hold it.

        Of the terms that stand for a word, the one that tells most counts. Chunks are given as
        (own terms, connected terms): what others call a chunk counts as a second field of it
        (BM25F; Robertson, Zaragoza and Taylor, "Simple BM25 Extension to Multiple Weighted Fields",
        2004).
        """
        with self._current():
            rarity = {term: self._rarity(term) for term in {*chain(*query)}}
            average = self._average
        asked = [(term, word) for word, terms in enumerate(query) for term in terms]
        rows = []
        for own, connected in texts:
            row = [0.0] * len(query)
            for term, word, share in _shares(asked, average, own, connected):
                row[word] = max(row[word], rarity[term] * share)
            rows.append(row)
        return rows

    # -- inside -----------------------------------------------------------------------------

    @contextmanager
    def _current(self) -> Iterator[None]:
        """Hold the lock, with all read that was stored."""
        with self._lock:
            if self._is_behind:
                self._read_new()
                self._is_behind = False
            yield

    def _read_new(self) -> None:
        rows = [*self._stored(self._last_row)]
        if not rows:
            return
        self._add([(chunk_id, terms) for _, chunk_id, terms in rows])
        self._last_row = rows[-1][0]
        if len(self._segments) > _MOST_SEGMENTS:
            self._merge()

    def _add(self, chunks: Sequence[tuple[str, str]]) -> None:
        for chunk_id, _ in chunks:
            self._remove(chunk_id)
        segment = _Segment.of(chunks)
        self._segments.append(segment)
        self._positions.update(
            (chunk_id, (segment, position)) for position, chunk_id in enumerate(segment.ids)
        )
        self._words += int(segment.lengths.sum())
        self._languages.update(chain(*segment.languages))
        self._holding.clear()

    def _remove(self, chunk_id: str) -> None:
        segment, position = self._positions.pop(chunk_id, (None, 0))
        if segment is not None:
            segment.is_alive[position] = False
            self._words -= int(segment.lengths[position])
            self._languages.subtract(segment.languages[position])
            self._holding.clear()

    def _merge(self) -> None:
        """Read the chunks of the small segments again as one; once they are many, all chunks."""
        largest = max(self._segments, key=lambda segment: len(segment.ids))
        small = [segment for segment in self._segments if segment is not largest]
        if 2 * sum(len(segment.ids) for segment in small) > len(largest.ids):
            largest, small = _Segment.of([]), self._segments
        ids = {
            chunk_id
            for segment in small
            for chunk_id, is_alive in zip(segment.ids, segment.is_alive, strict=True)
            if is_alive
        }
        again = [(chunk_id, terms) for _, chunk_id, terms in self._stored(0) if chunk_id in ids]
        for chunk_id in ids:
            self._remove(chunk_id)
        self._segments = [largest] if largest.ids else []
        self._add(again)

    def _scored(
        self, segment: _Segment, query: Sequence[Alternatives], limit: int
    ) -> list[tuple[str, float]]:
        """Return a segment's best chunks, at least `limit` where it has so many, with those that
        are as good as the last of them."""
        total = self._totals(segment, query)
        holding = np.flatnonzero(total)
        if len(holding) > limit:
            least = np.partition(total[holding], len(holding) - limit)[len(holding) - limit]
            holding = holding[total[holding] >= least - _TIE]
        return [(segment.ids[doc], float(total[doc])) for doc in holding.tolist()]

    def _totals(self, segment: _Segment, query: Sequence[Alternatives]) -> NDArray[np.float64]:
        """Return the scores of a segment's chunks."""
        total = np.zeros(len(segment.ids))
        for terms in dict.fromkeys(query):
            word = np.zeros(len(segment.ids))
            for term in terms:
                docs, times = segment.postings(term)
                lengths = _B * segment.lengths[docs] / self._average
                word[docs] = np.maximum(word[docs], self._rarity(term) * _saturated(times, lengths))
            total += word
        return total

    @property
    def _average(self) -> float:
        """How many terms a chunk has."""
        return max(self._words / max(len(self._positions), 1), 1.0)

    def _known(self, terms: Alternatives) -> list[str]:
        return [term for term in terms if self._count(term)]

    def _count(self, term: str) -> int:
        """Return how many chunks hold a term."""
        count = self._holding.get(term)
        if count is None:
            count = sum(len(segment.postings(term)[0]) for segment in self._segments)
            self._holding[term] = count
        return count

    def _rarity(self, term: str) -> float:
        holding = self._count(term)
        return math.log(1 + (len(self._positions) - holding + 0.5) / (holding + 0.5))


def _saturated(times: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.float64]:
    """Return how much a term counts that occurs so often in chunks of these relative lengths."""
    often = times.astype(np.float64)
    return often * (_K1 + 1) / (often + _K1 * (1 - _B + lengths))


def _shares(
    asked: Sequence[tuple[str, int]], average: float, own: str, connected: str
) -> Iterator[tuple[str, int, float]]:
    """Yield those (term, word of a query) that a chunk holds, with how much the term counts."""
    words, others = Counter(own.split()), Counter(connected.split())
    base = _K1 * (1 - _B + _B * words.total() / average)
    for term, word in asked:
        if term in words or term in others:
            times = words[term] + _CONNECTED_WEIGHT * others[term]
            yield term, word, times * (_K1 + 1) / (times + base)


def _is_misspelt(term: str, words: Iterable[str]) -> bool:
    """Return whether `term` looks like a misspelling of one of `words` with the same beginning."""
    if len(term) < _MISSPELT_LENGTH or not term.isalpha():
        return False
    candidates = [
        word for word in words if word[0] == term[0] and len(word) >= _MISSPELT_LENGTH - 1
    ]
    return bool(difflib.get_close_matches(term, candidates, 1, _MISSPELT_LIKENESS))
