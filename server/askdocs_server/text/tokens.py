"""The words of a sentence: those that carry meaning, and those that must match literally."""

from __future__ import annotations

import re
from functools import lru_cache

import regex

from askdocs_indexer.words.forms import LETTERS, UNSPACED, is_unspaced, normalised
from askdocs_indexer.words.languages import ENGLISH, is_stop_word, language_of, stem
from askdocs_indexer.words.numerals import han_in_digits, number_in
from askdocs_indexer.words.terms import pairs_of

# A number, a run of a script without spaces, or a word or dotted name of another script.
_TOKEN = regex.compile(
    rf"(?V1)\d+(?:[.,٫]\d+)*|(?:{UNSPACED}\p{{M}}*)+"
    rf"|[\w--\d--{UNSPACED}][{LETTERS}--{UNSPACED}]*(?:\.[{LETTERS}--{UNSPACED}]+)*"
)
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
# Besides those of the index: words of questions and answers about documentation.
_STOP_WORDS = frozenset(
    """
    about according all also being describe described docs documentation each explain following
    given here mean means more most must one other passage please those us
    """.split()  # noqa: SIM905
)


@lru_cache(maxsize=2048)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words, dotted names and numbers of a text in order, in their normal form.

    A script without spaces comes in runs. Numbers in words of other languages than English are in
    digits.
    """
    # Nothing is left of a mark that stands alone, such as the one behind an emoji.
    words = [*filter(None, map(normalised, _TOKEN.findall(han_in_digits(text))))]
    language = language_of([token.casefold() for token in words])
    # In English, "two ways" may be the writer's own count; digits are looked up.
    numerals = "" if language == ENGLISH else language
    return tuple(number_in(token, numerals) for token in words)


def content_words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; the parts of dotted and snake names count too.

    Of a script without spaces, all pairs of neighbouring characters.
    """
    words: set[str] = set()
    for token in tokens(text):
        name = token.casefold()
        parts = [] if name[0].isdigit() else re.split(r"[._]", name)
        words.update(word for part in (name, *parts) if part for word in _stems(part))
    return frozenset(words)


def whole_words(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order: names whole."""
    return [word for token in tokens(text) for word in _stems(token.casefold())]


def exact_tokens(text: str) -> frozenset[str]:
    """Numbers, identifiers and options, in small letters: what a passage must contain literally.

    Identifiers are words in code spans and words that look like code (`snake_case`, `a.b`,
    `camelCase`, `sha256`).
    """
    spans = " ".join(_CODE_SPAN.findall(text))
    exact = {token for token in tokens(text) if _looks_exact(token)}
    return frozenset(map(str.casefold, exact.union(tokens(spans), _OPTION.findall(text))))


def all_tokens(text: str) -> frozenset[str]:
    """All words, names, numbers (also those in words) and options in small letters, and the parts
    of dotted names."""
    names = {option.casefold() for option in _OPTION.findall(text)}
    for token in tokens(text):
        name = token.casefold()
        names.update((name, name.strip("_"), number_in(name, ENGLISH), *name.split(".")))
    return frozenset(names)


def _stems(name: str) -> list[str]:
    if is_unspaced(name):
        return pairs_of(name)
    return [] if name in _STOP_WORDS or is_stop_word(name) else [stem(name)]


def _looks_exact(token: str) -> bool:
    if all(len(part) == 1 for part in token.split(".")):
        return token[0].isdigit()
    if "_" in token or "." in token or any(c.isdigit() for c in token):
        return True
    return any(c.isupper() for c in token[1:]) and any(c.islower() for c in token)
