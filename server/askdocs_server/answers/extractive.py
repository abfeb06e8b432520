"""Picks what answers a question in the docs: runs of neighbouring sentences, rows and code.

A sentence alone is seldom an answer, so the best one brings its neighbours along: the rest of its
paragraph, the items or rows around it, and where the question asks how, the code that it announces.
All functions are pure; how near a text is to the question comes from the embedding model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from askdocs_server.answers.citation_marks import citation_marks, escaped_marks
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.verification.checker import repeats
from askdocs_server.text.sanitize import plain, safe_markdown
from askdocs_server.text.segments import Unit, pieces
from askdocs_server.text.tokens import content_words

QUOTE_CHARACTERS = 900
SECOND_QUOTE_CHARACTERS = 300
CODE_LINES = 16

QUOTE_MIN = 0.2
"""How well a passage's best unit must fit the question (0 to 1) to be quoted at all."""

FIRST_MIN = 0.5
"""A passage leads if its best unit fits this well, beside the best unit of all: the order of the
search is right more often than a sentence alone can tell, unless none of a passage's fits."""

SECOND_MIN = 0.9
"""The same for a second passage to be quoted as well."""

NEIGHBOUR_MIN = 0.5
"""How well a neighbouring paragraph must fit, beside the quoted unit, to be quoted with it."""

EMBEDDED_UNITS = 16
"""The most units that are compared by meaning, those that share most words first. The model reads
its prompt meanwhile, on the same cores; more of them hardly ever change what is quoted."""

_CONTEXT_WEIGHT = 0.5
_POOR = 0.3

_HOW = re.compile(
    r"\bhow\b(?!\s+(?:many|much|long|often|does|is|are|fast|big))|\b(?:example|snippet|syntax|code|"
    r"command|can i|write|call)\b",
    re.IGNORECASE,
)
_OUTPUT = re.compile(r"\b(?:output|outputs|prints|as shown|result is|returns)\b", re.IGNORECASE)
_POINTER = re.compile(
    r"^\W*(?:(?:for (?:more|further|additional|details|the full)|to learn|learn (?:more|how)|see\b|"
    r"refer to|read more|also see)|this (?:topic|page|guide|section|article|chapter|document|"
    r"tutorial|example) (?:describes|explains|provides|introduces|discusses|shows|lists|covers|"
    r"demonstrates|walks|aims)|\*\*(?:added|changed|deprecated|removed|new) in|"
    r"added (?:the|support))",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_OWN_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?://)[^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of a passage that speaks to the question, as Markdown, under its title and number."""

    title: str
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A unit by its index in a passage's pieces; `fit` says how well it fits the question."""

    citation: Citation
    pieces: Sequence[Unit]
    index: int
    fit: float

    @property
    def unit(self) -> Unit:
        return self.pieces[self.index]


def worth_comparing(question: str, citations: Sequence[Citation]) -> list[str]:
    """Return the units' texts whose nearness to the question `best_quotes` should be told."""
    asked = _Question(question)
    candidates = [candidate for citation in citations for candidate in _candidates(asked, citation)]
    candidates.sort(key=lambda candidate: (-candidate.fit, candidate.citation.number))
    texts = dict.fromkeys(candidate.unit.text for candidate in candidates)
    return list(texts)[:EMBEDDED_UNITS]


def best_quotes(
    question: str, citations: Sequence[Citation], nearness: Mapping[str, float] | None = None
) -> list[Quote]:
    """Return one or two quotes that answer the question best, the best first; [] if none does.

    `nearness` says how near units' texts are to the question (1 for the same), where it is known.
    """
    asked = _Question(question, nearness or {})
    by_citation = [_candidates(asked, citation) for citation in citations]
    best = [
        max(candidates, key=lambda candidate: (candidate.fit, -candidate.index))
        for candidates in by_citation
        if candidates
    ]
    top = max((candidate.fit for candidate in best), default=0.0)
    least = max(QUOTE_MIN, FIRST_MIN * top)
    fitting = [candidate for candidate in best if candidate.fit >= least]
    if not fitting:
        return []
    first, *others = fitting
    quotes = [_quote(asked, first, QUOTE_CHARACTERS)]
    for second in others:
        if second.fit >= SECOND_MIN * top and not repeats(second.unit.text, [quotes[0].text]):
            return [*quotes, _quote(asked, second, SECOND_QUOTE_CHARACTERS)]
    return quotes


def quotes_text(quotes: Sequence[Quote]) -> str:
    """Return quotes as Markdown, each under its title and citation; "" for none."""
    return "\n\n".join(
        f"**{plain(quote.title)}** {citation_marks((quote.number,))}\n\n{_as_block(quote.text)}"
        for quote in quotes
    )


def _as_block(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


class _Question:
    """What pieces are compared with."""

    def __init__(self, text: str, nearness: Mapping[str, float] | None = None) -> None:
        self._words = content_words(text)
        self._nearness = nearness or {}
        self.asks_how = _HOW.search(text) is not None

    def fit(self, title: str, unit: Unit) -> float:
        """Return the mean of a unit's nearness and of the share of the question's words in it.

        Words of the title and of a table's header count half. Words alone count where the nearness
        is not known.
        """
        words = content_words(unit.text)
        around = content_words(f"{title} {unit.header}") - words
        held = len(self._words & words) + _CONTEXT_WEIGHT * len(self._words & around)
        share = held / max(len(self._words), 1)
        near = self._nearness.get(unit.text)
        fit = share if near is None else (share + max(near, 0.0)) / 2
        return fit * _POOR if _POINTER.match(unit.text) else fit


def _candidates(asked: _Question, citation: Citation) -> list[_Candidate]:
    """Return the units that can be quoted; where the question asks how, also what leads to code."""
    parts = pieces(citation.text)
    return [
        _Candidate(citation, parts, index, asked.fit(citation.title, unit))
        for index, (unit, after) in enumerate(zip(parts, [*parts[1:], None], strict=True))
        if _can_be_quoted(unit, after, asked.asks_how) and _says_something(unit.text)
    ]


def _can_be_quoted(unit: Unit, after: Unit | None, asks_how: bool) -> bool:
    if unit.kind == "label":
        return asks_how and after is not None and after.kind == "code"
    return unit.kind != "code"


def _says_something(text: str) -> bool:
    """Whether there are words beside images and links."""
    return bool(content_words(_LINK.sub("", _IMAGE.sub("", text))))


def _quote(asked: _Question, candidate: _Candidate, characters: int) -> Quote:
    """Return a unit with the neighbours that belong to it, up to about `characters` of text."""
    first, last = _run(asked, candidate, characters)
    code = _code_behind(candidate.pieces, last) if asked.asks_how else []
    chosen = [*candidate.pieces[first : last + 1], *code]
    announcing = zip(chosen, [*chosen[1:], None], strict=True)
    shown = [unit for unit, after in announcing if unit.kind != "label" or _is_announced(after)]
    return Quote(candidate.citation.title, _markdown(shown), candidate.citation.number)


def _run(asked: _Question, candidate: _Candidate, characters: int) -> tuple[int, int]:
    """Return the indices of the first and the last piece: its own paragraph's before others."""
    parts, first, last = candidate.pieces, candidate.index, candidate.index

    def joins(index: int, *, own: bool) -> bool:
        return (
            0 <= index < len(parts)
            and sum(len(unit.text) for unit in (*parts[first : last + 1], parts[index]))
            <= characters
            and (not own or parts[index].paragraph == candidate.unit.paragraph)
            and _belongs(asked, candidate, index, parts[last if index > last else first].paragraph)
        )

    while True:
        if joins(last + 1, own=True):
            last += 1
        elif joins(first - 1, own=True):
            first -= 1
        elif joins(last + 1, own=False):
            last += 1
        elif joins(first - 1, own=False):
            first -= 1
        else:
            break
    # No other paragraph is begun in its middle.
    while parts[first].paragraph != candidate.unit.paragraph and _goes_on(parts, first):
        first += 1
    return first, last


def _goes_on(parts: Sequence[Unit], index: int) -> bool:
    same = index > 0 and parts[index - 1].paragraph == parts[index].paragraph
    return same and parts[index].kind != "row"


def _is_announced(unit: Unit | None) -> bool:
    return unit is not None and unit.kind in ("item", "row", "code")


def _belongs(asked: _Question, candidate: _Candidate, index: int, beside: int) -> bool:
    """Whether a piece is quoted with its neighbours: it fits, or is of the paragraph beside it."""
    unit = candidate.pieces[index]
    if unit.kind == "label":
        return True
    if unit.kind == "code" or _POINTER.match(unit.text) or not _says_something(unit.text):
        return False
    fits = asked.fit(candidate.citation.title, unit) >= NEIGHBOUR_MIN * candidate.fit
    return fits or (unit.kind != "row" and unit.paragraph == beside)


def _code_behind(parts: Sequence[Unit], last: int) -> list[Unit]:
    """Return the code block that follows a run, with what announces it; [] for none."""
    behind = list(parts[last + 1 : last + 3])
    labels = [unit for unit in behind[:1] if unit.kind == "label"]
    code = [unit for unit in behind[len(labels) :][:1] if unit.kind == "code"]
    announced = parts[last].text + "".join(unit.text for unit in labels)
    return [*labels, *code] if code and not _OUTPUT.search(announced) else []


def _markdown(chosen: Sequence[Unit]) -> str:
    is_list = len(chosen) > 1
    text = ""
    for before, unit in zip([None, *chosen], chosen, strict=False):
        text += _separator(before, unit)
        if unit.kind == "code":
            text += _shortened(unit.text)
        else:
            mark = "- " if is_list and unit.kind in ("item", "row") else ""
            text += mark + escaped_marks(_OWN_LINK.sub(r"\1", unit.text))
    return safe_markdown(text)


def _separator(before: Unit | None, unit: Unit) -> str:
    if before is None:
        return ""
    if before.paragraph == unit.paragraph and unit.kind in ("sentence", "label"):
        return " "
    return "\n" if {before.kind, unit.kind} <= {"item", "row"} else "\n\n"


def _shortened(code: str) -> str:
    lines = code.split("\n")
    if len(lines) <= CODE_LINES + 2:
        return code
    return "\n".join([*lines[: CODE_LINES + 1], "…", lines[-1]])
