"""What a model writes as a list: one short text on each line."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing

from askdocs_server.generation.base import Generator
from askdocs_server.generation.models import Sampling
from askdocs_server.generation.openai_client import Message

# A line that is longer is an explanation, not an item.
_MAX_WORDS = 30
_MAX_CHARACTERS = 200
_MARK = re.compile(
    r"^(?:[-•>]|\(?\d{1,2}[.):]|(?:search )?(?:query|question)(?: \d+)?:)\s*", re.IGNORECASE
)
_QUOTES = "\"'`“”„«»* "

# The same prompt has the same list.
_SAMPLING = Sampling(temperature=0.0, top_p=1.0)


async def written_lines(
    generator: Generator,
    messages: Sequence[Message],
    most: int,
    max_tokens: int,
    known: Iterable[str] = (),
) -> AsyncGenerator[str, None]:
    """Yield the items that a model writes, up to `most` and each as soon as its line ends.

    Repeated items, those that are `known` and lines that are none are left out. The generation ends
    with the last item. Raises GenerationError.
    """
    written = {text.strip().casefold() for text in known}
    left = most
    async with aclosing(_lines(generator, messages, max_tokens)) as lines:
        async for line in lines:
            item = item_of(line)
            if item and item.casefold() not in written:
                written.add(item.casefold())
                left -= 1
                yield item
            if not left:
                return


async def _lines(
    generator: Generator, messages: Sequence[Message], max_tokens: int
) -> AsyncGenerator[str, None]:
    rest = ""
    async with aclosing(generator.stream(messages, max_tokens, _SAMPLING)) as pieces:
        async for piece in pieces:
            *lines, rest = (rest + piece).split("\n")
            for line in lines:
                yield line
    yield rest


def item_of(line: str) -> str:
    """Return the item that a line holds, without number and quotes; "" for any other line."""
    item = _MARK.sub("", line.strip(_QUOTES)).strip(_QUOTES)
    is_item = any(map(str.isalpha, item)) and not item.endswith(":")
    is_short = len(item) <= _MAX_CHARACTERS and len(item.split()) <= _MAX_WORDS
    return item if is_item and is_short else ""
