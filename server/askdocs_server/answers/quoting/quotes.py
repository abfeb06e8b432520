"""Answers a question with the docs' own words: whole blocks of the passages, best first.

A passage is right more often than any of its sentences, so the blocks of all passages are ranked
together, by how well the search thinks of their passage and by the question's words in them, and
shown as far as a screen goes.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from askdocs_server.answers.citation_marks import citation_marks, escaped_marks
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.quoting.blocks import Group, groups_of
from askdocs_server.answers.quoting.folding import OMITTED, folded
from askdocs_server.answers.quoting.question_words import QuestionWords
from askdocs_server.text.links import Locate, SectionLinks
from askdocs_server.text.sanitize import plain, safe_markdown

LINES = 25
"""About how many lines an answer has; its best group is shown whatever its length."""

_LINE_CHARACTERS = 240
# What the words add to the score of a passage, 0 to 1; docs/quality.md has the figures.
_WORDS = 0.15
_NEIGHBOUR = 0.5
# A group is left out whose score is below this share of the best one's, or that says this much of
# what is shown already.
_LEAST = 0.6
_SAME = 0.85


@dataclass(frozen=True, slots=True)
class Quote:
    """What is shown of a passage, as Markdown, under its headings and its number."""

    breadcrumb: str
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A group of a passage, by its index there, with its blocks folded.

    `terms` are the words in it.
    """

    citation: Citation
    index: int
    group: Group
    score: float
    terms: frozenset[str]

    @property
    def lines(self) -> int:
        """How many lines of a screen it takes, blank ones aside."""
        lines = self.group.text.split("\n")
        return sum(math.ceil(len(line) / _LINE_CHARACTERS) for line in lines)


def best_quotes(
    question: str,
    citations: Sequence[Citation],
    lines: int = LINES,
    locate: Locate | None = None,
) -> list[Quote]:
    """Return what of the passages is shown in answer to a question, the best passage first.

    All together has about so many lines. [] where the passages have no text. Links lead to where
    `locate` says; without it they are paths from the root.
    """
    chosen = _chosen(_candidates(question, citations), lines)
    return [
        Quote(citation.breadcrumb, _markdown(groups, locate), citation.number)
        for citation in dict.fromkeys(candidate.citation for candidate in chosen)
        if (groups := [candidate for candidate in chosen if candidate.citation is citation])
    ]


def quotes_text(quotes: Sequence[Quote]) -> str:
    """Return quotes as Markdown, each under its headings and citation; "" for none."""
    return "\n\n".join(
        f"**{_heading(quote)}** {citation_marks((quote.number,))}\n\n{_as_block(quote.text)}"
        for quote in quotes
    )


def _heading(quote: Quote) -> str:
    # Within a line it begins no quotation.
    return plain(quote.breadcrumb).replace("\\>", ">")


def _as_block(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _candidates(question: str, citations: Sequence[Citation]) -> list[_Candidate]:
    passages = [(citation, groups_of(citation.text, citation.path)) for citation in citations]
    words = QuestionWords(question, [group.text for _, groups in passages for group in groups])
    return [
        _Candidate(
            citation=citation,
            index=index,
            group=replace(group, blocks=tuple(folded(block, words) for block in group.blocks)),
            score=citation.score + _WORDS * share,
            terms=words.terms(group.text),
        )
        for citation, groups in passages
        for index, (group, share) in enumerate(
            zip(groups, _shares(citation, groups, words), strict=True)
        )
    ]


def _shares(citation: Citation, groups: Sequence[Group], words: QuestionWords) -> Iterator[float]:
    """Yield how much of the question's words each group has, with half of its best neighbour's.

    Words that only the title has count half.
    """
    own = [
        (words.share(group.text) + words.share(f"{citation.title}\n{group.text}")) / 2
        for group in groups
    ]
    for before, share, after in zip([0.0, *own], own, [*own[1:], 0.0], strict=False):
        yield share + _NEIGHBOUR * max(before, after)


def _chosen(candidates: Sequence[_Candidate], lines: int) -> list[_Candidate]:
    """Return the candidates that are shown, the best first."""
    ranked = sorted(candidates, key=lambda c: (-c.score, c.citation.number, c.index))
    before = {
        (after.citation.number, after.index): above
        for above, after in pairwise(candidates)
        if after.group.explains and above.citation is after.citation
    }
    chosen: list[_Candidate] = []
    for candidate in ranked:
        if chosen and candidate.score < _LEAST * chosen[0].score:
            break
        # What explains code is shown with it.
        for part in (candidate, before.get((candidate.citation.number, candidate.index))):
            if part is None or not _adds(part, chosen):
                continue
            is_new = all(part.citation is not other.citation for other in chosen)
            needed = part.lines + is_new  # A passage has its title above it.
            if needed <= lines or not chosen:
                chosen.append(part)
                lines -= needed
    return chosen


def _adds(candidate: _Candidate, chosen: Sequence[_Candidate]) -> bool:
    """Whether a candidate says what none of the others does."""
    if not candidate.terms:
        return not chosen
    return not any(
        len(candidate.terms & other.terms) >= _SAME * len(candidate.terms) for other in chosen
    )


def _markdown(candidates: Sequence[_Candidate], locate: Locate | None) -> str:
    """Return groups of one passage in its order, with a mark where others are left out."""
    ordered = sorted(candidates, key=lambda candidate: candidate.index)
    texts = [ordered[0].group.text]
    for above, candidate in pairwise(ordered):
        texts += [OMITTED] if candidate.index > above.index + 1 else []
        texts.append(candidate.group.text)
    markdown, citation = escaped_marks("\n\n".join(texts)), ordered[0].citation
    if locate is None:
        return safe_markdown(markdown, partial(_path_of, citation.path))
    links = SectionLinks(citation.path, citation.links, locate)
    return safe_markdown(links.inserted(markdown), links.address)


def _path_of(page: str, target: str) -> str | None:
    """Return where a link of a page leads, from the project's root; None outside of that."""
    path, hash_mark, fragment = target.partition("#")
    if re.match(r"[A-Za-z][\w+.-]*:|/", path):
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return None if joined.startswith("..") else f"{joined}{hash_mark}{fragment}"
