"""Turns the model's checked sentences into the answer's text, by how far the model is trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from askdocs_server.answers.citation_marks import citation_marks, with_marks
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.quoting.quotes import Quote, quotes_text
from askdocs_server.answers.verification.checker import Checker, Nearness, repeats, unknown_nearness
from askdocs_server.text.markdown import LIST_MARK

UNSUPPORTED_MARK = "*(unverified)*"
REJECTED_IN_A_ROW = 2
"""After this many rejected sentences a small model has left the subject, and it is stopped."""


class Writer(Protocol):
    """Decides what of the model's text is shown. All texts it returns make up the answer."""

    finished: bool

    def lead(self) -> str:
        """What stands before the model's words."""

    async def add(self, sentence: str) -> str:
        """What to show for one sentence of the model; "" to leave it out."""

    def checked(self) -> tuple[Citation, ...]:
        """The citations, each with what the sentences so far say of it."""


class _Verified:
    """Remembers which citations were found to support what cites them."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        self._citations = tuple(citations)
        self._verified: dict[int, bool] = {}

    def note(self, numbers: Sequence[int], supported: bool) -> None:
        for number in numbers:
            self._verified[number] = self._verified.get(number, False) or supported

    def result(self) -> tuple[Citation, ...]:
        return tuple(replace(c, verified=self._verified.get(c.number)) for c in self._citations)


class TrustingWriter:
    """For a large model: everything is shown, and what no passage supports is marked."""

    finished = False

    def __init__(
        self,
        citations: Sequence[Citation],
        nearness: Nearness = unknown_nearness,
        numbers: Mapping[int, int] | None = None,
    ) -> None:
        self._checker = Checker(citations, nearness, numbers)
        self._verified = _Verified(citations)

    def lead(self) -> str:
        """Nothing: a large model's answer stands on its own."""
        return ""

    async def add(self, sentence: str) -> str:
        """The sentence with its citations, or with a mark that it is unsupported."""
        verdict = await self._checker.check(sentence)
        if verdict.supported is None:
            return verdict.text
        self._verified.note(verdict.numbers, verdict.supported)
        marks = citation_marks(verdict.numbers)
        if not verdict.supported:
            marks = f"{marks} {UNSUPPORTED_MARK}".strip()
        return with_marks(verdict.text, marks)

    def checked(self) -> tuple[Citation, ...]:
        """The citations with their verdicts."""
        return self._verified.result()


class QuotingWriter:
    """For a small model: the docs' own sentences lead, and only supported new ones follow."""

    def __init__(
        self,
        citations: Sequence[Citation],
        quotes: Sequence[Quote],
        numbers: Mapping[int, int] | None = None,
    ) -> None:
        self._checker = Checker(citations, numbers=numbers, strict=True)
        self._verified = _Verified(citations)
        self._quotes = quotes
        self._shown = [quote.text for quote in self._quotes]
        self._separator = ""
        self._rejected = 0
        self.finished = False

    def lead(self) -> str:
        """The quotes, each under its citation; "" where nothing speaks to the question."""
        if self._quotes:
            self._verified.note([quote.number for quote in self._quotes], True)
            self._separator = "\n\n"
        return quotes_text(self._quotes)

    async def add(self, sentence: str) -> str:
        """A supported sentence that says something new, else ""."""
        verdict = await self._checker.check(sentence)
        if not verdict.supported or repeats(verdict.text, self._shown):
            self._rejected += 1
            self.finished = self._rejected >= REJECTED_IN_A_ROW
            return ""
        self._rejected = 0
        self._shown.append(verdict.text)
        self._verified.note(verdict.numbers, True)
        is_item = LIST_MARK.match(sentence) is not None
        separator = "\n" if is_item and self._separator == " " else self._separator
        self._separator = " "
        return separator + with_marks(verdict.text.strip(), citation_marks(verdict.numbers))

    def checked(self) -> tuple[Citation, ...]:
        """The citations with their verdicts."""
        return self._verified.result()
