"""Begins work before anyone asks for its results, and ends it where nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


class Begun(Generic[_T]):
    """The items of an async generator that is running already."""

    def __init__(self, source: AsyncGenerator[_T, None], first: asyncio.Task[list[_T]]) -> None:
        self._source = source
        self._first = first

    async def within(self, seconds: float) -> bool:
        """Wait for the first item; returns whether it, or the end or an error, came in time."""
        done, _ = await asyncio.wait({self._first}, timeout=seconds)
        return bool(done)

    async def __aiter__(self) -> AsyncIterator[_T]:
        for item in await self._first:
            yield item
        async for item in self._source:
            yield item


@asynccontextmanager
async def begun(source: AsyncGenerator[_T, None]) -> AsyncIterator[Begun[_T]]:
    """Start `source` now; in the end close it, whether or not it was read.

    What it raises before its first item is raised when that is asked for.
    """
    async with running(_first(source)) as first:
        try:
            # A task starts only when this one waits.
            await asyncio.sleep(0)
            yield Begun(source, first)
        finally:
            await _ended(first)
            await source.aclose()


@asynccontextmanager
async def running(work: Coroutine[Any, Any, _T]) -> AsyncIterator[asyncio.Task[_T]]:
    """Run `work` as a task, which is cancelled in the end unless it is done."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        await _ended(task)


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    # An error was raised where the result was awaited, or nobody needs it any more.
    with suppress(asyncio.CancelledError, Exception):
        await task


async def _first(source: AsyncGenerator[_T, None]) -> list[_T]:
    """Return a list of the first item; an empty one where there is none."""
    try:
        return [await anext(source)]
    except StopAsyncIteration:
        return []
