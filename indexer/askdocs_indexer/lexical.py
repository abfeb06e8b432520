"""Words as the lexical index sees them.

Milvus's standard analyzer only lowercases and splits on non-word characters, and Milvus Lite has
no other filter, so stemming, stop words and the splitting of identifiers happen here, the same for
documents and queries: `efConstruction` is found by "ef construction" and by its own spelling.
"""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\w+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

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
def _terms(token: str) -> tuple[str, ...]:
    """Return the index terms of one token: itself, and its parts where it is an identifier."""
    whole = token.lower()
    if whole in STOP_WORDS:
        return ()
    parts = [part.lower() for part in _CAMEL.findall(token)] if token.isascii() else []
    if len(parts) < 2:
        return (_stem(whole),)
    return (whole, *(_stem(part) for part in parts if part not in STOP_WORDS))


def _stem(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word)) if word.isalpha() else word
