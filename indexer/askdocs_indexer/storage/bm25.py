"""Words as the lexical index sees them.

Milvus's standard analyzer only lowercases and splits on non-word characters, and Milvus Lite has
no other filter, so stemming, stop words and the splitting of identifiers happen here, the same for
documents and queries: `efConstruction` is found by "ef construction" and by its own spelling.
"""

from __future__ import annotations

import difflib
import math
import re
import threading
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\w+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

# BM25's constants: how soon repeats stop counting, and how much length counts. Short chunks of
# about one size need less of both than the usual 1.2 and 0.75; these are Anserini's (Yang, Fang
# and Lin, 2017).
_K1 = 0.9
_B = 0.4

# From this length on, a word this like another (`difflib`'s ratio) is taken for a misspelling.
_MISSPELT_LENGTH = 5
_MISSPELT_LIKENESS = 0.78

STOP_WORDS = frozenset(
    """
    a an and any are as at be been but by can could did do does for from had has have how i if in
    into is it its like may me my no not of on or our should so some such than that the their them
    then there these they this to use used using was we were what when where which who why will
    with would you your
    """.split()  # noqa: SIM905
)


def lexical_text(text: str) -> str:
    """Return the stemmed words of `text`, separated by spaces, for BM25."""
    words: list[str] = []
    for token in _WORD.findall(text):
        words.extend(_terms(token))
    return " ".join(words)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of an English word in lower case; other tokens stay as they are."""
    return str(snowballstemmer.stemmer("english").stemWord(word)) if word.isalpha() else word


class TermStatistics:
    """How often each term occurs in all chunks, for BM25 (Robertson and Zaragoza, "The
    Probabilistic Relevance Framework: BM25 and Beyond", 2009). Safe to use from any thread.

    Texts are given as `lexical_text` has made them.
    """

    def __init__(self) -> None:
        self.documents = 0
        self._lock = threading.Lock()
        self._words = 0
        self._holding: Counter[str] = Counter()

    def add(self, lexical: str) -> None:
        """Count a chunk."""
        words = lexical.split()
        with self._lock:
            self.documents += 1
            self._words += len(words)
            self._holding.update(set(words))

    def remove(self, lexical: str) -> None:
        """Stop counting a chunk."""
        words = lexical.split()
        with self._lock:
            self.documents -= 1
            self._words -= len(words)
            for term in set(words):
                self._holding[term] -= 1
                if not self._holding[term]:
                    del self._holding[term]

    def coverage(self, query: str, lexical: str) -> float:
        """Return how much of a query's words a text holds (0 to 1), rare words counting for more.

        A word that no chunk holds is the rarest; the text holds it too if it may be a misspelling
        of one of the text's words.
        """
        words = set(lexical.split())
        with self._lock:
            rarity = {term: self._rarity(term) for term in query.split()}
            unknown = {term for term in rarity if not self._holding.get(term)}
        held = (words & rarity.keys()) | {term for term in unknown if _is_misspelt(term, words)}
        total = sum(rarity.values())
        return sum(rarity[term] for term in held) / total if total else 0.0

    def bm25(self, query: str, lexical: str) -> float:
        """Return the BM25 score of a counted chunk for a query; 0 where they share no word."""
        words = Counter(lexical.split())
        with self._lock:
            average = max(self._words / max(self.documents, 1), 1.0)
            length = _B * words.total() / average
            score = 0.0
            for term in query.split():
                times = words[term]
                saturated = times * (_K1 + 1) / (times + _K1 * (1 - _B + length))
                score += self._rarity(term) * saturated
        return score

    def _rarity(self, term: str) -> float:
        holding = self._holding.get(term, 0)
        return math.log(1 + (self.documents - holding + 0.5) / (holding + 0.5))


def _is_misspelt(term: str, words: Iterable[str]) -> bool:
    """Return whether `term` looks like a misspelling of one of `words` with the same beginning."""
    if len(term) < _MISSPELT_LENGTH or not term.isalpha():
        return False
    candidates = [
        word for word in words if word[0] == term[0] and len(word) >= _MISSPELT_LENGTH - 1
    ]
    return bool(difflib.get_close_matches(term, candidates, 1, _MISSPELT_LIKENESS))


@lru_cache(maxsize=65536)
def _terms(token: str) -> tuple[str, ...]:
    """Return the index terms of a token: itself, and its parts where it is an identifier."""
    whole = token.lower()
    if whole in STOP_WORDS:
        return ()
    parts = [part.lower() for part in _CAMEL.findall(token)] if token.isascii() else []
    if len(parts) < 2:
        return (stem(whole),)
    return (whole, *(stem(part) for part in parts if part not in STOP_WORDS))
