"""Owned tasks and coalesced calls."""

from __future__ import annotations

import asyncio
import logging

import pytest
from tests.lsp.harness import until

from askdocs_server.lsp.background import Coalesced, Tasks


async def test_many_triggers_make_few_calls_and_the_last_counts() -> None:
    state, seen = 0, []
    calls = Coalesced(lambda: seen.append(state), 0.05)
    for number in range(1, 501):
        state = number
        calls.trigger()
        if number % 50 == 0:
            await asyncio.sleep(0)
    await until(lambda: seen and seen[-1] == 500)
    assert len(seen) <= 3


async def test_a_failing_call_does_not_end_the_later_ones(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[int] = []

    def call() -> None:
        seen.append(1)
        raise ValueError("broken")

    calls = Coalesced(call, 0.0)
    calls.trigger()
    await until(lambda: len(seen) == 1)
    calls.trigger()
    await until(lambda: len(seen) == 2)
    assert "broken" in caplog.text


async def test_a_failing_task_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("broken")

    with caplog.at_level(logging.ERROR):
        Tasks().spawn(fail(), "the work")
        await until(lambda: "the work failed" in caplog.text)


async def test_cancel_waits_for_the_end() -> None:
    tasks, ended = Tasks(), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    tasks.spawn(work(), "work")
    await asyncio.sleep(0)
    await tasks.cancel()
    assert ended == [True]
