"""Where the manual uses the symbols that hovers show: looked up aside, and remembered.

A look-up reads samples of code, which may take longer than a hover should. Use from one event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.types import Use
from askdocs_indexer.workspace import WorkspaceIndex
from askdocs_server.hover.lookup import HoverResult

log = logging.getLogger(__name__)

MOST = 4
"""How many sections are looked for: three to name, and the one that is shown."""

_LIMIT = 1000

_Key = tuple[Any, ...]
Run = Callable[..., Awaitable[list[Use]]]
"""Runs a function with its arguments on a thread."""


class Uses:
    """The uses of the last `limit` symbols that were asked for, by what the index then held.

    One look-up runs at a time: whoever asks meanwhile about another symbol gets none.
    """

    def __init__(self, run: Run, *, limit: int = _LIMIT) -> None:
        self._run = run
        self._limit = limit
        self._known: OrderedDict[_Key, tuple[Use, ...]] = OrderedDict()
        self._running: asyncio.Task[None] | None = None

    async def get(
        self, index: WorkspaceIndex, hover: HoverResult, seconds: float
    ) -> tuple[Use, ...]:
        """Return where the manual uses a symbol if that is known within `seconds`, else nothing.

        A look-up that takes longer goes on, also after a cancel, for the next hover.
        """
        symbol, generation = hover.symbol, index.status().generation
        meaning = (symbol.name, symbol.identities, symbol.candidates)
        key = (id(index), generation, hover.language, meaning)
        if key not in self._known:
            if self._running is not None and not self._running.done():
                return ()
            self._running = asyncio.create_task(self._look_up(key, index, hover))
            await asyncio.wait([self._running], timeout=seconds)
        if key not in self._known:
            return ()
        self._known.move_to_end(key)
        return self._known[key]

    async def aclose(self) -> None:
        """End the look-up that runs."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def _look_up(self, key: _Key, index: WorkspaceIndex, hover: HoverResult) -> None:
        try:
            uses = await self._run(index.uses, hover.symbol, hover.language, MOST)
        except IndexerError:
            log.exception("the uses of a symbol cannot be looked up")
            return
        self._known[key] = tuple(uses)
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
