"""Checks an answer's statements against the passages, by the passages' own words.

A statement is supported where the words that it quotes stand in a passage, or where a passage has
its own words or the code in it, and where all its numbers, names and code stand in some passage. No
word overlap and no likeness in meaning tells a true sentence from a false one that has its words;
what is quoted can be looked up. docs/quality.md says how far that carries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from askdocs_server.answers.citation_marks import Mark, take_marks
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.verification.evidence import FoldedText, Span, proves
from askdocs_server.text.markdown import CODE_SPAN, opening_fence, without_list_mark
from askdocs_server.text.tokens import all_tokens, content_words, exact_tokens

_CODE_SPAN = re.compile(CODE_SPAN)

REPEAT_MIN = 0.85
"""The share of content words at which a sentence only repeats an earlier one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of a passage that a statement rests on, as they stand there."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one sentence.

    `supported` is None for a sentence that states nothing ("Here is an example:"). `numbers` are
    the citations it rests on, or else those it names. `text` is the sentence without marks.
    """

    text: str
    supported: bool | None = None
    numbers: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Checker:
    """Checks sentences against the citations of one answer.

    `numbers` says which citation a number in a sentence means, where that is not its own.
    """

    def __init__(
        self, citations: Sequence[Citation], numbers: Mapping[int, int] | None = None
    ) -> None:
        self._passages = {citation.number: FoldedText(citation.text) for citation in citations}
        self._numbers = numbers or {number: number for number in self._passages}
        self._known = frozenset[str]().union(
            *(all_tokens(f"{citation.breadcrumb} {citation.text}") for citation in citations)
        )

    def check(self, sentence: str) -> Verdict:
        """Check one sentence. Citation marks are taken out of the text."""
        text, marks = take_marks(sentence, self._numbers)
        statement = _statement(text)
        evidence = tuple(dict.fromkeys(each for mark in marks for each in self._quoted(mark)))
        if not evidence:
            if not _states(statement) and not any(mark.words for mark in marks):
                return Verdict(text)
            evidence = self._own(statement, [mark.number for mark in marks])
        if evidence and self._knows_all(statement):
            return Verdict(text, True, tuple(dict.fromkeys(e.number for e in evidence)), evidence)
        cited = tuple(dict.fromkeys(mark.number for mark in marks if mark.number is not None))
        return Verdict(text, False, cited)

    def _quoted(self, mark: Mark) -> tuple[Evidence, ...]:
        """Return the words that a mark quotes, as they stand in the passage that it names.

        Where they stand only in one other passage, the number is wrong and is corrected.
        """
        if not proves(mark.words):
            return ()
        named = self._evidence(mark.number, mark.words) if mark.number is not None else ()
        if named:
            return named
        others = [self._evidence(number, mark.words) for number in self._passages]
        holding = [evidence for evidence in others if evidence]
        return holding[0] if len(holding) == 1 else ()

    def _own(self, statement: str, cited: Sequence[int | None]) -> tuple[Evidence, ...]:
        """Return where a passage has a statement, or the longest code in it, word for word.

        The passages that are cited come first.
        """
        code = sorted(_code(statement), key=len, reverse=True)
        numbers = sorted(self._passages, key=lambda number: (number not in cited, number))
        each = (self._evidence(number, words) for words in (statement, *code) for number in numbers)
        return next(filter(None, each), ())

    def _knows_all(self, statement: str) -> bool:
        """Whether the passages have each number, name and piece of code of a statement."""
        return exact_tokens(statement) <= self._known and all(
            any(passage.find(code) for passage in self._passages.values())
            for code in _code(statement)
        )

    def _evidence(self, number: int, words: str) -> tuple[Evidence, ...]:
        passage = self._passages[number]
        spans: Sequence[Span] = passage.find_parts(words)
        return tuple(Evidence(number, passage.text[span.start : span.end]) for span in spans)


def repeats(sentence: str, earlier: Sequence[str]) -> bool:
    """Whether a sentence says no more than one that is already in the answer."""
    words = content_words(sentence)
    return any(
        len(words & content_words(other)) >= REPEAT_MIN * len(words) for other in earlier if words
    )


def _statement(text: str) -> str:
    """Return what a sentence states: without the mark of a list, or the fences of code."""
    body = text.strip()
    if opening_fence(body.partition("\n")[0]) is None:
        return without_list_mark(body)
    return body.partition("\n")[2].rstrip("`~ \n")


def _code(statement: str) -> list[str]:
    """Return the calls, commands and assignments in a sentence: code of more than a name."""
    spans = (span["code"] for span in _CODE_SPAN.finditer(statement))
    return [code for code in spans if proves(code)]


def _states(statement: str) -> bool:
    """Whether there is something to check: neither a heading, nor what announces something."""
    return (
        proves(statement) and not statement.startswith("#") and not statement.endswith((":", "："))
    )
