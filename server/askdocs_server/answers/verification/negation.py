"""Whether a sentence says the opposite of a text that has its words: by negations and antonyms.

Neither the words that two texts share nor their nearness in meaning tells "is supported" from "is
not supported". What one negates and the other affirms does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import regex

from askdocs_indexer.words.forms import LETTERS, UNSPACED, normalised
from askdocs_indexer.words.languages import ENGLISH, language_of, stem
from askdocs_server.text.tokens import content_words

# Words that deny, in scripts without spaces. Where the verb comes last, they follow it.
_UNSPACED_NEGATION = (
    "没有|沒有|不(?![同仅过断少久])|没|未(?!来)|无(?!论)|無|勿|ไม่"
    "|ません|ない|なかった|ずに|않|없|못|아니"
)
_BORDERS = ";:!?；：！？؛؟"
_FOLLOWING = frozenset(("ません", "ない", "なかった", "ずに", "않", "없"))
_WORD = regex.compile(
    rf"(?V1)instead of|rather than|{_UNSPACED_NEGATION}|{UNSPACED}\p{{M}}*"
    rf"|[\w--\d--{UNSPACED}][{LETTERS}.--{UNSPACED}]*(?:['’]t)?|\d[\d.,]*|[{_BORDERS}]"
)
_OTHER_NEGATION = re.compile(
    _UNSPACED_NEGATION + "|"
    "nicht|kein(?:e[mnrs]?)?|nie|niemals|ohne|pas|jamais|sans|aucune?|rien|nunca|sin|ning[uú]n[oa]?"
    "|não|sem|nenhuma?|non|mai|senza|nessun[oa]?|niet|geen|nooit|zonder|inte|ingen|aldrig|utan|ikke"
    "|nigdy|bez|değil|yok|не|нет|нельзя|без|никогда|ні|δεν|μην|χωρίς|ποτέ|لا|لم|لن|ليس|ليست|بدون|دون"
    "|לא|אין|בלי|नहीं|मत|बिना"
)
_NEGATION = re.compile(
    r"not|no|never|cannot|without|neither|nor|none|nothing|nobody|unable|unless|before|until|"
    r"instead of|rather than|\w+['’]t"
)
_NEGATING = frozenset(map(stem, ("unless", "without", "before", "until", "never", "cannot")))
_ALL = frozenset({"all", "every", "always", "entire", "whole", "everyone", "everything"})
_UNLIMITED = _ALL | {"any", "each", "both", "no", "never", "regardless"}
_CONDITIONS = frozenset({"unless", "without", "before", "until"})
_SCOPE = 4
_HEAD = 5
_HEAD_WORDS = 2
_VERB_CHARACTERS = 4
_BESIDE = 2
_REACH = 4

_OPPOSITES = """
    more/less more/fewer most/least higher/lower high/low faster/slower fast/slow quicker/slower
    better/worse larger/smaller large/small longer/shorter long/short upper/lower above/below
    increase/decrease increase/reduce minimum/maximum min/max first/last before/after
    ascending/descending enable/disable on/off true/false always/never
    always/sometimes allow/prevent start/stop open/close add/remove read/write input/output
    inside/outside within/outside local/remote automatically/manually required/optional
    necessary/unnecessary possible/impossible valid/invalid mutable/immutable safe/unsafe
    signed/unsigned sorted/unsorted static/dynamic public/private synchronous/asynchronous
    thread/process client/server memory/disk standalone/cluster deprecated/recommended
    same/different single/several single/multiple single/many
    one/several enable/prevent newest/oldest begin/end start/end front/end left/right early/late
    internal/external relative/absolute active/inactive
"""


def contradicts(sentence: str, text: str) -> bool:
    """Whether the sentence denies what the text affirms, or the reverse, or goes beyond it.

    It goes beyond the text where it says "all" or "always" of what the text says of something.
    """
    claim, known = _tokens(sentence), _tokens(text)
    language = language_of([*claim, *known])
    claim, known = _with_not(claim, language), _with_not(known, language)
    return (
        _negates_otherwise(claim, known)
        or _has_opposite(claim, known)
        or (not _ALL.isdisjoint(claim) and _UNLIMITED.isdisjoint(known))
    )


def _negates_otherwise(claim: Sequence[str], known: Sequence[str]) -> bool:
    """Whether one of them negates what the other affirms.

    A condition makes up for one denial: "does not stop unless given" says "stops if given". What
    the text has no word for may well be denied; what has no word at all behind "not" is taken for
    something the text affirms, if it denies nothing itself.
    """
    claim_heads, known_heads = list(_heads(claim)), list(_heads(known))
    if not known_heads and any(not head for _, head in claim_heads):
        return True
    claim_words, known_words = content_words(" ".join(claim)), content_words(" ".join(known))
    claim_negated, known_negated = _negated(claim), _negated(known)
    differing = [
        *(word for word, head in claim_heads if head & known_words and not head & known_negated),
        *(word for word, head in known_heads if head and head <= claim_words - claim_negated),
    ]
    return len(differing) % 2 == 1 or (bool(differing) and _CONDITIONS.isdisjoint(differing))


def _has_opposite(claim: Sequence[str], known: Sequence[str]) -> bool:
    """Whether a word's opposite stands beside a word that both have, and not the word itself."""
    claim_words, known_words = set(map(stem, claim)), set(map(stem, known))
    pairs = [
        (word, opposite)
        for word in claim_words & _OPPOSITE.keys()
        for opposite in _OPPOSITE[word] & known_words
    ]
    if not pairs:
        return False
    claim_beside, known_beside = _near(claim, _BESIDE), _near(known, _BESIDE)
    claim_near, known_near = _near(claim, _REACH), _near(known, _REACH)
    return any(
        claim_beside[word] & known_beside[opposite] - claim_beside.get(opposite, frozenset())
        and claim_near[word] & known_near.get(word, frozenset()) <= {word}
        for word, opposite in pairs
    )


def _near(tokens: Sequence[str], reach: int) -> dict[str, frozenset[str]]:
    """Return for each word the content words within `reach` words of it, and itself."""
    contents = list(map(content_words, tokens))
    near: dict[str, frozenset[str]] = {}
    for index, token in enumerate(tokens):
        around = contents[max(index - reach, 0) : index + reach + 1]
        near[stem(token)] = near.get(stem(token), frozenset()).union(*around)
    return near


def _heads(tokens: Sequence[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each negation with the first words that it negates."""
    for index, token in enumerate(tokens):
        if _NEGATION.fullmatch(token):
            behind = map(content_words, tokens[index + 1 : index + 1 + _HEAD])
            heads = [words - _NEGATING for words in behind if words - _NEGATING][:_HEAD_WORDS]
            yield token, frozenset().union(*heads)


def _negated(tokens: Sequence[str]) -> frozenset[str]:
    """Return the words in reach of any negation."""
    negated: set[str] = set()
    for index, token in enumerate(tokens):
        if _NEGATION.fullmatch(token):
            negated |= content_words(" ".join(tokens[index + 1 : index + 1 + _SCOPE]))
    return frozenset(negated)


def _tokens(text: str) -> list[str]:
    """Return words in small letters, single characters of a script without spaces, and borders."""
    return [normalised(word).casefold().rstrip(".,") for word in _WORD.findall(text.lower())]


def _with_not(tokens: Sequence[str], language: str) -> list[str]:
    """Put "not" for the negations of other languages, in front of what they negate."""
    words: list[str] = []
    for token, after in zip(tokens, [*tokens[1:], ";"], strict=True):
        if language == "portuguese" and token == "no":  # It means "in the".
            continue
        if (token.isascii() and language == ENGLISH) or not _OTHER_NEGATION.fullmatch(token):
            words.append(token)
        elif token in _FOLLOWING:
            words.insert(max(len(words) - _VERB_CHARACTERS, 0), "not")
        elif after in _BORDERS:
            words.insert(max(len(words) - _HEAD_WORDS, 0), "not")
        else:
            words.append("not")
    return words


def _opposites() -> dict[str, frozenset[str]]:
    pairs = [[stem(word) for word in pair.split("/")] for pair in _OPPOSITES.split()]
    both = [*pairs, *([second, first] for first, second in pairs)]
    words = {word for word, _ in both}
    return {word: frozenset(second for first, second in both if first == word) for word in words}


_OPPOSITE = _opposites()
