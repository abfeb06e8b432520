"""The words of a sentence: those that carry meaning, and those that must match literally."""

from __future__ import annotations

import re

from askdocs_indexer.storage.bm25 import STOP_WORDS, stem

TOKEN = re.compile(r"[A-Za-z_][\w]*(?:\.\w+)*|\d+(?:[.,]\d+)*")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
# Besides those of the index: words of questions and answers about documentation.
_STOP_WORDS = STOP_WORDS.union(
    """
    about according all also being describe described docs documentation each explain following
    given here mean means more most must one other passage please those us
    """.split()  # noqa: SIM905
)
_UNITS = frozenset(
    """
    ms millisecond second minute hour day week month year byte kb mb gb tb kib mib gib percent
    """.split()  # noqa: SIM905
)
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IN_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS, start=2)}


def content_words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; the parts of dotted and snake names count too."""
    return frozenset(content_sequence(text))


def content_sequence(text: str) -> list[str]:
    """The same in the text's order, repeats included."""
    words: list[str] = []
    for token in TOKEN.findall(text):
        name = token.lower()
        parts = [] if name[0].isdigit() else re.split(r"[._]", name)
        names = dict.fromkeys((name, *parts))
        words.extend(stem(word) for word in names if word and word not in _STOP_WORDS)
    return words


def whole_words(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order: names whole, "two" as "2"."""
    words = (_IN_DIGITS.get(token.lower(), token.lower()) for token in TOKEN.findall(text))
    return [stem(word) for word in words if word not in _STOP_WORDS]


def is_number(word: str) -> bool:
    """Whether a word is a number in digits."""
    return word[0].isdigit()


def exact_tokens(text: str) -> frozenset[str]:
    """Numbers, units of measure and identifiers: what a passage must contain literally.

    Identifiers are words in code spans and words that look like code (`snake_case`, `a.b`,
    `camelCase`, `sha256`).
    """
    spans = " ".join(_CODE_SPAN.findall(text))
    tokens = {token for token in TOKEN.findall(text) if _looks_exact(token)}
    return frozenset(map(_singular_unit, tokens | set(TOKEN.findall(spans))))


def all_tokens(text: str) -> frozenset[str]:
    """All words, names and numbers in lower case, and the parts of dotted names."""
    tokens: set[str] = set()
    for token in TOKEN.findall(text.lower()):
        tokens.update((_singular_unit(token), token.strip("_"), *token.split(".")))
    return frozenset(tokens)


def _singular_unit(token: str) -> str:
    name = token.lower()
    return name.removesuffix("s") if name.removesuffix("s") in _UNITS else name


def _looks_exact(token: str) -> bool:
    if all(len(part) == 1 for part in token.split(".")):
        return token[0].isdigit()
    if "_" in token or "." in token or any(c.isdigit() for c in token):
        return True
    inner_capital = any(c.isupper() for c in token[1:]) and any(c.islower() for c in token)
    return inner_capital or _singular_unit(token) in _UNITS
