"""The words of a sentence: those that carry meaning, and those that must be met literally."""

from __future__ import annotations

import re
from functools import lru_cache

TOKEN = re.compile(r"[A-Za-z_][\w]*(?:\.\w+)*|\d+(?:[.,]\d+)*")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_SUFFIXES = (
    *(("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", "")),
    *(("es", ""), ("s", ""), ("e", "")),
)
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    a about according all also an and any are as at be been being but by can could describe
    described did do docs documentation does each explain following for from given had has have
    here how i if in into is it its may me mean means more most must my no not of on one or other
    our passage please should so some such than that the their them then there these they this
    those to us use used using was we were what when where which who why will with would you your
    """,
    )
)
_UNITS = frozenset(
    re.findall(
        r"\w+",
        """ms millisecond second minute hour day week month year byte kb mb gb tb kib mib gib
    percent""",
    )
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
        found = dict.fromkeys((name, *parts))
        words.extend(stem(word) for word in found if word and word not in _STOP_WORDS)
    return words


def whole_words(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order: names whole, "two" as "2"."""
    words = (_IN_DIGITS.get(token.lower(), token.lower()) for token in TOKEN.findall(text))
    return [stem(word) for word in words if word not in _STOP_WORDS]


def is_number(word: str) -> bool:
    """Whether a word is a number in digits."""
    return word[0].isdigit()


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A crude English stem, enough to match "parameters" with "parameter"."""
    for suffix, keep in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            return word[: -len(suffix)] + keep
    return word


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
    found: set[str] = set()
    for token in TOKEN.findall(text.lower()):
        found.update((_singular_unit(token), token.strip("_"), *token.split(".")))
    return frozenset(found)


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
