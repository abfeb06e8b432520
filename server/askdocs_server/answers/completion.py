"""What a model writes to a prompt, which is cut where the server finds it too long."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from askdocs_indexer.words.sentences import ends_sentence
from askdocs_server.answers.citation_marks import without_marks
from askdocs_server.answers.prompt import shorter
from askdocs_server.errors import PromptTooLongError
from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import OWN_SAMPLING, Sampling
from askdocs_server.generation.openai_client import Message
from askdocs_server.text.sentence_stream import SentenceBuffer

log = logging.getLogger(__name__)


async def write_sentences(
    generator: Generator,
    messages: Sequence[Message],
    max_tokens: int,
    sampling: Sampling = OWN_SAMPLING,
    *,
    prefill: str = "",
    whole: bool = False,
    on_first_token: Callable[[], None] = lambda: None,
) -> AsyncGenerator[str, None]:
    """Yield what the model writes, sentence by sentence. Raises GenerationError.

    The first sentence starts with `prefill`. With `whole`, a last sentence that `max_tokens`
    cut off is left out. A prompt that the server refuses as too long is sent once more, surely
    short enough.
    """
    buffer = SentenceBuffer()
    buffer.feed(prefill)
    has_written = is_cut = False
    while True:
        try:
            async with aclosing(generator.stream(messages, max_tokens, sampling)) as pieces:
                async for piece in pieces:
                    if not has_written:
                        has_written = True
                        on_first_token()
                    for sentence in buffer.feed(piece):
                        yield sentence
            break
        except PromptTooLongError as error:
            if has_written or is_cut:
                raise
            log.info("The prompt is cut and sent again: %s", error)
            messages = shorter(messages, generator.profile.context_tokens - max_tokens)
            is_cut = True
    for rest in buffer.flush():
        if not whole or ends_sentence(without_marks(rest)):
            yield rest
