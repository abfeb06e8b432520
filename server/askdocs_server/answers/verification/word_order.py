"""Whether a sentence gives a text's words other roles: exchanges two of them, or moves numbers.

"The proxy asks the server" and "The server asks the proxy" have the same words, and nearly the same
meaning to an embedding model. What tells them apart is the order: exchanging two words of one of
them gives the other. A paraphrase that moves whole clauses, or one in the passive, is not affected.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

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
    r"[,;:.!?()]\s|[，、；：。！？（）،؛؟।]|\b(?:if|when|while|because|since|unless|until|before|after|once|although)\b",
    re.I,
)
_PARTS = re.compile(r"([.!?](?=\s|$)|[。！？؟।]|[;:,()\n；：，、（）،؛])")
# How many words of distance a border adds.
_GAPS = {
    **dict.fromkeys(".!?\n。！？؟।", 20),
    **dict.fromkeys(";；؛", 8),
    **dict.fromkeys(":,()：，、（）،", 1),
}


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
    words, text_words = whole_words(sentence), whole_words(text)
    names, text_names = _names(sentence), _names(text) - set(words)
    matcher = SequenceMatcher(None, text_words, words, autojunk=False)
    return any(
        kind == "replace"
        and end - start <= _SLOT_WORDS >= last - first
        and not names.isdisjoint(words[first:last])
        and not text_names.isdisjoint(text_words[start:end])
        for kind, start, end, first, last in matcher.get_opcodes()
    )


def _names(text: str) -> set[str]:
    return {word for token in exact_tokens(text) for word in whole_words(token)}


def _exchanges(sentence: str, text: str) -> bool:
    """Whether a sentence follows a text much better once two of its words are exchanged."""
    words, text_words = whole_words(sentence), whole_words(text)
    vocabulary = set(text_words)
    shared = [word for word in words if word in vocabulary]
    least = max(_EXCHANGED_MIN_WORDS, EXCHANGED_MIN * len(words))
    if not least <= len(shared) <= _EXCHANGED_MAX_WORDS or _in_other_voice(sentence, text):
        return False
    least = max(least, _in_order(shared, text_words) + _EXCHANGE_GAIN)
    if len(shared) < least:
        return False
    for first, second in itertools.combinations(range(len(shared)), 2):
        exchanged = list(shared)
        exchanged[first], exchanged[second] = shared[second], shared[first]
        if _in_order(exchanged, text_words) >= least:
            return True
    return False


def _in_order(words: Sequence[str], text_words: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, by the bits of a number (Hyyrö 2004)."""
    masks: dict[str, int] = {}
    for index, word in enumerate(words):
        masks[word] = masks.get(word, 0) | 1 << index
    all_bits = (1 << len(words)) - 1
    row = all_bits
    for word in text_words:
        matches = row & masks.get(word, 0)
        row = (row + matches | row - matches) & all_bits
    return len(words) - row.bit_count()


def _swaps_sides(sentence: str, text: str) -> bool:
    """Whether "A calls B" has become "B calls A", with more than a word on a side."""
    if _in_other_voice(sentence, text):
        return False
    text_words = whole_words(text)
    return any(
        len(middle) <= _VERB_WORDS < len(first) + len(last)
        and middle.stop == first.start
        and last.stop == middle.start
        for clause in _CLAUSE.split(sentence)
        for first, middle, last in _threes(_runs(whole_words(clause), text_words))
    )


def _threes(runs: Sequence[range]) -> list[tuple[range, range, range]]:
    return list(zip(runs, runs[1:], runs[2:], strict=False))


def _in_other_voice(sentence: str, text: str) -> bool:
    return bool(_PASSIVE.search(sentence)) != bool(_PASSIVE.search(text))


def _runs(words: Sequence[str], text_words: Sequence[str]) -> list[range]:
    """Return where in the text the words stand, neighbours in both as one run, in their order."""
    indices_of: dict[str, list[int]] = {}
    for index, word in enumerate(text_words):
        indices_of.setdefault(word, []).append(index)
    runs: list[range] = []
    for word in words:
        indices = indices_of.get(word, [])
        if runs and runs[-1].stop in indices:
            runs[-1] = range(runs[-1].start, runs[-1].stop + 1)
        elif indices:
            runs.append(range(indices[0], indices[0] + 1))
    return runs


def _moves_numbers(sentence: str, text: str) -> bool:
    """Whether half of the words around numbers stand around other numbers in the text.

    "Two keys and three locks" does not say "three keys".
    """
    sentence_numbers, text_numbers = _numbers_near(sentence), _numbers_near(text)
    known_numbers = frozenset[str]().union(*text_numbers.values())
    right = wrong = 0
    for word, numbers in sentence_numbers.items():
        if word in text_numbers and len(numbers) == 1 and numbers <= known_numbers:
            right += numbers == text_numbers[word]
            wrong += not numbers <= text_numbers[word]
    return wrong > right


class _Word(NamedTuple):
    """A word with its position, which counts the borders before it, and the index of its part."""

    text: str
    position: int
    part: int


def _numbers_near(text: str) -> dict[str, frozenset[str]]:
    """Return for each word the numbers that are nearest to it, wherever it stands.

    What stands before "1 (for reading) or 2" is near both.
    """
    words = list(_words(text))
    numbers = [word for word in words if is_number(word.text)]
    near: dict[str, frozenset[str]] = {}
    for word in words:
        if not numbers or is_number(word.text):
            continue
        nearest = min(numbers, key=lambda number: abs(word.position - number.position))
        distance = abs(word.position - nearest.position)
        equally_near = frozenset(
            number.text
            for number in numbers
            if abs(word.position - number.position) == distance
            or (word.position < nearest.position < number.position and number.part == nearest.part)
        )
        near[word.text] = near.get(word.text, frozenset()) | equally_near
    return near


def _words(text: str) -> Iterator[_Word]:
    position = part_index = 0
    for part in _PARTS.split(text):
        position += _GAPS.get(part, 0)
        part_index += part in _GAPS and part not in "()（）"
        for word in whole_words(part):
            position += 1
            yield _Word(word, position, part_index)
