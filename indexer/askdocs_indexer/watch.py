"""The file watcher: watchdog's events as changed keys."""

from __future__ import annotations

import logging
import platform
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from askdocs_indexer.selection import IGNORE_FILES, PRUNED_FOLDERS, Selection

log = logging.getLogger(__name__)

# Reading a file is no change to it, though the kernel reports it.
_SILENT = frozenset({"opened", "closed_no_write"})
_POLL_SECONDS = 2.0


class Watcher:
    """Watches the folders of a selection and hands over the keys that may have changed."""

    def __init__(self, selection: Selection, changed: Callable[[Iterable[str]], None]) -> None:
        self._selection = selection
        self._changed = changed
        self._observers: list[BaseObserver] = []
        self._poller: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stopped = False
        self.polling = False

    def start(self) -> None:
        """Start to watch; where the system's watches run out, poll instead."""
        try:
            self._observe(self._native_observer())
        except OSError as error:
            self._exhausted(error)

    def stop(self) -> None:
        """Stop and wait for the watching threads."""
        with self._lock:
            self._stopped = True
        if self._poller is not None:
            self._poller.join()
        for observer in self._observers:
            observer.stop()
            observer.join(timeout=5)

    def _native_observer(self) -> BaseObserver:
        if platform.system() == "Linux":
            from askdocs_indexer.inotify import TellingInotifyObserver

            return TellingInotifyObserver(self._lost, self._exhausted)
        from watchdog.observers import Observer

        return Observer()

    def _lost(self) -> None:
        """Look at everything: the system has dropped events."""
        log.warning("too many changes at once: looking at all files")
        self._changed([""])

    def _exhausted(self, error: OSError) -> None:
        """Poll from now on, whatever is still watched: some folder is not."""
        with self._lock:
            if self.polling or self._stopped:
                return
            self.polling = True
            log.warning("cannot watch for changes (%s): polling the files instead", error)
            # It begins with a walk over all files, which the caller's locks must not wait for.
            self._poller = threading.Thread(target=self._poll, name="askdocs-poll")
            self._poller.start()

    def _poll(self) -> None:
        self._observe(PollingObserver(timeout=_POLL_SECONDS))
        self._changed([""])

    def _observe(self, observer: BaseObserver) -> None:
        handler = _Handler(self._report)
        for folder in (self._selection.root, *self._selection.extra):
            if folder.is_dir():
                observer.schedule(handler, str(folder), recursive=True)
        try:
            observer.start()
        except OSError:
            observer.stop()
            raise
        self._observers.append(observer)

    def _report(self, paths: Iterable[str]) -> None:
        keys = {key for path in paths if (key := self._key(Path(path))) is not None}
        if keys:
            self._changed(keys)

    def _key(self, path: Path) -> str | None:
        key = self._selection.key_of(path)
        if key is None or self._pruned(path):
            return None
        if path.name in IGNORE_FILES:
            # Another rule may add or remove anything below its folder.
            return self._selection.key_of(path.parent)
        return key

    def _pruned(self, path: Path) -> bool:
        """Return whether a pruned folder below the watched one holds `path`."""
        folders = (self._selection.root, *self._selection.extra)
        inside = next(folder for folder in folders if path.is_relative_to(folder))
        return not PRUNED_FOLDERS.isdisjoint(path.relative_to(inside).parts)


class _Handler(FileSystemEventHandler):
    def __init__(self, report: Callable[[Iterable[str]], None]) -> None:
        self._report = report

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _SILENT or (event.is_directory and event.event_type == "modified"):
            return  # A folder's own change shows as events of what it holds.
        self._report([str(path) for path in (event.src_path, event.dest_path) if path])
