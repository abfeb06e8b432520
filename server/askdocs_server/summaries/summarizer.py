"""One generated summary: what a model says of a symbol, as far as its documentation supports it."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from askdocs_server.answers.completion import complete
from askdocs_server.answers.prompt import summary_messages
from askdocs_server.answers.verification.checker import Checker, repeats
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.summaries.subject import Subject
from askdocs_server.text.segments import units
from askdocs_server.text.sentence_stream import SentenceBuffer

log = logging.getLogger(__name__)

PROMPT_VERSION = 1
"""To be raised with every change of what is asked, so that no older summary is shown."""

_MAX_SENTENCES = 2
_MAX_TOKENS = 96


async def summarise(
    subject: Subject, generator: Generator, sampling: Sampling = OWN_SAMPLING
) -> str:
    """Have a summary written and return what the passage supports of it, "" for nothing.

    A passage of one sentence or two is its own summary. A written one ends before the first
    sentence that the passage does not support; one that only repeats the passage's first sentence,
    which stands right below it, is none. Raises GenerationError.
    """
    if len(units(subject.text)) <= _MAX_SENTENCES:
        return ""
    checker = Checker([subject.passage], strict=generator.profile.small)
    kept: list[str] = []
    async with aclosing(_sentences(subject, generator, sampling)) as sentences:
        async for sentence in sentences:
            if not (await checker.check(sentence)).supported:
                log.debug("%s: unsupported: %s", subject.name, sentence)
                break
            kept.append(_capitalised(sentence.strip()))
            if len(kept) == _MAX_SENTENCES:
                break
    return "" if _says_nothing_new(kept, subject.text) else " ".join(kept)


def _says_nothing_new(kept: Sequence[str], text: str) -> bool:
    first = [unit.text for unit in units(text)[:1]]
    return all(repeats(sentence, first) for sentence in kept)


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


async def _sentences(
    subject: Subject, generator: Generator, sampling: Sampling
) -> AsyncGenerator[str, None]:
    """Yield the model's whole sentences; one that was cut off by the limit is left out."""
    messages = await summary_messages(
        subject.name, subject.passage, generator.profile, _MAX_TOKENS, generator.count_tokens
    )
    # What a small model is made to begin with ("According to…") is no part of the summary.
    buffer = SentenceBuffer()
    async with aclosing(complete(generator, messages, _MAX_TOKENS, sampling)) as pieces:
        async for piece in pieces:
            for sentence in buffer.feed(piece):
                yield sentence
    for rest in buffer.flush():
        if rest.rstrip().endswith((".", "!", "?")):
            yield rest
