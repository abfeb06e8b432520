"""How often terms occur, and what that says about a chunk: BM25, and how much of a query it has.

Milvus scores by the statistics of each of its segments; these are of all chunks.
"""

from __future__ import annotations

import difflib
import math
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter

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


class TermStatistics:
    """How often each term occurs in all chunks, for BM25 (Robertson and Zaragoza, "The
    Probabilistic Relevance Framework: BM25 and Beyond", 2009). Safe to use from any thread.

    Texts are given as `words.terms.lexical_text` has made them, queries as `query_terms` has.
    """

    def __init__(self) -> None:
        self.documents = 0
        self._lock = threading.Lock()
        self._words = 0
        self._holding: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()

    @property
    def languages(self) -> frozenset[str]:
        """The languages beside English whose stems the chunks have."""
        with self._lock:
            return frozenset(+self._languages)

    @property
    def main_language(self) -> str:
        """The language beside English that most of the chunks have; else English."""
        with self._lock:
            name, count = max(self._languages.items(), key=itemgetter(1), default=(ENGLISH, 0))
            return name if 2 * count > self.documents else ENGLISH

    def add(self, lexical: str) -> None:
        """Count a chunk."""
        words = lexical.split()
        terms = set(words)
        with self._lock:
            self.documents += 1
            self._words += len(words)
            self._holding.update(terms)
            self._languages.update(languages_in(terms))

    def remove(self, lexical: str) -> None:
        """Stop counting a chunk."""
        words = lexical.split()
        terms = set(words)
        with self._lock:
            self.documents -= 1
            self._words -= len(words)
            self._languages.subtract(languages_in(terms))
            for term in terms:
                self._holding[term] -= 1
                if not self._holding[term]:
                    del self._holding[term]

    def coverage(self, query: Sequence[Alternatives], lexical: str) -> float:
        """Return how much of a query's words a text holds (0 to 1), rare words counting for more.

        Of the terms that stand for a word, the rarest counts. A word that no chunk holds is the
        rarest of all; the text holds it too if it may be a misspelling of one of the text's words.
        """
        words = set(lexical.split())
        held = total = 0.0
        for terms in dict.fromkeys(query):
            with self._lock:
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
        with self._lock:
            return [
                max(self._rarity(term) for term in self._known(terms) or terms) for terms in query
            ]

    def unknown(self, query: Sequence[Alternatives]) -> float:
        """Return how much of a query's words no chunk holds (0 to 1), weighed as by `coverage`."""
        rarities = self.rarities(query)
        with self._lock:
            unknown = [
                rarity
                for terms, rarity in zip(query, rarities, strict=True)
                if not self._known(terms)
            ]
        return sum(unknown) / sum(rarities) if rarities else 0.0

    def scores(
        self, query: Sequence[Alternatives], lexical: str, connected: str = ""
    ) -> list[float]:
        """Return what each word of a query adds to the BM25 score of a counted chunk; 0 where the
        chunk does not hold it.

        Of the terms that stand for a word, the one that tells most counts. `connected` is what
        others call the chunk, and counts as a second field of it (BM25F; Robertson, Zaragoza and
        Taylor, "Simple BM25 Extension to Multiple Weighted Fields", 2004).
        """
        words = Counter(lexical.split())
        others = Counter(connected.split())
        with self._lock:
            average = max(self._words / max(self.documents, 1), 1.0)
            length = _B * words.total() / average
            return [
                max(
                    self._rarity(term) * _saturated(times, length) if times else 0.0
                    for term in terms
                    for times in (words[term] + _CONNECTED_WEIGHT * others[term],)
                )
                for terms in query
            ]

    def _known(self, terms: Alternatives) -> list[str]:
        return [term for term in terms if self._holding.get(term)]

    def _rarity(self, term: str) -> float:
        holding = self._holding.get(term, 0)
        return math.log(1 + (self.documents - holding + 0.5) / (holding + 0.5))


def _saturated(times: float, length: float) -> float:
    """Return how much a term counts that occurs so often in a chunk of this relative length."""
    return times * (_K1 + 1) / (times + _K1 * (1 - _B + length))


def _is_misspelt(term: str, words: Iterable[str]) -> bool:
    """Return whether `term` looks like a misspelling of one of `words` with the same beginning."""
    if len(term) < _MISSPELT_LENGTH or not term.isalpha():
        return False
    candidates = [
        word for word in words if word[0] == term[0] and len(word) >= _MISSPELT_LENGTH - 1
    ]
    return bool(difflib.get_close_matches(term, candidates, 1, _MISSPELT_LIKENESS))
