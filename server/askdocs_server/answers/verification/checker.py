"""Checks an answer's sentences against the passages.

A sentence is supported by one or two neighbouring sentences of a passage that hold most of its
words, and every number and identifier in it, and do not say the opposite: so an invented API or
figure is never supported, while a paraphrase may be. Where the words leave it open, nearness in
meaning decides. A small model's sentences are held against single sentences of the passage, in
order, because such a model recombines a passage's words into things it does not say (the measure
is that of ROUGE-L, Lin 2004, as recall of the sentence). docs/quality.md says how the limits were
found.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from askdocs_server.answers.citation_marks import take_marks
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.verification.negation import contradicts
from askdocs_server.answers.verification.word_order import rearranges, replaces_a_name
from askdocs_server.text.markdown import without_list_mark
from askdocs_server.text.segments import units
from askdocs_server.text.tokens import all_tokens, content_sequence, content_words, exact_tokens

SUPPORT_MIN = 0.6
"""The share of a sentence's content words at which the passage's words alone support it."""

OPEN_MIN = 0.3
"""The share from which on nearness in meaning may support it."""

NEARNESS_MIN = 0.75
"""How near in meaning one sentence of the passage must come then."""

STRICT_SUPPORT_MIN = 0.8
"""The share of a small model's sentence that one sentence of the passage must say, in order."""

CLAIM_MIN_WORDS = 2
"""A sentence with fewer content words says nothing that could be checked."""

REPEAT_MIN = 0.85
"""The share of content words at which a sentence only repeats an earlier one."""

_SECOND_UNIT_GAIN = 0.2
_NAMED_ELSEWHERE = 0.5
_COMPARED_UNITS = 4

Nearness = Callable[[str, Sequence[str]], Awaitable[Mapping[str, float]]]
"""Gets a text and others; returns how near each of them is to it in meaning (at most 1).

Texts may be missing, all of them while no embedding model is ready.
"""


async def unknown_nearness(text: str, others: Sequence[str]) -> Mapping[str, float]:
    """Know nothing: there is no embedding model."""
    del text, others
    return {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one sentence.

    `numbers` are the citations it rests on, best first. `supported` is None for a sentence that
    claims nothing ("Here is an example:"). `text` is the sentence without citation marks.
    """

    text: str
    supported: bool | None
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a passage has for a sentence: the share of its words, 0 where it cannot be supported.

    `near` are the passage's sentences that share most with it.
    """

    share: float
    near: tuple[str, ...] = ()


class Checker:
    """Checks sentences against the citations of one answer; `strict` is for small models.

    `numbers` says which citation a number in a sentence means, where that is not its own.
    """

    def __init__(
        self,
        citations: Sequence[Citation],
        nearness: Nearness = unknown_nearness,
        numbers: Mapping[int, int] | None = None,
        *,
        strict: bool = False,
    ) -> None:
        self._passages = {
            citation.number: _Passage(citation.title, citation.text) for citation in citations
        }
        self._numbers = numbers or {number: number for number in self._passages}
        self._nearness = nearness
        self._strict = strict

    async def check(self, sentence: str) -> Verdict:
        """Check one sentence against the passages that it cites, else against the best one.

        Citation marks are taken out of the text; those that name no passage are ignored.
        """
        text, cited = take_marks(sentence, self._numbers)
        claim = without_list_mark(text)
        if len(content_words(claim)) < CLAIM_MIN_WORDS or claim.rstrip().endswith((":", "：")):
            return Verdict(text, None, ())
        evidence = {number: self._evidence(claim, number) for number in self._passages}
        minimum = STRICT_SUPPORT_MIN if self._strict else SUPPORT_MIN
        # A wrong number on a right sentence is corrected, not punished.
        best = sorted(evidence, key=lambda number: (-evidence[number].share, number))[:1]
        supporting = [number for number in cited if evidence[number].share >= minimum] or [
            number for number in best if evidence[number].share >= minimum
        ]
        if not supporting and not self._strict:
            supporting = [n for n in cited or best if await self._is_near(claim, evidence[n])]
        return Verdict(text, bool(supporting), tuple(supporting) or cited)

    def _evidence(self, claim: str, number: int) -> Evidence:
        passage = self._passages[number]
        evidence = passage.evidence(claim)
        if not self._strict or evidence.share == 0.0:
            return evidence
        return Evidence(max((in_order(claim, text) for text in passage.texts), default=0.0))

    async def _is_near(self, claim: str, evidence: Evidence) -> bool:
        if evidence.share < OPEN_MIN:
            return False
        nearness = await self._nearness(claim, evidence.near)
        return max(nearness.values(), default=0.0) >= NEARNESS_MIN


class _Passage:
    """The sentences of a passage, each with its words; those of the title count too."""

    def __init__(self, title: str, text: str) -> None:
        self.texts = [unit.text for unit in units(text)]
        self._title = title
        self._around = content_words(title)
        self._words = [content_words(sentence) for sentence in self.texts]

    def evidence(self, claim: str) -> Evidence:
        """Return what the passage has for a sentence; all for one that is the passage's own."""
        if claim.strip() in self.texts:
            return Evidence(1.0)
        words = content_words(claim)
        shares = [self._share(words, [index]) for index in range(len(self.texts))]
        ranked = sorted(range(len(shares)), key=lambda index: (-shares[index], index))
        if not ranked:
            return Evidence(0.0)
        first = ranked[0]
        indices = self._with_neighbour(words, first)
        share = self._share(words, indices)
        lacking = exact_tokens(claim) - all_tokens(f"{self._text(indices)} {self._title}")
        if lacking:
            indices = self._with_names(words, indices, lacking)
            share = min(self._share(words, indices), _NAMED_ELSEWHERE)
        text = self._text(indices)
        if (
            not indices
            or share < OPEN_MIN
            or contradicts(claim, text)
            or rearranges(claim, text)
            or replaces_a_name(claim, self.texts[first])
        ):
            return Evidence(0.0)
        return Evidence(share, tuple(self.texts[index] for index in ranked[:_COMPARED_UNITS]))

    def _with_neighbour(self, words: frozenset[str], first: int) -> list[int]:
        """Return the index of a sentence, and of its neighbour where that adds much."""
        pairs = [[index, index + 1] for index in (first - 1, first)]
        pairs = [pair for pair in pairs if pair[0] >= 0 and pair[1] < len(self.texts)]
        best = max(pairs, key=lambda pair: self._share(words, pair), default=[first])
        gain = self._share(words, best) - self._share(words, [first])
        return best if gain >= _SECOND_UNIT_GAIN else [first]

    def _with_names(
        self, words: frozenset[str], indices: list[int], lacking: frozenset[str]
    ) -> list[int]:
        """Return these indices and the first that adds words and the names that these lack."""
        least = self._share(words, indices)
        for index, text in enumerate(self.texts):
            if lacking <= all_tokens(text) and self._share(words, [*indices, index]) > least:
                return [*indices, index]
        return []

    def _share(self, words: frozenset[str], indices: Sequence[int]) -> float:
        known = self._around.union(*(self._words[index] for index in indices))
        return len(words & known) / max(len(words), 1)

    def _text(self, indices: Sequence[int]) -> str:
        return "\n".join(self.texts[index] for index in indices)


def in_order(claim: str, text: str) -> float:
    """How much of a sentence another says in the same order (0 to 1).

    Every exact token has to be among what is said in order: "`b` is the size" is not supported by
    "`a` is the size of `b`".
    """
    words = content_sequence(claim)
    exact = {word for token in exact_tokens(claim) for word in content_sequence(token)}
    blocks = SequenceMatcher(None, content_sequence(text), words, False).get_matching_blocks()
    held = [word for block in blocks for word in words[block.b : block.b + block.size]]
    return len(held) / max(len(words), 1) if exact <= set(held) else 0.0


def repeats(sentence: str, earlier: Sequence[str]) -> bool:
    """Whether a sentence says no more than one that is already in the answer."""
    words = content_words(sentence)
    return any(
        len(words & content_words(other)) >= REPEAT_MIN * len(words) for other in earlier if words
    )
