"""Public documentation with questions, and how well hits answer them."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from askdocs_indexer.ingest.formats import is_page

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a page, 1-based and inclusive."""

    path: str
    start_line: int
    end_line: int

    def overlaps(self, other: Span) -> bool:
        return (
            self.path == other.path
            and self.start_line <= other.end_line
            and other.start_line <= self.end_line
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the lines that answer it."""

    text: str
    relevant: tuple[Span, ...]

    def rank(self, hits: Sequence[Span]) -> int:
        """Return the rank of the first hit that shares a line with an answer, 0 for none."""
        ranks = (
            rank
            for rank, hit in enumerate(hits[:DEPTH], start=1)
            if any(hit.overlaps(span) for span in self.relevant)
        )
        return next(ranks, 0)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The pages of a folder that are used, as paths relative to it, and the questions."""

    folder: Path
    pages: tuple[str, ...]
    questions: tuple[Question, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    def lay_out(self, root: Path, suffix: str = "") -> None:
        """Copy the pages to a root, with a suffix to their names."""
        for page in self.pages:
            target = root / f"{page}{suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / page, target)


def load_corpus(folder: Path, questions: Path, files: int = 0) -> Corpus:
    """Read a corpus; with `files`, so many of its pages: those that answer, and others by chance.

    `questions` has JSON lines with {"question", "relevant": [{"path", "start_line", "end_line"}]}.
    Raises ValueError where no page answers any question.
    """
    asked = [_question(json.loads(line)) for line in questions.read_text("utf-8").splitlines()]
    pages = sorted(
        path
        for file in folder.rglob("*")
        if file.is_file() and is_page(path := file.relative_to(folder).as_posix())
    )
    answering = {span.path for question in asked for span in question.relevant}
    if files:
        pages.sort(key=lambda page: (page not in answering, hashlib.sha256(page.encode()).digest()))
        pages = sorted(pages[:files])
    used = {*pages}
    answerable = [
        question
        for question in asked
        if question.relevant and all(span.path in used for span in question.relevant)
    ]
    if not answerable:
        raise ValueError(f"None of the pages in {folder} answers a question of {questions}.")
    return Corpus(folder, tuple(pages), tuple(answerable))


def _question(row: Mapping[str, Any]) -> Question:
    spans = (Span(line["path"], line["start_line"], line["end_line"]) for line in row["relevant"])
    return Question(row["question"], tuple(spans))


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How often the first hit answers, one of the first five, and the mean of 1/rank.

    `lines` is how long the first hit is: a long one overlaps an answer more easily.
    """

    recall_1: float
    recall_5: float
    mrr: float
    lines: float


def score(questions: Sequence[Question], hits: Sequence[Sequence[Span]]) -> Retrieval:
    """Score the hits of each question."""
    ranks = [question.rank(row) for question, row in zip(questions, hits, strict=True)]
    lengths = [row[0].end_line - row[0].start_line + 1 for row in hits if row]
    count = len(ranks)
    return Retrieval(
        sum(rank == 1 for rank in ranks) / count,
        sum(0 < rank <= 5 for rank in ranks) / count,
        sum(1 / rank for rank in ranks if rank) / count,
        sum(lengths) / max(1, len(lengths)),
    )
