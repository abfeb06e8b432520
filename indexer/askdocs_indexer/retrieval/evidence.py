"""What speaks for a candidate: its own words and meaning, its page's, and what kind of text it is.

Chunks vote for their page: one of a page that speaks of the question throughout is more likely its
answer than a stray sentence elsewhere (as in passage-based document retrieval; Callan, "Passage-
Level Evidence in Document Retrieval", 1994).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from askdocs_indexer.grammars import is_source
from askdocs_indexer.retrieval.candidates import Candidates
from askdocs_indexer.types import Chunk
from askdocs_indexer.words.terms import query_terms

Column = NDArray[np.float64]

# So many of a page's chunks vote for it.
_VOTES = 3
# A text of fewer characters, often a comment on a single member, says little.
_BRIEF = 150

_QUESTION = re.compile(
    r"[?？؟]\W*$|^\s*(?:what|why|how|when|where|which|who|whose|is|are|was|were|do|does|did|can|could"
    r"|should|would|will|must|may|has|have)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWERS = re.compile(
    r"(?<![a-z])(?:faqs?|frequently[\W_]asked|questions[\W_]+(?:and|&)[\W_]+answers|q\s?&\s?a)(?![a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against each of some candidates: arrays of shape (candidates,), 0 to 1.

    - `meaning`: the cosine, counted from that of unrelated texts on;
    - `words`: the BM25 score, as a share of the best candidate's;
    - `page_meaning`: the mean of `meaning` over the best three candidates of its page;
    - `page_words`: how much of the query's words the candidates of its page hold together;
    - `in_source`: it is a comment in a source file;
    - `is_brief`: it has a line or two of text;
    - `is_introduction`: it stands under its page's title, and announces what the sections say;
    - `is_answer`: the query is a question, and its authors wrote it as the answer to one: it is on
      a page, or under a heading, of questions and answers.
    """

    meaning: Column
    words: Column
    page_meaning: Column
    page_words: Column
    in_source: Column
    is_brief: Column
    is_introduction: Column
    is_answer: Column


def evidence_for(query: str, candidates: Candidates, unrelated: float) -> Evidence:
    """Return the evidence for each candidate; `unrelated` is the cosine of unrelated texts."""
    chunks = candidates.chunks
    asked = {terms[0] for terms in query_terms(query)} if _QUESTION.search(query) else set()
    meaning = np.zeros(len(chunks))
    if candidates.cosines is not None:
        meaning = np.clip((candidates.cosines - unrelated) / (1 - unrelated), 0.0, 1.0)
    words = candidates.word_scores.sum(axis=1)
    best = max(words, default=0.0)
    return Evidence(
        meaning=meaning,
        words=words / best if best else words,
        page_meaning=_by_page(
            chunks, lambda rows: float(np.sort(meaning[rows])[-_VOTES:].sum()) / _VOTES
        ),
        page_words=_by_page(chunks, lambda rows: held(candidates, rows)),
        in_source=_column(is_source(chunk.path) for chunk in chunks),
        is_brief=_column(len(chunk.text) < _BRIEF for chunk in chunks),
        is_introduction=_column(len(chunk.heading_path) == 1 for chunk in chunks),
        is_answer=_column(_answers(chunk, asked) if asked else 0.0 for chunk in chunks),
    )


def held(candidates: Candidates, rows: Sequence[int]) -> float:
    """Return how much of the query's words some candidates hold together, 0 to 1; rare words count
    for more."""
    total = candidates.rarities.sum()
    is_held = (candidates.word_scores[list(rows)] > 0).any(axis=0)
    return float(candidates.rarities[is_held].sum() / total) if total else 0.0


def _by_page(chunks: Sequence[Chunk], value: Callable[[list[int]], float]) -> Column:
    """Return for each chunk the value of the rows of its page's chunks."""
    rows = defaultdict[str, list[int]](list)
    for row, chunk in enumerate(chunks):
        rows[chunk.path].append(row)
    values = {path: value(of_page) for path, of_page in rows.items()}
    return _column(values[chunk.path] for chunk in chunks)


def _column(values: Iterable[float]) -> Column:
    return np.array([*values], dtype=np.float64)


def _answers(chunk: Chunk, asked: Collection[str]) -> float:
    """Return whether a chunk is an answer, 0 to 1, to a question of these terms.

    One whose heading or first line is a question itself answers that: as much as the two share.
    """
    if not _ANSWERS.search("\n".join((chunk.path, *chunk.heading_path))):
        return 0.0
    first_line = chunk.text.lstrip().partition("\n")[0]
    own = next(filter(_QUESTION.search, (chunk.title, first_line)), "")
    words = {terms[0] for terms in query_terms(own)}
    return len(words.intersection(asked)) / len(words) if words else 1.0
