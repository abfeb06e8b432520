"""One editor's session: its host, folders, settings and background tasks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.types import IndexStatus
from askdocs_server.host.provider import Hosts
from askdocs_server.lsp import wire
from askdocs_server.lsp.background import Coalesced, Tasks
from askdocs_server.lsp.configuration import Configuration
from askdocs_server.lsp.documents import path_of
from askdocs_server.lsp.folders import NO_FOLDER, Folder
from askdocs_server.lsp.progress import IndexingProgress
from askdocs_server.lsp.protocol import STATUS_CHANGED
from askdocs_server.lsp.serialize import index_state, status_of
from askdocs_server.settings.loader import UserConfigStamp, user_config_stamp
from askdocs_server.settings.model import Settings

if TYPE_CHECKING:
    from askdocs_indexer.workspace import WorkspaceIndex
    from askdocs_server.host.host import Host
    from askdocs_server.host.leaves import Leaving

log = logging.getLogger(__name__)

_STATUS_SECONDS = 0.1
# The index survives a kill, so an editor need not wait for a slow close.
_CLOSE_SECONDS = 5.0
# How often to look whether the user's own settings have changed.
_FOLLOW_SECONDS = 2.0
# More folders than people open; each has a database and a watcher.
_MAX_FOLDERS = 100


class Session:
    """Everything that belongs to one connection. Used from its event loop.

    `folders` are in the editor's order. `host` comes with the first folder. `root` is opened where
    the editor opens no folder. `notice` is shown to the user at the start.
    """

    def __init__(
        self,
        server: LanguageServer,
        hosts: Hosts,
        root: Path | None,
        overrides: Mapping[str, object],
        notice: str = "",
    ) -> None:
        self.server = server
        self.folders: dict[Path, Folder] = {}
        self.host: Host | None = None
        self.tasks = Tasks()
        self._hosts = hosts
        self._root = root
        self._notice = notice
        self._trouble = ""
        self._slots: asyncio.Semaphore | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._configuration = Configuration(server, overrides)
        self._opening: dict[Path, asyncio.Task[Any]] = {}
        self._changing = asyncio.Lock()
        self._started = asyncio.Event()
        self._next_change = asyncio.Event()
        self._status_notice = Coalesced(self._tell_status, _STATUS_SECONDS)
        self._progress = IndexingProgress(server, self.tasks)
        self._closing: asyncio.Task[None] | None = None

    # -- life -------------------------------------------------------------------------------

    def take_options(self, options: Any) -> None:
        """Take the settings, and defaults of its own, that an editor may send with `initialize`."""
        self._configuration.pushed(options)
        self._configuration.take_defaults(options)

    def start(self) -> None:
        """Open what the editor has opened, in the background."""
        self.tasks.spawn(self._start(), "opening the workspace")

    def change_folders(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Follow the editor's folders, given as URIs."""
        change = self._change_folders(_paths(added), _paths(removed))
        self.tasks.spawn(change, "changing the workspace folders")

    def reload_settings(self, pushed: Any = None) -> None:
        """Read all settings again and apply what has changed."""
        self._configuration.pushed(pushed)
        self.tasks.spawn(self._reload_settings(), "reloading the settings")

    def begin_close(self) -> asyncio.Task[None]:
        """Start closing everything; however often it is called, it closes once."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="closing the session")
        return self._closing

    async def aclose(self) -> None:
        """Close everything and wait for it, within a time limit."""
        await self.begin_close()

    # -- what the features use --------------------------------------------------------------

    async def folder_at(self, path: Path | None, seconds: float) -> Folder | None:
        """Return the open folder that serves a document, waiting up to `seconds` for it.

        A document outside all folders, such as a library's source, is served by the first folder.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._started.wait()
                folder = self._choose(path)
                if folder is not None:
                    await folder.tried.wait()
        folder = self._choose(path)
        return folder if folder is not None and folder.is_open else None

    async def open_folders(self, seconds: float) -> list[Folder]:
        """Return all open folders, waiting up to `seconds` for those that are opening.

        Raises IndexerError where no folder is open, or none of their indexes can be opened.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._started.wait()
                for folder in list(self.folders.values()):
                    await folder.tried.wait()
        folders = [folder for folder in self.folders.values() if folder.is_open]
        if not folders and (problem := self.problem()):
            raise IndexerError(problem)
        return folders

    def problem(self, path: Path | None = None) -> str:
        """Return why there is no index to answer from, for a document or at all, and what to do;
        "" while it only has to be waited for."""
        folder = self._choose(path)
        if folder is None:
            return self._trouble or (NO_FOLDER if self._started.is_set() else "")
        return "" if folder.is_open else folder.failure

    async def next_change(self) -> None:
        """Wait until the status of an index or of a model has changed."""
        await self._next_change.wait()

    def folder_of(self, path: Path) -> Folder | None:
        """Return the innermost folder that holds `path`."""
        return _innermost(self.folders.values(), path)

    def prefer(self, uris: Iterable[str]) -> None:
        """Have files read before others: the user is looking at them."""
        folders = list(self.folders.values())
        preferring = asyncio.to_thread(_hint, lambda index, path: index.prefer(path), folders, uris)
        self.tasks.spawn(preferring, "preferring open files")

    def touch(self, uris: Iterable[str]) -> None:
        """Have files looked at now: the editor says that they have changed."""
        self.tasks.spawn(self._touch(uris), "looking at changed files")

    def status(self) -> wire.StatusResult:
        """Return the status of everything."""
        if self._trouble:
            without = IndexStatus("failed", detail=self._trouble)
        elif self._started.is_set():
            without = IndexStatus("closed", detail=NO_FOLDER)
        else:
            without = IndexStatus("opening")
        return status_of(self.folders.values(), without)

    def index_state(self) -> wire.IndexState:
        """Return the state of the index that an answer is based on."""
        return index_state(self.status()["index"])

    # -- inside -----------------------------------------------------------------------------

    async def _touch(self, uris: Iterable[str]) -> None:
        folders = list(self.folders.values())
        touched = await asyncio.to_thread(
            _hint, lambda index, path: index.touch(path), folders, uris
        )
        if any(map(self._configuration.is_source, touched)):
            self.reload_settings()

    async def _start(self) -> None:
        if self._notice:
            self._configuration.tell_once(self._notice)
        stamp = await asyncio.to_thread(user_config_stamp)
        self.tasks.spawn(self._follow_user_settings(stamp), "following the user's settings")
        workspace = self.server.workspace
        uris = [folder.uri for folder in workspace.folders.values()]
        if not uris and workspace.root_uri:
            uris = [workspace.root_uri]
        paths = _paths(uris) or ([self._root.absolute()] if self._root else [])
        try:
            await self._change_folders(paths, [])
        finally:
            self._started.set()
            self._status_notice.trigger()

    async def _follow_user_settings(self, stamp: UserConfigStamp) -> None:
        """Reload the settings whenever the user's own file of them changes."""
        while True:
            await asyncio.sleep(_FOLLOW_SECONDS)
            before, stamp = stamp, await asyncio.to_thread(user_config_stamp)
            if stamp != before:
                self.reload_settings()

    async def _change_folders(self, added: Iterable[Path], removed: Iterable[Path]) -> None:
        async with self._changing:
            for path in removed:
                if (folder := self.folders.pop(path, None)) is not None:
                    await self._close_folder(folder)
            new = [path for path in dict.fromkeys(added) if path not in self.folders]
            room = _MAX_FOLDERS - len(self.folders)
            for path, settings in (await self._configuration.load(new[:room])).items():
                self._hosts.configure(settings.daemon)
                await self._ensure_host()
                self.folders[path] = Folder(path, settings, await _leaves(settings))
                self._open_folder(self.folders[path])
            if len(new) > room:
                self._configuration.tell_once(
                    f"More than {_MAX_FOLDERS} folders are open; the others are left out."
                )
        self._status_notice.trigger()

    async def _reload_settings(self) -> None:
        async with self._changing:
            loaded = await self._configuration.load(self.folders)
            for folder in self.folders.values():
                before, after = folder.settings, loaded[folder.path]
                folder.settings, folder.leaves = after, await _leaves(after)
                self._hosts.configure(after.daemon)
                if (before.docs, before.index, before.embedding) != (
                    after.docs,
                    after.index,
                    after.embedding,
                ):
                    await self._close_folder(folder)
                    self._open_folder(folder, insist=True)
        self._status_notice.trigger()

    async def _ensure_host(self) -> None:
        if self.host is None:
            try:
                self.host = await self._hosts.acquire()
            except Exception as error:
                self._trouble = f"It cannot start ({error}). Run `askdocs doctor` in a terminal."
                self._configuration.tell_once(self._trouble)
                raise
            self._trouble = ""
            self._slots = self.host.query_slots()
            self._unsubscribe = self.host.subscribe(self._changed)

    def _changed(self, root: Path | None) -> None:
        if root is None or any(folder.root == root for folder in self.folders.values()):
            self._status_notice.trigger()
            self._next_change.set()
            self._next_change = asyncio.Event()

    def _open_folder(self, folder: Folder, *, insist: bool = False) -> None:
        assert self.host is not None
        assert self._slots is not None
        opening = folder.open(self.host, self._failed, self._slots, insist=insist)
        task = self.tasks.spawn(opening, f"opening {folder.path}")
        task.add_done_callback(lambda _: self._opened(folder))
        self._opening[folder.path] = task

    def _opened(self, folder: Folder) -> None:
        self._status_notice.trigger()
        self.prefer(self.server.workspace.text_documents)
        if folder.workspace is not None and not folder.workspace.has_own_settings:
            self._configuration.tell_once(
                f"Another window has {folder.path.name} open with other settings of docs.*, "
                "index.* or embedding.*. Those apply until it closes; change one here to "
                "apply yours."
            )

    async def _close_folder(self, folder: Folder) -> None:
        opening = self._opening.pop(folder.path, None)
        if opening is not None and not opening.done():
            opening.cancel()
            await asyncio.wait({opening})
        await folder.close()

    def _failed(self, reason: str) -> None:
        if reason:
            self._configuration.tell_once(reason)
        self._status_notice.trigger()

    def _choose(self, path: Path | None) -> Folder | None:
        folder = self.folder_of(path) if path else None
        return folder or next(iter(self.folders.values()), None)

    def _tell_status(self) -> None:
        if self._closing is None:
            status = self.status()
            self.server.protocol.notify(STATUS_CHANGED, status)
            self._progress.update(status["index"])

    async def _close(self) -> None:
        self._unsubscribe()
        await self.tasks.cancel()
        self._status_notice.cancel()  # Tasks that end may have asked for it.
        # Each folder closes, and the host is released, whatever becomes of the others.
        closing = (_closed(folder.close()) for folder in self.folders.values())
        await asyncio.gather(*closing)
        host, self.host = self.host, None
        if host is not None:
            await _closed(self._hosts.release(host))


async def _closed(closing: Coroutine[Any, Any, None]) -> None:
    """Wait for something to close, within a time limit. What goes wrong is logged."""
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await closing
    except TimeoutError:
        log.warning("Not everything closed in time; the index is sound all the same.")
    except Exception:
        log.exception("Closing failed; the index is sound all the same.")


async def _leaves(settings: Settings) -> tuple[Leaving, ...]:
    """Return what leaves the machine with these settings."""
    from askdocs_server.host.leaves import leaves  # Late: `initialize` is answered first.

    return await asyncio.to_thread(leaves, settings)


def _paths(uris: Iterable[str]) -> list[Path]:
    """Return the folders of file URIs; others cannot be indexed."""
    considered = islice(uris, _MAX_FOLDERS + 1)
    return [path for uri in considered if (path := path_of(uri)) is not None]


def _innermost(folders: Iterable[Folder], path: Path) -> Folder | None:
    holding = [folder for folder in folders if folder.inside(path) is not None]
    return max(holding, key=lambda folder: len(folder.path.parts), default=None)


def _hint(
    hint: Callable[[WorkspaceIndex, Path], None], folders: Sequence[Folder], uris: Iterable[str]
) -> list[Path]:
    """Give the indexes a hint on files; returns those that lie in a folder. Meant for a thread."""
    inside_folders = []
    for uri in uris:
        # The URI has no path, or one that leads nowhere; or the index is opening and looks at
        # everything anyway.
        with suppress(OSError, ValueError, RuntimeError, IndexerError):
            path = path_of(uri)
            folder = _innermost(folders, path) if path else None
            if path is None or folder is None:
                continue
            inside_folders.append(path)
            inside = folder.inside(path)
            if folder.workspace is not None and inside is not None:
                hint(folder.workspace.index, inside)
    return inside_folders
