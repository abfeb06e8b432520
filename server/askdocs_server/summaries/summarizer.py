"""A generated summary: what a model says of a symbol, as far as its documentation supports it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import aclosing

from askdocs_server.answers.completion import write_sentences
from askdocs_server.answers.prompt import summary_messages
from askdocs_server.answers.verification.checker import Checker, repeats
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.summaries.subject import Subject
from askdocs_server.text.sentences import sentences_of

log = logging.getLogger(__name__)

PROMPT_VERSION = 2
"""Raise it with every change of the prompt, so that no older summary is shown."""

_MAX_SENTENCES = 2
_MAX_TOKENS = 96


async def summarise(
    subject: Subject, generator: Generator, sampling: Sampling = OWN_SAMPLING
) -> str:
    """Have a summary written and return what the passage supports of it, "" if nothing.

    A passage of one or two sentences is its own summary, and a small model writes none. A written
    summary ends before the first sentence whose words do not stand in the passage; a summary that
    only repeats the passage's first sentence, which is shown right below it, is dropped. Raises
    GenerationError.
    """
    profile = generator.profile
    if profile.small or len(sentences_of(subject.text)) <= _MAX_SENTENCES:
        return ""
    messages = await summary_messages(
        subject.name, subject.passage, profile, _MAX_TOKENS, generator.count_tokens
    )
    written = write_sentences(generator, messages, _MAX_TOKENS, sampling, whole=True)
    checker = Checker([subject.passage])
    supported: list[str] = []
    async with aclosing(written) as sentences:
        async for sentence in sentences:
            verdict = checker.check(sentence)
            if not verdict.supported:
                log.debug("%s: unsupported: %s", subject.name, sentence)
                break
            supported.append(_capitalised(verdict.text.strip()))
            if len(supported) == _MAX_SENTENCES:
                break
    return "" if _says_nothing_new(supported, subject.text) else " ".join(supported)


def _says_nothing_new(sentences: Sequence[str], text: str) -> bool:
    first = sentences_of(text)[:1]
    return all(repeats(sentence, first) for sentence in sentences)


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
