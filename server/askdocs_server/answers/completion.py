"""What a model writes to a prompt, which is cut where the server finds it too long."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from askdocs_server.answers.prompt import shorter
from askdocs_server.errors import PromptTooLongError
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.generation.openai_client import Message

log = logging.getLogger(__name__)


async def complete(
    generator: Generator,
    messages: Sequence[Message],
    max_tokens: int,
    sampling: Sampling = OWN_SAMPLING,
) -> AsyncGenerator[str, None]:
    """Yield what the model writes, piece by piece. Raises GenerationError.

    A prompt that the server refuses as too long is sent once more, surely short enough.
    """
    written = False
    try:
        async with aclosing(generator.stream(messages, max_tokens, sampling)) as pieces:
            async for piece in pieces:
                written = True
                yield piece
    except PromptTooLongError as error:
        if written:
            raise
        log.info("The prompt is cut and sent again: %s", error)
    else:
        return
    messages = shorter(messages, generator.profile.context_tokens - max_tokens)
    async with aclosing(generator.stream(messages, max_tokens, sampling)) as pieces:
        async for piece in pieces:
            yield piece
