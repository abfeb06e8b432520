"""A generated summary: what a model says of a symbol, as far as its documentation supports it."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from askdocs_server.answers.completion import complete
from askdocs_server.answers.prompt import summary_messages
from askdocs_server.answers.verification.checker import Checker, repeats
from askdocs_server.generation.base import Generator
from askdocs_server.summaries.subject import Subject
from askdocs_server.text.segments import units
from askdocs_server.text.sentence_stream import SentenceBuffer

log = logging.getLogger(__name__)

PROMPT_VERSION = 1
"""Raise it with every change of the prompt, so that no older summary is shown."""

_MAX_SENTENCES = 2
_MAX_TOKENS = 96


async def summarise(subject: Subject, generator: Generator) -> str:
    """Have a summary written and return what the passage supports of it, "" if nothing.

    A passage of one or two sentences is its own summary. A written summary ends before the first
    sentence that the passage does not support; a summary that only repeats the passage's first
    sentence, which is shown right below it, is dropped. Raises GenerationError.
    """
    if len(units(subject.text)) <= _MAX_SENTENCES:
        return ""
    checker = Checker([subject.passage], strict=generator.profile.small)
    supported: list[str] = []
    async with aclosing(_sentences(subject, generator)) as sentences:
        async for sentence in sentences:
            if not (await checker.check(sentence)).supported:
                log.debug("%s: unsupported: %s", subject.name, sentence)
                break
            supported.append(_capitalised(sentence.strip()))
            if len(supported) == _MAX_SENTENCES:
                break
    return "" if _says_nothing_new(supported, subject.text) else " ".join(supported)


def _says_nothing_new(sentences: Sequence[str], text: str) -> bool:
    first = [unit.text for unit in units(text)[:1]]
    return all(repeats(sentence, first) for sentence in sentences)


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


async def _sentences(subject: Subject, generator: Generator) -> AsyncGenerator[str, None]:
    """Yield the model's whole sentences, without the last if the limit has cut it off."""
    messages = await summary_messages(
        subject.name, subject.passage, generator.profile, _MAX_TOKENS, generator.count_tokens
    )
    # What a small model is made to begin with ("According to…") is not part of the summary.
    buffer = SentenceBuffer()
    async with aclosing(complete(generator, messages, _MAX_TOKENS)) as pieces:
        async for piece in pieces:
            for sentence in buffer.feed(piece):
                yield sentence
    for rest in buffer.flush():
        if rest.rstrip().endswith((".", "!", "?")):
            yield rest
