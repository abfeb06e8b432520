"""What is searched for a question, and how relevant what was found is to it.

A question that stands alone is searched for, and judged, alone: code that happens to be selected,
or the talk before it, would lend its own relevance to a question that the docs do not answer. A
question that leans on them ("What does this do?", "And how do I turn it off?") is nothing without
them. docs/quality.md has the figures of both.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from askdocs_indexer.types import Passages
from askdocs_server.answers.turn import Turn
from askdocs_server.text.tokens import content_words

SEARCH_LIMIT_SECONDS = 60.0

_MIN_HITS_TO_REPLACE = 3
_BARE_WORDS = 1
_POINTING_WORDS = 3
_SELECTION_CHARACTERS = 200
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|that|this|these|those|one|ones|same|instead|else|here)\b",
    re.IGNORECASE,
)
_GOING_ON = re.compile(r"(?:and|but|or|so|what about|how about)\b", re.IGNORECASE)

Search = Callable[[str, int], Awaitable[Passages]]
"""Gets a query and a limit; returns the passages best first."""


@dataclass(frozen=True, slots=True)
class AskRequest:
    """A question with the code selected in the editor and the turns before it, oldest first."""

    question: str
    selection: str = ""
    history: tuple[Turn, ...] = ()


async def retrieve(
    search: Search, request: AskRequest, limit: int, depth: int | None = None
) -> Passages:
    """Return what was found for a question, with its relevance. Raises TimeoutError.

    `limit` hits are going to be used; with a greater `depth`, those after them come too.
    """
    try:
        async with asyncio.timeout(SEARCH_LIMIT_SECONDS):
            return await _retrieve(search, request, limit, max(limit, depth or 0))
    except TimeoutError:
        raise TimeoutError(
            f"The search took over {SEARCH_LIMIT_SECONDS:.0f} s. Ask again when the machine "
            "is less busy, for example after indexing."
        ) from None


def retrieval_query(request: AskRequest) -> str:
    """Return what to search for: the question with what it leans on and the selected code."""
    parts = [request.question.strip()]
    selection = request.selection.strip()
    if request.history and leans(request):
        parts.insert(0, request.history[-1].question.strip())
    if selection:
        parts.append(selection[:_SELECTION_CHARACTERS])
    return "\n".join(parts)


def leans(request: AskRequest) -> bool:
    """Whether the question says little without the selected code or the question before it."""
    if not request.selection.strip() and not request.history:
        return False
    question = request.question.strip()
    words = len(content_words(question))
    points = words <= _POINTING_WORDS and _POINTING.search(question) is not None
    return points or words <= _BARE_WORDS or _GOING_ON.match(question) is not None


async def _retrieve(search: Search, request: AskRequest, limit: int, depth: int) -> Passages:
    question, query = request.question.strip(), retrieval_query(request)
    if query == question:
        return await search(query, depth)
    if not leans(request):
        alone, joined = await asyncio.gather(search(question, depth), search(query, depth))
        return _with_others(alone, joined, limit)
    passages = await search(query, depth)
    if request.history and not request.selection.strip():
        # It is about what the last question was about, however little its own words say.
        before = await search(request.history[-1].question.strip(), depth)
        passages = replace(passages, relevance=max(passages.relevance, before.relevance))
    return passages


def _with_others(alone: Passages, joined: Passages, limit: int) -> Passages:
    """Return what the question found, the last of `limit` hits replaced by the best that the code
    adds."""
    used = alone.hits[:limit]
    known = {hit.chunk.id for hit in used}
    new = next((hit for hit in joined.hits if hit.chunk.id not in known), None)
    if new is None or len(used) < _MIN_HITS_TO_REPLACE:
        return alone
    *first, last = used
    after = (hit for hit in alone.hits[limit:] if hit.chunk.id != new.chunk.id)
    new = replace(new, score=min(new.score, last.score))
    return Passages((*first, new, *after), alone.relevance)
