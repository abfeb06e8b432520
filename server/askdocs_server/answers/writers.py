"""Turns the model's checked sentences into the answer's text, by how far the model is trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from askdocs_server.answers.citation_marks import citation_marks, with_marks
from askdocs_server.answers.passages import Citation, QuotedWords
from askdocs_server.answers.quoting.quotes import Quote
from askdocs_server.answers.verification.checker import Checker, Verdict, repeats
from askdocs_server.text.markdown import LIST_MARK

UNSUPPORTED_MARK = "*(unverified)*"
REJECTED_IN_A_ROW = 2
"""After this many rejected sentences a small model has left the subject, and it is stopped."""


class Writer(Protocol):
    """Decides what of the model's text is shown. All texts it returns make up the answer."""

    finished: bool

    def add(self, sentence: str) -> str:
        """What to show for one sentence of the model; "" to leave it out."""

    def checked(self) -> tuple[Citation, ...]:
        """The citations, each with what the sentences so far say of it."""


class _Verified:
    """Remembers which citations hold the words of what cites them, and these words."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        self._citations = tuple(citations)
        self._verified: dict[int, bool] = {}
        self._words: dict[int, dict[str, None]] = {}

    def note(self, numbers: Sequence[int], supported: bool) -> None:
        for number in numbers:
            self._verified[number] = self._verified.get(number, False) or supported

    def note_verdict(self, verdict: Verdict) -> None:
        self.note(verdict.numbers, bool(verdict.supported))
        for evidence in verdict.evidence:
            self._words.setdefault(evidence.number, {})[evidence.words] = None

    def result(self) -> tuple[Citation, ...]:
        return tuple(
            replace(c, verified=self._verified.get(c.number), quotes=self._quotes(c))
            for c in self._citations
        )

    def _quotes(self, citation: Citation) -> tuple[QuotedWords, ...]:
        return tuple(
            QuotedWords(words, citation.start_line, citation.end_line)
            for words in self._words.get(citation.number, ())
        )


class TrustingWriter:
    """For a large model: all is shown, what rests on no words of a passage marked as its own."""

    finished = False

    def __init__(
        self, citations: Sequence[Citation], numbers: Mapping[int, int] | None = None
    ) -> None:
        self._checker = Checker(citations, numbers)
        self._verified = _Verified(citations)

    def add(self, sentence: str) -> str:
        """The sentence with its citations, or with a mark that it is unsupported."""
        verdict = self._checker.check(sentence)
        if verdict.supported is None:
            return verdict.text
        self._verified.note_verdict(verdict)
        marks = citation_marks(verdict.numbers)
        if not verdict.supported:
            marks = f"{marks} {UNSUPPORTED_MARK}".strip()
        return with_marks(verdict.text, marks)

    def checked(self) -> tuple[Citation, ...]:
        """The citations with their verdicts."""
        return self._verified.result()


class QuotingWriter:
    """For a small model: below the quotes stand only sentences that stand in a passage as well.

    What the model was made to begin with, `prefill`, is no part of what it says.
    """

    def __init__(
        self,
        citations: Sequence[Citation],
        quotes: Sequence[Quote],
        numbers: Mapping[int, int] | None = None,
        prefill: str = "",
    ) -> None:
        self._checker = Checker(citations, numbers)
        self._prefill = prefill
        self._verified = _Verified(citations)
        self._verified.note([quote.number for quote in quotes], True)
        self._shown = [quote.text for quote in quotes]
        self._separator = "\n\n"
        self._rejected = 0
        self.finished = False

    def add(self, sentence: str) -> str:
        """A supported sentence that says something new, else ""."""
        verdict = self._checker.check(self._without_prefill(sentence))
        if not verdict.supported or repeats(verdict.text, self._shown):
            self._rejected += 1
            self.finished = self._rejected >= REJECTED_IN_A_ROW
            return ""
        self._rejected = 0
        self._shown.append(verdict.text)
        self._verified.note_verdict(verdict)
        is_item = LIST_MARK.match(sentence) is not None
        separator = "\n" if is_item and self._separator == " " else self._separator
        self._separator = " "
        return separator + with_marks(verdict.text.strip(), citation_marks(verdict.numbers))

    def checked(self) -> tuple[Citation, ...]:
        """The citations with their verdicts."""
        return self._verified.result()

    def _without_prefill(self, sentence: str) -> str:
        rest = sentence.lstrip().removeprefix(self._prefill).lstrip()
        return sentence if len(rest) == len(sentence.lstrip()) else rest[:1].upper() + rest[1:]
