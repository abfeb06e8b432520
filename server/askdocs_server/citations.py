"""Checks an answer's sentences against the passages, and picks the passages' own best sentences.

The check is lexical: a sentence is supported by a passage that contains enough of its words and
every number and identifier in it. So an invented API or figure is never supported, while a
paraphrase may be. A small model's sentences are held against single sentences of the passage, in
order, because such a model recombines a passage's words into things it does not say (the measure
is that of ROUGE-L, Lin 2004, as recall of the sentence). All functions are pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from askdocs_server.passages import Citation
from askdocs_server.sentences import FENCE, LIST_MARK
from askdocs_server.units import units

SUPPORT_MIN = 0.6
"""The share of a sentence's content words that its passage must contain."""

STRICT_SUPPORT_MIN = 0.8
"""The share of a small model's sentence that one sentence of the passage must say, in order."""

CLAIM_MIN_WORDS = 2
"""A sentence with fewer content words says nothing that could be checked."""

REPEAT_MIN = 0.85
"""The share of content words at which a sentence only repeats an earlier one."""

_TOKEN = re.compile(r"[A-Za-z_][\w]*(?:\.\w+)*|\d+(?:[.,]\d+)*")
_MARK = r"\[\d{1,2}(?:\s*,\s*\d{1,2})*\](?!\()"
_CITED = re.compile(rf"(\s*)(?<!\\)({_MARK}(?:\s*{_MARK})*)")
_LOOKS_CITED = re.compile(r"(?<!\\)\[(\d+)\](?!\()")
_CODE = re.compile(r"(```.*?(?:```|$)|`[^`\n]*`)", re.DOTALL)
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one sentence.

    `numbers` are the citations it rests on, best first. `supported` is None for a sentence that
    claims nothing ("Here is an example:"). `text` is the sentence without citation marks.
    """

    text: str
    supported: bool | None
    numbers: tuple[int, ...]


def stem(word: str) -> str:
    """A crude English stem, enough to match "parameters" with "parameter"."""
    for suffix, keep in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            return word[: -len(suffix)] + keep
    return word


def content_words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; the parts of dotted and snake names count too."""
    return frozenset(_content_sequence(text))


def _content_sequence(text: str) -> list[str]:
    words: list[str] = []
    for token in _TOKEN.findall(text):
        name = token.lower()
        parts = [] if name[0].isdigit() else re.split(r"[._]", name)
        found = dict.fromkeys((name, *parts))
        words.extend(stem(word) for word in found if word and word not in _STOP_WORDS)
    return words


def exact_tokens(text: str) -> frozenset[str]:
    """Numbers and identifiers: what a passage must contain literally.

    Identifiers are words in code spans and words that look like code (`snake_case`, `a.b`,
    `camelCase`).
    """
    spans = " ".join(_CODE_SPAN.findall(text))
    tokens = {token for token in _TOKEN.findall(text) if _looks_exact(token)}
    return frozenset(token.lower() for token in tokens | set(_TOKEN.findall(spans)))


def _looks_exact(token: str) -> bool:
    if all(len(part) == 1 for part in token.split(".")):
        return token[0].isdigit()
    inner_capital = any(c.isupper() for c in token[1:]) and any(c.islower() for c in token)
    return token[0].isdigit() or "_" in token or "." in token or inner_capital


def support(sentence: str, passage: str) -> float:
    """The share of the sentence's words in the passage; 0 where an exact token is missing."""
    words = content_words(sentence)
    if not words or not exact_tokens(sentence) <= _all_tokens(passage):
        return 0.0
    return len(words & content_words(passage)) / len(words)


def strict_support(sentence: str, passage: str) -> float:
    """How much of the sentence one sentence of the passage says in the same order (0 to 1).

    Every exact token has to be among what is said in order: "`b` is the size" is not supported by
    "`a` is the size of `b`".
    """
    words = _content_sequence(sentence)
    exact = {word for token in exact_tokens(sentence) for word in _content_sequence(token)}
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(words)
    best = 0
    for unit in units(passage):
        matcher.set_seq1(_content_sequence(unit.text))
        blocks = matcher.get_matching_blocks()
        said = [word for block in blocks for word in words[block.b : block.b + block.size]]
        if exact <= set(said):
            best = max(best, len(said))
    return best / max(len(words), 1)


def _all_tokens(text: str) -> frozenset[str]:
    found: set[str] = set()
    for token in _TOKEN.findall(text.lower()):
        found.update((token, *token.split(".")))
    return frozenset(found)


def check_sentence(sentence: str, citations: Sequence[Citation], strict: bool = False) -> Verdict:
    """Check one sentence against the passages that it cites, else against the best one.

    Citation marks are taken out of the text; those that name no passage are ignored. `strict` is
    for small models.
    """
    measure, minimum = (strict_support, STRICT_SUPPORT_MIN) if strict else (support, SUPPORT_MIN)
    known = {citation.number: citation for citation in citations}
    text, numbers = _take_marks(sentence, frozenset(known))
    claim = LIST_MARK.sub("", text)
    if len(content_words(claim)) < CLAIM_MIN_WORDS or claim.rstrip().endswith(":"):
        return Verdict(text, None, ())
    scores = {n: measure(claim, f"{c.title}\n\n{c.text}") for n, c in known.items()}
    supporting = [n for n in numbers if scores[n] >= minimum]
    if not supporting and scores:
        # A wrong number on a right sentence is corrected, not punished.
        best = max(scores, key=lambda n: (scores[n], -n))
        supporting = [best] if scores[best] >= minimum else []
    return Verdict(text, bool(supporting), tuple(supporting) or numbers)


def _take_marks(sentence: str, known: frozenset[int]) -> tuple[str, tuple[int, ...]]:
    """Take the citation marks out; returns the text and the known numbers, in order.

    `items[0]` is no citation: code is left alone, and so are unknown numbers that follow a word.
    """
    numbers: list[int] = []

    def take(match: re.Match[str]) -> str:
        named = [int(number) for number in re.findall(r"\d+", match[2])]
        if not match[1] and not known.issuperset(named):
            return match[0]
        numbers.extend(number for number in named if number in known)
        return ""

    parts = _CODE.split(sentence)
    # Splitting by a group puts the code into the odd places.
    parts[::2] = [_CITED.sub(take, part) for part in parts[::2]]
    return "".join(parts), tuple(dict.fromkeys(numbers))


def escaped_marks(text: str) -> str:
    """Escape what looks like a citation mark in a text that is quoted; code is left alone."""
    parts = _CODE.split(text)
    parts[::2] = [_LOOKS_CITED.sub(r"\\[\1\\]", part) for part in parts[::2]]
    return "".join(parts)


def repeats(sentence: str, earlier: Sequence[str]) -> bool:
    """Whether a sentence says no more than one that is already in the answer."""
    words = content_words(sentence)
    return any(
        len(words & content_words(other)) >= REPEAT_MIN * len(words) for other in earlier if words
    )


def with_marks(text: str, marks: str) -> str:
    """Put marks such as `[1]` behind a sentence, before the white space at its end.

    Behind a code block they get a paragraph of their own; in a table row they join the last cell.
    """
    body = text.rstrip()
    if not marks or not body:
        return text
    space = text[len(body) :]
    if body.endswith(FENCE):
        return f"{body}\n\n{marks}{space}"
    if body.endswith("|"):
        return f"{body[:-1].rstrip()} {marks} |{space}"
    return f"{body} {marks}{space}"


def citation_marks(numbers: Sequence[int]) -> str:
    """Citation numbers as they stand in an answer: `[1][3]`."""
    return "".join(f"[{number}]" for number in numbers)
