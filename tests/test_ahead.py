"""Generators that begin before they are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from askdocs_server.answers.prefetch import begun, running


class Source:
    """Counts to three; notes whether it was begun and closed."""

    def __init__(self, failure: Exception | None = None, *, hang: bool = False) -> None:
        self.begun = asyncio.Event()
        self.closed = False
        self._failure = failure
        self._hang = hang

    async def run(self) -> AsyncGenerator[int, None]:
        try:
            self.begun.set()
            if self._hang:
                await asyncio.Event().wait()
            if self._failure is not None:
                raise self._failure
            for number in (1, 2, 3):
                yield number
        finally:
            self.closed = True


async def test_it_begins_before_it_is_read() -> None:
    source = Source()
    async with begun(source.run()) as items:
        assert source.begun.is_set()
        assert [item async for item in items] == [1, 2, 3]
    assert source.closed


async def test_it_is_closed_unread() -> None:
    source = Source(hang=True)
    async with begun(source.run()):
        await asyncio.wait_for(source.begun.wait(), 5)
    assert source.closed


async def test_it_is_closed_half_read() -> None:
    source = Source()
    async with begun(source.run()) as items:
        assert await anext(aiter(items)) == 1
    assert source.closed


async def test_a_failure_waits_until_the_first_item_is_asked_for() -> None:
    source = Source(ValueError("no"))
    async with begun(source.run()) as items:
        await asyncio.wait_for(source.begun.wait(), 5)
        await asyncio.sleep(0)
        with pytest.raises(ValueError, match="no"):
            await anext(aiter(items))
    async with begun(Source(ValueError("no")).run()):
        pass


async def test_a_cancel_closes_it() -> None:
    source = Source(hang=True)

    async def read() -> None:
        async with begun(source.run()) as items:
            async for _ in items:
                pass

    task = asyncio.create_task(read())
    await asyncio.wait_for(source.begun.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.closed


async def test_nothing_at_all() -> None:
    async def nothing() -> AsyncGenerator[int, None]:
        for number in ():
            yield number

    async with begun(nothing()) as items:
        assert [item async for item in items] == []


async def test_whether_the_first_item_is_there_in_time() -> None:
    async with begun(Source().run()) as items:
        assert await items.within(5)
        assert [item async for item in items] == [1, 2, 3]
    async with begun(Source(ValueError("no")).run()) as items:
        assert await items.within(5)  # The failure is raised where the item is asked for.
    async with begun(Source(hang=True).run()) as items:
        assert not await items.within(0.001)


async def test_work_that_nobody_waited_for_is_cancelled() -> None:
    cancelled = asyncio.Event()

    async def work() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return 1

    async with running(work()):
        await asyncio.sleep(0)
    assert cancelled.is_set()


async def test_the_result_of_work_can_be_had_more_than_once() -> None:
    async def work() -> int:
        return 1

    async with running(work()) as task:
        assert (await task, await task) == (1, 1)
