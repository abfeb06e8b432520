"""The workspace folders of one editor: each with its settings and its open index."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from askdocs_indexer.errors import DatabaseInUseError, IndexerError, RootError
from askdocs_indexer.types import IndexStatus
from askdocs_server.settings.model import Settings

if TYPE_CHECKING:
    from askdocs_server.host.host import Host, Workspace
    from askdocs_server.host.leaves import Leaving

log = logging.getLogger(__name__)

NO_FOLDER = (
    "No folder of this machine is open, and askdocs answers from the documentation of the folder "
    "that is open. Open the project's folder and try again."
)

# What keeps an index from opening may go away, such as another process that holds the database.
_FIRST_RETRY_SECONDS = 0.5
_LAST_RETRY_SECONDS = 30.0
# A command in a terminal holds it briefly: the status says so, and a message would only disturb.
_IN_USE_SECONDS = 10.0
# Trying a lock costs nothing, and somebody is waiting for the index.
_IN_USE_RETRY_SECONDS = 2.0
# Writing an answer may take longer, but its searches are over by then.
_DRAIN_SECONDS = 5.0


class Folder:
    """One folder, at `path` as the editor names it.

    `leaves` is what leaves the machine with its settings. `tried` is set once opening has
    succeeded or failed; `failure` says why it failed.
    """

    def __init__(self, path: Path, settings: Settings, leaves: Sequence[Leaving] = ()) -> None:
        self.path = path
        self.settings = settings
        self.leaves = leaves
        self.failure = ""
        self.tried = asyncio.Event()
        self._workspace: Workspace | None = None
        self._end_expansion: Callable[[], None] = lambda: None
        self._users = 0
        self._unused = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the index can be used."""
        return self._workspace is not None

    @contextmanager
    def use(self) -> Iterator[Workspace]:
        """Keep the index from being closed for as long as this is entered.

        Raises IndexerError where it is not open.
        """
        workspace = self.workspace
        if workspace is None:
            raise IndexerError(self.failure or f"The index of {self.path} is opening; try again.")
        self._users += 1
        try:
            yield workspace
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    @property
    def workspace(self) -> Workspace | None:
        """The open workspace, with the settings that this editor has for it now."""
        if self._workspace is None or self._workspace.settings == self.settings:
            return self._workspace
        return dataclasses.replace(self._workspace, settings=self.settings)

    @property
    def root(self) -> Path:
        """The folder without links, as the index names it."""
        return self._workspace.root if self._workspace is not None else self.path

    @property
    def status(self) -> IndexStatus:
        """The index's status, also while there is none."""
        if self._workspace is not None:
            with suppress(IndexerError):
                return self._workspace.index.status()
        return IndexStatus("failed" if self.failure else "opening", detail=self.failure)

    def inside(self, path: Path) -> Path | None:
        """Return `path` below the root that the index uses; None where it lies elsewhere."""
        if path.is_relative_to(self.path):
            return self.root / path.relative_to(self.path)
        resolved = path.resolve()
        return resolved if resolved.is_relative_to(self.root) else None

    async def open(
        self,
        host: Host,
        failed: Callable[[str], None],
        slots: asyncio.Semaphore,
        *,
        insist: bool = False,
    ) -> None:
        """Open the index, trying again until it opens.

        `failed` is called with each reason to tell the user, "" where only the status has changed.
        `slots` are the session's share of the query threads. With `insist`, an index that others
        have open with other settings takes these.
        """
        loop = asyncio.get_running_loop()
        delay, patience_ends = _FIRST_RETRY_SECONDS, loop.time() + _IN_USE_SECONDS
        while True:
            try:
                self._workspace = await host.open(
                    self.path, self.settings, insist=insist, slots=slots
                )
                self.failure = ""
                self._end_expansion = host.expand(lambda: self.workspace)
                return
            except RootError as error:
                self._fail(str(error), failed)
                return
            except DatabaseInUseError as error:
                delay = min(delay, _IN_USE_RETRY_SECONDS)
                self.failure = str(error)
                failed("" if loop.time() < patience_ends else self.failure)
            except IndexerError as error:
                self._fail(str(error), failed)
            except Exception as error:
                log.exception("%s cannot be opened", self.path)
                self._fail(f"The index cannot be opened ({error}). Run `askdocs doctor`.", failed)
            finally:
                self.tried.set()
            await asyncio.sleep(delay)
            delay = min(2 * delay, _LAST_RETRY_SECONDS)

    async def close(self) -> None:
        """Let go of the index, once the requests in flight are done with it."""
        self.tried.clear()
        self._end_expansion()
        workspace, self._workspace = self._workspace, None
        if workspace is None:
            return
        try:
            if self._users:
                self._unused.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_DRAIN_SECONDS):
                        await self._unused.wait()
        finally:
            await workspace.close()

    def _fail(self, reason: str, failed: Callable[[str], None]) -> None:
        self.failure = reason
        failed(reason)
