"""The open indexes of a process, one per workspace root, shared and counted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.types import IndexStatus
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.settings.model import Settings

log = logging.getLogger(__name__)

NewIndex = Callable[[Path, Settings], WorkspaceIndex]
Work = Callable[..., Awaitable[Any]]


class SharedIndex:
    """One root's index and the number of its users; it is open with `settings`.

    `watchers` of the users are editors, for which the index follows the disk.
    """

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.settings = settings
        self.users = 0
        self.watchers = 0
        self.changing = asyncio.Lock()
        self.is_watched = False
        self._index: WorkspaceIndex | None = None

    @property
    def index(self) -> WorkspaceIndex:
        """The open index. Raises IndexerError while it is not open."""
        if self._index is None:
            raise IndexerError(f"The index of {self.root} is opening. Try again in a moment.")
        return self._index

    @property
    def is_open(self) -> bool:
        """Whether the index can be used."""
        return self._index is not None

    def fits(self, settings: Settings) -> bool:
        """Return whether the index is open as these settings ask."""
        mine = self.settings
        return (mine.docs, mine.index, mine.embedding) == (
            settings.docs,
            settings.index,
            settings.embedding,
        )

    def set(self, index: WorkspaceIndex | None, settings: Settings) -> None:
        """Set the open index, or None once it is closed."""
        self._index, self.settings = index, settings
        self.is_watched = False


class Roots:
    """Opens an index for its first user and closes it after the last.

    `work` runs slow calls on a thread. Changes to one root happen one at a time; those to
    different roots do not wait for each other.
    """

    def __init__(self, new_index: NewIndex, work: Work) -> None:
        self._new_index = new_index
        self._work = work
        self._shared: dict[Path, SharedIndex] = {}

    async def join(
        self, root: Path, settings: Settings, *, watch: bool, insist: bool
    ) -> SharedIndex:
        """Return the root's open index and count the caller in. Raises IndexerError."""
        shared = self._shared.setdefault(root, SharedIndex(root, settings))
        shared.users += 1
        opening = asyncio.create_task(self._ensure(shared, settings, watch, insist))
        try:
            # Opening continues if the wait is cancelled, and `leave` waits for it: a thread that is
            # opening a database cannot be stopped.
            await asyncio.shield(opening)
        except BaseException:
            opening.add_done_callback(_note)
            await self.leave(shared)
            raise
        return shared

    def index(self, root: Path) -> WorkspaceIndex | None:
        """Return a root's index; None where it is not open."""
        shared = self._shared.get(root)
        return shared.index if shared is not None and shared.is_open else None

    def status(self, root: Path) -> IndexStatus | None:
        """Return the status of a root's index; None where it is not open."""
        index = self.index(root)
        return None if index is None else index.status()

    def settings(self) -> list[Settings]:
        """Return the settings of the indexes, even while they are opening."""
        return [shared.settings for shared in self._shared.values()]

    async def leave(self, shared: SharedIndex) -> None:
        """Count a user out; the index closes with the last, even where the wait is cancelled."""
        shared.users -= 1
        if not shared.users:
            closing = asyncio.create_task(self._close_unused(shared))
            closing.add_done_callback(_note)
            await asyncio.shield(closing)

    async def aclose(self) -> None:
        """Close all indexes, even those in use."""
        for shared in list(self._shared.values()):
            shared.users = 0
        await asyncio.gather(*map(self._close_unused, list(self._shared.values())))

    async def _ensure(
        self, shared: SharedIndex, settings: Settings, watch: bool, insist: bool
    ) -> None:
        async with shared.changing:
            if shared.is_open and insist and not shared.fits(settings):
                await self._replace(shared, settings)
            elif not shared.is_open:
                await self._open(shared, settings)
            if watch:
                await self._watch(shared)

    async def _open(self, shared: SharedIndex, settings: Settings) -> None:
        index = await self._work(self._new_index, shared.root, settings)
        await self._work(index.open)
        shared.set(index, settings)

    async def _watch(self, shared: SharedIndex) -> None:
        if not shared.is_watched:
            await self._work(shared.index.start)
            shared.is_watched = True

    async def _replace(self, shared: SharedIndex, settings: Settings) -> None:
        """Reopen it with other settings; if that fails, its users get back what they had."""
        before, was_watched = shared.settings, shared.is_watched
        await self._close(shared)
        try:
            await self._open(shared, settings)
        except BaseException:
            await self._open(shared, before)
            raise
        finally:
            if was_watched:
                await self._watch(shared)

    async def _close_unused(self, shared: SharedIndex) -> None:
        async with shared.changing:
            if not shared.users:
                await self._close(shared)
                # A user may have joined while it closed, and opens the same entry again.
                if not shared.users and self._shared.get(shared.root) is shared:
                    del self._shared[shared.root]

    async def _close(self, shared: SharedIndex) -> None:
        if shared.is_open:
            index = shared.index
            shared.set(None, shared.settings)
            await self._work(index.close)


def _note(done: asyncio.Task[None]) -> None:
    """Log the failure of a task that nobody may be waiting for."""
    if not done.cancelled() and (error := done.exception()) is not None:
        log.debug("an index was not opened or closed", exc_info=error)
