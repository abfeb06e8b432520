"""How well an embedding model can know the language of a text, judged by its vocabulary.

Whoever trains a tokenizer on a language gets tokens for its commonest words, and of several letters
for the others. A model that has to spell a text, or has no token for its letters, has not learned
it, and its vectors of two such texts are near each other or not by chance.
"""

from __future__ import annotations

from functools import lru_cache

import regex

from askdocs_indexer.embedding.window import UNLIMITED, Window
from askdocs_indexer.words.forms import runs_of, words_of
from askdocs_indexer.words.languages import ENGLISH, common_words, is_latin

# A vocabulary of a language in Latin letters has most of its commonest words as a single token;
# that of English has up to a quarter of them as well.
_COMMON_SHARE = 0.5
# How many letters a token has on average, at least, in a script that a vocabulary was made for.
_LETTERS = 1.6
_LETTERS_UNSPACED = 1.15
# Shorter words, such as a Greek letter in a formula, do not tell.
_SHORTEST = 3
_HAN_OR_HANGUL = regex.compile(r"[\p{Han}\p{Hangul}]")
_LETTERS_HAN = 0.6


def familiarity(text: str, language: str, window: Window) -> float:
    """Return the share (0 to 1) of a text's words that the model of a window may know.

    `language` is that of the words in Latin letters. English is taken for known.
    """
    if window is UNLIMITED or (language == ENGLISH and text.isascii()):
        return 1.0
    runs = [run for word in words_of(text) for run in runs_of(word)]
    known = total = 0.0
    for run, is_unspaced in runs:
        if len(run) < _SHORTEST and not (is_unspaced or run.isascii()):
            continue
        weight = float(max(len(run) / 2, 1)) if is_unspaced else 1.0
        total += weight
        if run.isascii() or is_latin(run):
            known += weight * (language == ENGLISH or _knows(language, window))
        else:
            known += weight * _has_tokens(run, window, is_unspaced=is_unspaced)
    return known / total if total else 1.0


@lru_cache(maxsize=64)
def _knows(language: str, window: Window) -> bool:
    words = common_words(language)
    return sum(count == 1 for count in window.count(words)) >= _COMMON_SHARE * len(words)


def _has_tokens(run: str, window: Window, *, is_unspaced: bool) -> bool:
    letters = _LETTERS_UNSPACED if is_unspaced else _LETTERS
    if _HAN_OR_HANGUL.search(run):
        letters = _LETTERS_HAN
    return not window.tokenizer.unknown(run) and len(run) >= letters * sum(window.count([run]))
