"""Begins an async generator before anyone asks for its first item."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

_T = TypeVar("_T")


@asynccontextmanager
async def begun(source: AsyncGenerator[_T, None]) -> AsyncIterator[AsyncIterator[_T]]:
    """Start `source` now; in the end close it, whether or not it was read.

    What it raises before its first item is raised when that is asked for.
    """
    first = asyncio.create_task(_first(source), name="begin a generation")

    async def items() -> AsyncIterator[_T]:
        for item in await first:
            yield item
        async for item in source:
            yield item

    try:
        # A task starts only when this one waits.
        await asyncio.sleep(0)
        yield items()
    finally:
        first.cancel()
        # Its error was raised by `items` as well, or is no longer of interest.
        with suppress(asyncio.CancelledError, Exception):
            await first
        await source.aclose()


async def _first(source: AsyncGenerator[_T, None]) -> list[_T]:
    """Return a list of the first item; an empty one where there is none."""
    try:
        return [await anext(source)]
    except StopAsyncIteration:
        return []
