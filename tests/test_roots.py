"""Shared indexes: opened for the first, closed after the last, whatever happens in between."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askdocs_indexer.errors import IndexerError, StoreError
from askdocs_indexer.settings import DocsSettings
from askdocs_server.host.index_pool import Roots, SharedIndex
from askdocs_server.settings.model import AskSettings, Settings

ROOT, OTHER = Path("/one"), Path("/other")
DEFAULT = Settings()
NARROW = dataclasses.replace(DEFAULT, docs=DocsSettings(include=("docs/**",)))


class FakeIndex:
    """Notes what is done with it; opening waits for `may_open` and fails where it is told to."""

    def __init__(self, log: list[str], name: str, fails: bool) -> None:
        self.log, self.name, self.fails = log, name, fails

    def note(self, what: str) -> None:
        self.log.append(f"{what} {self.name}")

    def open(self) -> None:
        self.note("open")
        if self.fails:
            raise StoreError("no")

    def start(self) -> None:
        self.note("start")

    def close(self) -> None:
        self.note("close")


class Fixture:
    def __init__(self) -> None:
        self.log: list[str] = []
        self.failing: set[str] = set()
        self.may_work = asyncio.Event()
        self.may_work.set()
        self.roots = Roots(self._new, self._work)

    def _new(self, root: Path, settings: Settings) -> Any:
        name = root.name if settings.docs == DEFAULT.docs else f"{root.name}, narrow"
        return FakeIndex(self.log, name, name in self.failing)

    async def _work(self, function: Callable[..., Any], *arguments: Any) -> Any:
        await self.may_work.wait()
        return function(*arguments)

    async def join(
        self, root: Path = ROOT, settings: Settings = DEFAULT, **how: bool
    ) -> SharedIndex:
        return await self.roots.join(root, settings, **{"watch": True, "insist": False, **how})


async def test_opened_once_and_closed_after_the_last() -> None:
    one = Fixture()
    first, second = await asyncio.gather(one.join(), one.join())
    assert first is second
    assert one.log == ["open one", "start one"]
    await one.roots.leave(first)
    assert one.log == ["open one", "start one"]
    await one.roots.leave(second)
    assert one.log[2:] == ["close one"]
    await one.join()
    assert one.log[3:] == ["open one", "start one"]


async def test_watching_begins_with_the_first_who_wants_it() -> None:
    one = Fixture()
    await one.join(watch=False)
    assert one.log == ["open one"]
    await one.join(watch=True)
    await one.join(watch=True)
    assert one.log == ["open one", "start one"]


async def test_roots_do_not_wait_for_each_other() -> None:
    one = Fixture()
    shared = await one.join()
    await shared.changing.acquire()
    waiting = asyncio.create_task(one.join())
    await one.join(OTHER)
    assert not waiting.done()
    shared.changing.release()
    await waiting


async def test_other_settings_join_what_is_open() -> None:
    one = Fixture()
    await one.join()
    joined = await one.join(settings=NARROW)
    assert not joined.fits(NARROW)
    assert joined.fits(dataclasses.replace(DEFAULT, ask=AskSettings(passages=9)))
    assert one.log == ["open one", "start one"]


async def test_changed_settings_open_it_anew_for_all() -> None:
    one = Fixture()
    shared = await one.join()
    await one.join(settings=NARROW, insist=True)
    assert one.log[2:] == ["close one", "open one, narrow", "start one, narrow"]
    assert shared.fits(NARROW)
    await one.join(settings=NARROW, insist=True)
    assert len(one.log) == 5


async def test_a_change_that_fails_leaves_the_others_what_they_had() -> None:
    one = Fixture()
    shared = await one.join()
    one.failing.add("one, narrow")
    with pytest.raises(StoreError):
        await one.join(settings=NARROW, insist=True)
    assert shared.is_open
    assert shared.fits(DEFAULT)
    assert one.log[-2:] == ["open one", "start one"]
    await one.roots.leave(shared)
    assert one.log[-1] == "close one"


async def test_an_index_that_does_not_open_is_tried_anew() -> None:
    one = Fixture()
    one.failing.add("one")
    with pytest.raises(StoreError):
        await one.join()
    one.failing.clear()
    assert (await one.join()).is_open


async def test_a_cancelled_wait_leaves_nothing_open() -> None:
    one = Fixture()
    one.may_work.clear()
    waiting = asyncio.create_task(one.join())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    one.may_work.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert one.log == ["open one", "start one", "close one"]


async def test_the_end_closes_all() -> None:
    one = Fixture()
    shared = await one.join()
    await one.join(OTHER)
    await one.roots.aclose()
    assert sorted(one.log[4:]) == ["close one", "close other"]
    with pytest.raises(IndexerError):
        _ = shared.index
