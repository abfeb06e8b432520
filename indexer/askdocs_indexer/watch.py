"""The file watcher: watchdog's events as changed keys."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
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
        self._observer: BaseObserver | None = None
        self.polling = False

    def start(self) -> None:
        """Start to watch; where the system's watches run out, poll instead."""
        try:
            self._observer = self._observe(Observer())
        except OSError as error:
            log.warning("cannot watch for changes (%s): polling the files instead", error)
            self.polling = True
            self._observer = self._observe(PollingObserver(timeout=_POLL_SECONDS))

    def stop(self) -> None:
        """Stop and wait for the watching threads."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)
            self._observer = None

    def _observe(self, observer: BaseObserver) -> BaseObserver:
        handler = _Handler(self._report)
        for folder in (self._selection.root, *self._selection.extra):
            observer.schedule(handler, str(folder), recursive=True)
        observer.start()
        return observer

    def _report(self, paths: Iterable[str]) -> None:
        keys = {key for path in paths if (key := self._key(Path(path))) is not None}
        if keys:
            self._changed(keys)

    def _key(self, path: Path) -> str | None:
        key = self._selection.key_of(path)
        if key is None or PRUNED_FOLDERS.intersection(path.parts):
            return None
        if path.name in IGNORE_FILES:
            # Another rule may add or remove anything below its folder.
            return self._selection.key_of(path.parent)
        return key


class _Handler(FileSystemEventHandler):
    def __init__(self, report: Callable[[Iterable[str]], None]) -> None:
        self._report = report

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _SILENT or (event.is_directory and event.event_type == "modified"):
            return  # A folder's own change shows as events of what it holds.
        self._report([str(path) for path in (event.src_path, event.dest_path) if path])
