"""Where words begin and end, and the form in which their spellings meet.

A word is a run of letters, digits and underscores, with the marks that combine with them and the
invisible characters inside of it (Unicode Standard Annex 29, without its rules for punctuation).
Spellings meet in the compatibility form NFKC (Annex 15), with ASCII digits, and without what only
hints at hyphenation, joining or vowels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import regex

LETTERS = r"[\w\p{N}\p{M}\p{Cf}]"
"""A character inside of a word, for patterns of `regex`."""

UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}ー々〆\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
"""A character of a script whose words no spaces tell apart, or only together with particles."""

_UNSPACED_BEGINNING = regex.compile(UNSPACED)
_ASCII_WORD = re.compile(r"\w+")
_WORD = regex.compile(rf"[\w\p{{N}}]{LETTERS}*+")
# Soft hyphens, joiners and the like; what selects a glyph or encloses it; the points that Hebrew
# and Arabic may leave out, and the stroke that only makes an Arabic word longer.
_INVISIBLE = regex.compile(
    r"[\p{Cf}\p{Me}\p{Variation_Selector}\u0640]|(?V1)[[\p{Hebrew}\p{Arabic}\u064b-\u065f]&&\p{Mn}]"
)
_UNUSUAL = re.compile(
    "[\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\U0001d400-\U0001d7ff]+"
)
_DIGIT = re.compile(r"[^\D0-9]")
_RUN = regex.compile(
    rf"(?P<unspaced>(?:{UNSPACED}\p{{M}}*+)++)|(?:(?!{UNSPACED}).)++", regex.DOTALL
)
_LONGEST_CLUSTER = 32
_CLUSTER = regex.compile(r"\X")
_ASCII_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_PART = regex.compile(
    r"(?V1)\p{Lu}+(?=\p{Lu}[\p{Ll}\p{M}])|\p{Lu}?[[\p{L}\p{M}]--\p{Lu}]+|\p{Lu}+|\p{N}+"
)


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text in order, `normalised`; the case of letters stays."""
    if text.isascii():
        yield from _ASCII_WORD.findall(text)
        return
    # In the compatibility form, signs of units may be words, and a ligature several.
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        if word.isascii():
            yield word
        else:
            yield from _WORD.findall(normalised(word))


def normalised(word: str) -> str:
    """Return the form in which a word's spellings meet, its case apart."""
    if word.isascii():
        return word
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", word))
    return _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), visible)


def in_usual_letters(text: str) -> str:
    """Return a text with ligatures, letters of other widths and those of formulas as usual ones.

    Models know a word only by these. All else stays, as its form may tell.
    """
    if text.isascii():
        return text
    return _UNUSUAL.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)


def runs_of(word: str) -> Iterator[tuple[str, bool]]:
    """Yield a word in runs of one kind of script, each with whether it is `UNSPACED`."""
    if word.isascii():
        yield word, False
        return
    for run in _RUN.finditer(word):
        yield run[0], run["unspaced"] is not None


def is_unspaced(run: str) -> bool:
    """Whether a run of one kind of script, or what begins with one, is `UNSPACED`."""
    return _UNSPACED_BEGINNING.match(run) is not None


def clusters_of(run: str) -> list[str]:
    """Return the characters of a text as readers see them: with the marks that belong to them."""
    return list(run) if run.isascii() else _CLUSTER.findall(run)


def cluster_start(text: str, index: int) -> int:
    """Return where the character begins, as `clusters_of` has them, that `text[index]` is in.

    One of very many code points is parted at `index`.
    """
    if text[index - 1 : index + 1].isascii():
        return index
    start = max(index - _LONGEST_CLUSTER, 0)
    ends = (cluster.end() for cluster in _CLUSTER.finditer(text, start, index + 1))
    return max((end for end in ends if end <= index), default=index)


def word_count(text: str) -> int:
    """Return how many words a text has; where none are told apart, two characters are one."""
    if text.isascii():
        return len(text.split())
    runs = (run for word in text.split() for run in runs_of(word))
    return sum((len(clusters_of(run)) + 1) // 2 if unspaced else 1 for run, unspaced in runs)


def parts_of(word: str) -> list[str]:
    """Return the parts of an identifier (`camelCase`, `snake_case`, `sha256`); else the word."""
    pattern = _ASCII_PART if word.isascii() else _PART
    return pattern.findall(word)
