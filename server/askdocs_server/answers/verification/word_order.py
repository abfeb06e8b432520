"""Whether a sentence gives a text's words other parts to play: exchanged roles, moved numbers.

"The proxy asks the server" and "The server asks the proxy" have the same words, and nearly the same
meaning to an embedding model. What tells them apart is the order: exchanging two words of the one
gives the other. A paraphrase that moves whole clauses, or one in the passive, is not touched by it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from askdocs_server.text.tokens import exact_tokens, is_number, whole_words

EXCHANGED_MIN = 0.7
"""The share of a sentence that must follow a text in order once two of its words are exchanged."""

_EXCHANGED_MIN_WORDS = 4
# With more words than these, as in a block of code, there would be too many pairs to try.
_EXCHANGED_MAX_WORDS = 30
_EXCHANGE_GAIN = 2
_VERB_WORDS = 2
_SLOT_WORDS = 2

_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s(?:\S+\s){1,4}by\s(?!default\b)", re.I)
_CLAUSE = re.compile(
    r"[,;:.!?()]\s|\b(?:if|when|while|because|since|unless|until|before|after|once|although)\b",
    re.I,
)
_PARTS = re.compile(r"([.!?](?=\s|$)|[;:,()\n])")
# How many words farther off what stands behind a border is.
_GAPS = {".": 20, "!": 20, "?": 20, "\n": 20, ";": 8, ":": 1, ",": 1, "(": 1, ")": 1}


def rearranges(sentence: str, text: str) -> bool:
    """Whether a sentence says of one thing what the text, which has its words, says of another.

    The text's sentences stand on lines of their own, or end with a full stop.
    """
    return (
        any(_exchanges(sentence, part) for part in (*text.split("\n"), *_PARTS.split(text)))
        or _swaps_sides(sentence, text)
        or _moves_numbers(sentence, text)
    )


def replaces_a_name(sentence: str, text: str) -> bool:
    """Whether a name or number stands where a text has another one, between the same words."""
    said, known = whole_words(sentence), whole_words(text)
    names, others = _names(sentence), _names(text) - set(said)
    return any(
        kind == "replace"
        and end - start <= _SLOT_WORDS >= last - first
        and not names.isdisjoint(said[first:last])
        and not others.isdisjoint(known[start:end])
        for kind, start, end, first, last in SequenceMatcher(
            None, known, said, autojunk=False
        ).get_opcodes()
    )


def _names(text: str) -> set[str]:
    return {word for token in exact_tokens(text) for word in whole_words(token)}


def _exchanges(sentence: str, text: str) -> bool:
    """Whether a sentence follows a text much better once two of its words are exchanged."""
    said, known = whole_words(sentence), whole_words(text)
    met = set(known)
    shared = [word for word in said if word in met]
    least = max(_EXCHANGED_MIN_WORDS, EXCHANGED_MIN * len(said))
    if not least <= len(shared) <= _EXCHANGED_MAX_WORDS or _in_other_voice(sentence, text):
        return False
    least = max(least, _in_order(shared, known) + _EXCHANGE_GAIN)
    if len(shared) < least:
        return False
    for first, second in itertools.combinations(range(len(shared)), 2):
        other = list(shared)
        other[first], other[second] = shared[second], shared[first]
        if _in_order(other, known) >= least:
            return True
    return False


def _in_order(said: Sequence[str], known: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, by the bits of a number (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, word in enumerate(said):
        places[word] = places.get(word, 0) | 1 << place
    every = (1 << len(said)) - 1
    row = every
    for word in known:
        met = row & places.get(word, 0)
        row = (row + met | row - met) & every
    return len(said) - row.bit_count()


def _swaps_sides(sentence: str, text: str) -> bool:
    """Whether "A calls B" has become "B calls A", with more than a word on a side."""
    if _in_other_voice(sentence, text):
        return False
    known = whole_words(text)
    return any(
        len(middle) <= _VERB_WORDS < len(first) + len(last)
        and middle.stop == first.start
        and last.stop == middle.start
        for clause in _CLAUSE.split(sentence)
        for first, middle, last in _threes(_runs(whole_words(clause), known))
    )


def _threes(runs: Sequence[range]) -> list[tuple[range, range, range]]:
    return list(zip(runs, runs[1:], runs[2:], strict=False))


def _in_other_voice(sentence: str, text: str) -> bool:
    return bool(_PASSIVE.search(sentence)) != bool(_PASSIVE.search(text))


def _runs(said: Sequence[str], known: Sequence[str]) -> list[range]:
    """Return where in the text words stand, neighbours in both as one run, in their own order."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(known):
        places.setdefault(word, []).append(place)
    runs: list[range] = []
    for word in said:
        found = places.get(word, [])
        if runs and runs[-1].stop in found:
            runs[-1] = range(runs[-1].start, runs[-1].stop + 1)
        elif found:
            runs.append(range(found[0], found[0] + 1))
    return runs


def _moves_numbers(sentence: str, text: str) -> bool:
    """Whether half of the words around numbers stand around other numbers in the text.

    "Two keys and three locks" does not say "three keys".
    """
    said, known = _numbers_near(sentence), _numbers_near(text)
    numbers = frozenset[str]().union(*known.values())
    right = wrong = 0
    for word, near in said.items():
        if word in known and len(near) == 1 and near <= numbers:
            right += near == known[word]
            wrong += not near <= known[word]
    return wrong > right


def _numbers_near(text: str) -> dict[str, frozenset[str]]:
    """Return for each word the numbers that stand nearest to it, at any of its places.

    What stands before "1 (for reading) or 2" stands near both.
    """
    placed = _placed(text)
    numbers = [one for one in placed if is_number(one[2])]
    found: dict[str, frozenset[str]] = {}
    for place, _, word in placed:
        if not numbers or is_number(word):
            continue
        nearest = min(numbers, key=lambda one: abs(place - one[0]))
        near = frozenset(
            number
            for there, part, number in numbers
            if abs(place - there) == abs(place - nearest[0])
            or (place < nearest[0] < there and part == nearest[1])
        )
        found[word] = found.get(word, frozenset()) | near
    return found


def _placed(text: str) -> list[tuple[int, int, str]]:
    """Return each word with its place, borders counted, and the number of its part."""
    placed: list[tuple[int, int, str]] = []
    place = number = 0
    for part in _PARTS.split(text):
        place += _GAPS.get(part, 0)
        number += part in _GAPS and part not in "()"
        for word in whole_words(part):
            place += 1
            placed.append((place, number, word))
    return placed
