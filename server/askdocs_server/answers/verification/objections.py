"""Says of a model's sentence that the passage which it cites says otherwise.

That is only ever added to an answer: nothing is left out for it, and where no model judges, or not
in time, nothing is said.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, aclosing
from itertools import pairwise

from askdocs_server.answers.citation_marks import without_marks
from askdocs_server.answers.passages import Citation
from askdocs_server.answers.prefetch import running
from askdocs_server.answers.verification.entailment import Judgement
from askdocs_server.text.sentences import sentences_of
from askdocs_server.text.tokens import content_words

OBJECTION = "*(the passage says otherwise)*"
# What is said to users must be right; a model is sure of much.
_SURE = 0.9
# Text that shares fewer words with a statement is about something else, which models for inference
# often call a contradiction.
_LEAST_SHARED = 3
_LEAST_SHARE = 0.4
# How long the text behind a sentence may wait for its verdict.
_VERDICT_SECONDS = 1.0
# Nothing can be said behind a row of a table, or code.
_UNMARKED = ("|", "```", "~~~")
_NUMBER = re.compile(r"(?<!\\)\[(\d{1,2})\](?!\()")

Judge = Callable[[Sequence[tuple[str, str]]], "Future[list[Judgement]]"]
"""Gets pairs of a passage's words and a statement; judges each, or none."""
Objects = Callable[[str], Coroutine[None, None, bool]]
"""Gets a piece of an answer; says whether what it cites says otherwise."""


async def with_objections(
    pieces: AsyncGenerator[str, None], objects: Objects
) -> AsyncGenerator[str, None]:
    """Yield the pieces of an answer, each objection before the white space that ends its piece.

    A piece is yielded at once and judged meanwhile: its verdict comes with the next one.
    """
    async with aclosing(pieces), AsyncExitStack() as stack:
        verdict: asyncio.Task[bool] | None = None
        space = ""
        async for piece in pieces:
            body = piece.rstrip()
            yield await _remark(verdict) + space + body
            space = piece[len(body) :]
            await stack.aclose()  # The last verdict is given, or was too late.
            verdict = await stack.enter_async_context(running(objects(body)))
        if rest := await _remark(verdict) + space:
            yield rest


async def contradicted(piece: str, citations: Sequence[Citation], judge: Judge) -> bool:
    """Whether a cited passage contradicts a piece of an answer, and no other one supports it."""
    if piece.endswith(_UNMARKED):
        return False
    statement = without_marks(piece).strip()
    cited = {int(number) for number in _NUMBER.findall(piece)}
    pairs = [
        (words, statement)
        for citation in citations
        if citation.number in cited and (words := nearest_words(statement, citation.text))
    ]
    if not pairs:
        return False
    judged = await asyncio.wrap_future(judge(pairs))
    is_denied = any(each.contradiction >= _SURE for each in judged)
    return is_denied and not any(each.entailment > 1 - _SURE for each in judged)


def nearest_words(statement: str, passage: str) -> str:
    """Return the sentence of a passage that a statement is about, or two neighbours; "" for none.

    Two count where they share more words with the statement than the better one alone.
    """
    wanted = content_words(statement)
    sentences = sentences_of(passage)
    spans = [*sentences, *(" ".join(pair) for pair in pairwise(sentences))]
    best = max(spans, key=lambda span: len(wanted & content_words(span)), default="")
    shared = len(wanted & content_words(best))
    return best if shared >= max(_LEAST_SHARED, _LEAST_SHARE * len(wanted)) else ""


async def _remark(verdict: asyncio.Task[bool] | None) -> str:
    """Return the objection where a verdict is one and comes in time; "" otherwise."""
    if verdict is None:
        return ""
    done, _ = await asyncio.wait({verdict}, timeout=_VERDICT_SECONDS)
    return f" {OBJECTION}" if done and _says_so(verdict) else ""


def _says_so(verdict: asyncio.Task[bool]) -> bool:
    return verdict.exception() is None and verdict.result()
