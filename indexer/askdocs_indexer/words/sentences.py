"""Where sentences end, in every script.

A full stop ends one if what follows can begin one: any letter but a small one. The marks of scripts
without capitals, and those of full width, end one by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# What ends a sentence wherever it stands: Chinese and Japanese, Arabic and Urdu, Devanagari,
# Armenian, Ethiopic, Burmese, Khmer, Tibetan.
_OWN_MARKS = "。．！？｡؟۔।॥։።፧၊။។៕།"
_MARKS = f".!?…{_OWN_MARKS}"
_CLOSERS = r"\"')\]`*」』】）〉》”’»"
_OPENERS = r"\"'(*¿¡「『【（〈《“‘„«"
# Citation marks belong to what they follow.
_CITED = r"(?:\s*\[\d[\d,\s]*\])*"
_END = re.compile(
    rf"(?:(?<=[.!?…])[{_CLOSERS}]*{_CITED}\s+"
    rf"|(?<=[{_OWN_MARKS}])(?![{_MARKS}])(?!(?<=．)\d)[{_CLOSERS}]*{_CITED}\s*)"
    rf"(?=(?:[{_OPENERS}]|\[(?!\d))*(?P<next>[^\W_]|`))"
)
# Behind these, and behind a single capital, a full stop ends no sentence.
_ABBREVIATION = re.compile(
    r"\b(?<![\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670])(?:[Ee]\.g|[Ii]\.e|vs|cf|approx|bzw|ca|z|ej|ex|напр|т|е|[^\W\d_a-zа-яё])\.\Z"
)
_LONGEST_ABBREVIATION = 8
_ENDING = re.compile(rf"[{_MARKS}][{_CLOSERS}]*\s*\Z")
_SPACE = re.compile(r"\s+")
_CLAUSE_END = re.compile(rf"[:;,][\"')\]]*\s+|[，、；：،؛]+[{_CLOSERS}]*\s*")


def sentence_ends(text: str, start: int = 0) -> Iterator[int]:
    """Yield where the next sentence of a paragraph begins, for each that ends before another.

    Nothing before `start` counts as an end.
    """
    for match in _END.finditer(text, start):
        mark = text[match.start() - 1]
        if mark in _OWN_MARKS or not (
            match["next"].islower() or (mark == "." and _is_abbreviated(text, match.start()))
        ):
            yield match.end()


def clause_ends(text: str, start: int = 0) -> Iterator[int]:
    """Yield what lies behind each comma, colon or semicolon from `start` on."""
    for match in _CLAUSE_END.finditer(text, start):
        yield match.end()


def space_ends(text: str, start: int = 0) -> Iterator[int]:
    """Yield what lies behind each white space from `start` on."""
    for match in _SPACE.finditer(text, start):
        yield match.end()


def ends_sentence(text: str) -> bool:
    """Whether a text ends with a whole sentence."""
    return _ENDING.search(text) is not None


def _is_abbreviated(text: str, end: int) -> bool:
    """Whether the full stop at the end of `text[:end]` stands behind an abbreviation."""
    return _ABBREVIATION.search(text, max(end - _LONGEST_ABBREVIATION, 0), end) is not None
