"""Whether a sentence says the opposite of a text that has its words: by negations and antonyms.

Neither the words that two texts share nor their nearness in meaning tells "is supported" from "is
not supported". What is negated in the one and said of the other plainly does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from askdocs_server.words import content_words

_WORD = re.compile(r"[A-Za-z_][\w.]*(?:['’]t)?|\d[\d.,]*")
_NEGATION = re.compile(
    r"not|no|never|cannot|without|neither|nor|none|nothing|nobody|unable|unless|\w+['’]t"
)
_SCOPE = 4
_HEAD = 5
_HEAD_WORDS = 2

_OPPOSITES = """
    more/less more/fewer most/least higher/lower high/low faster/slower fast/slow quicker/slower
    better/worse larger/smaller large/small longer/shorter long/short upper/lower above/below
    increase/decrease increases/decreases increased/decreased increase/reduce increases/reduces
    increased/reduced minimum/maximum min/max first/last before/after ascending/descending
    enable/disable enables/disables enabled/disabled on/off true/false with/without always/never
    always/sometimes allow/prevent allows/prevents allowed/prevented start/stop starts/stops
    started/stopped open/closed opened/closed add/remove adds/removes added/removed read/write
    reads/writes reading/writing input/output inside/outside within/outside local/remote
    automatically/manually required/optional necessary/unnecessary possible/impossible valid/invalid
    mutable/immutable safe/unsafe signed/unsigned sorted/unsorted static/dynamic public/private
    synchronous/asynchronous thread/process threads/processes client/server memory/disk
    standalone/cluster deprecated/recommended same/different single/several single/multiple
    single/many
"""


def contradicts(sentence: str, text: str) -> bool:
    """Whether the sentence negates what the text affirms, the reverse, or has a word's opposite."""
    said, known = _tokens(sentence), _tokens(text)
    return _negates_otherwise(said, known) or _has_opposite(frozenset(said), frozenset(known))


def _negates_otherwise(said: Sequence[str], known: Sequence[str]) -> bool:
    said_heads, known_heads = list(_heads(said)), list(_heads(known))
    if said_heads and not known_heads:
        return True
    said_words, known_words = content_words(" ".join(said)), content_words(" ".join(known))
    affirmed = any(head & known_words and not head & _negated(known) for head in said_heads)
    negated = any(head and head <= said_words and not head & _negated(said) for head in known_heads)
    return affirmed or negated


def _has_opposite(said: frozenset[str], known: frozenset[str]) -> bool:
    return any((_OPPOSITE.get(word, frozenset()) & known) - said for word in said - known)


def _heads(tokens: Sequence[str]) -> Iterator[frozenset[str]]:
    """Yield for each negation the first words that it negates."""
    for place, token in enumerate(tokens):
        if _NEGATION.fullmatch(token):
            behind = map(content_words, tokens[place + 1 : place + 1 + _HEAD])
            heads = [words for words in behind if words][:_HEAD_WORDS]
            yield frozenset().union(*heads)


def _negated(tokens: Sequence[str]) -> frozenset[str]:
    """Return the words in reach of any negation."""
    found: set[str] = set()
    for place, token in enumerate(tokens):
        if _NEGATION.fullmatch(token):
            found |= content_words(" ".join(tokens[place + 1 : place + 1 + _SCOPE]))
    return frozenset(found)


def _tokens(text: str) -> list[str]:
    return [word.lower().rstrip(".,") for word in _WORD.findall(text)]


def _opposites() -> dict[str, frozenset[str]]:
    pairs = [pair.split("/") for pair in _OPPOSITES.split()]
    both = [*pairs, *([second, first] for first, second in pairs)]
    words = {word for word, _ in both}
    return {word: frozenset(other for one, other in both if one == word) for word in words}


_OPPOSITE = _opposites()
