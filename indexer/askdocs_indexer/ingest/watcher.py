"""The file watcher: watchdog's events as changed keys."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from askdocs_indexer.ingest.files import PRUNED_FOLDERS, Selection
from askdocs_indexer.system.watches import has_inotify

log = logging.getLogger(__name__)

# Reading a file does not change it, though the kernel reports it.
_SILENT = frozenset({"opened", "closed_no_write"})
_POLL_SECONDS = 2.0


class Watcher:
    """Watches the folders of a selection and hands over the keys that may have changed.

    The system reports changes below a watched folder, but not when that folder itself moves away
    or is replaced; so the watcher looks at it now and then.
    """

    def __init__(self, selection: Selection, changed: Callable[[Iterable[str]], None]) -> None:
        self._selection = selection
        self._changed = changed
        self._observers: list[BaseObserver] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        # Held while observers start and stop; they may call `_exhausted` then, hence two locks.
        self._observing = threading.Lock()
        self._stopped = threading.Event()
        self._identities: list[tuple[int, int] | None] = []
        self.polling = False

    def start(self) -> None:
        """Start to watch; where the system's watches run out, poll instead."""
        self._identities = self._current_identities()
        with self._observing:
            self._watch()
        self._run(self._keep, "askdocs-folders")

    def stop(self) -> None:
        """Stop and wait for the watching threads."""
        with self._lock:
            self._stopped.set()
            threads = tuple(self._threads)
        for thread in threads:
            thread.join()
        with self._observing:
            self._unwatch()

    # Call the next two while `_observing` is held.

    def _watch(self) -> None:
        if self._stopped.is_set():
            return
        try:
            self._observe(self._observer())
        except OSError as error:
            self._exhausted(error)

    def _unwatch(self) -> None:
        while self._observers:
            observer = self._observers.pop()
            observer.stop()
            observer.join(timeout=5)

    def _keep(self) -> None:
        """Watch again where a watched folder has been removed, created or replaced."""
        while not self._stopped.wait(_POLL_SECONDS):
            identities = self._current_identities()
            if identities != self._identities or self._is_deaf():
                self._identities = identities
                with self._observing:
                    self._unwatch()
                    self._watch()
                self._changed([""])

    def _is_deaf(self) -> bool:
        """Return whether a watch ended by itself, as it does where its folder is removed.

        A folder made again at once can have the identity of the one before.
        """
        with self._observing:
            emitters = [emitter for observer in self._observers for emitter in observer.emitters]
        return any(not emitter.is_alive() for emitter in emitters)

    def _current_identities(self) -> list[tuple[int, int] | None]:
        """Return what tells each watched folder from a replacement at the same path."""
        return [_identity(folder) for folder in (self._selection.root, *self._selection.extra)]

    def _run(self, work: Callable[[], None], name: str) -> None:
        """Start a thread, unless the watcher was stopped."""
        with self._lock:
            if not self._stopped.is_set():
                self._threads.append(threading.Thread(target=work, name=name))
                self._threads[-1].start()

    def _observer(self) -> BaseObserver:
        if self.polling:
            return PollingObserver(timeout=_POLL_SECONDS)
        if has_inotify():
            from askdocs_indexer.ingest.inotify import TellingInotifyObserver

            return TellingInotifyObserver(self._lost, self._exhausted)
        from watchdog.observers import Observer

        return Observer()

    def _lost(self) -> None:
        """Look at everything: the system has dropped events."""
        log.warning("too many changes at once: looking at all files")
        self._changed([""])

    def _exhausted(self, error: OSError) -> None:
        """Poll from now on, whatever is still watched: at least one folder is not."""
        with self._lock:
            if self.polling:
                return
            self.polling = True
        log.warning("cannot watch for changes (%s): polling the files instead", error)
        # It begins with a walk over all files, which the caller's locks must not wait for.
        self._run(self._poll, "askdocs-poll")

    def _poll(self) -> None:
        with self._observing:
            if not any(isinstance(observer, PollingObserver) for observer in self._observers):
                self._watch()
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
        # Another rule may add or remove anything below its folder.
        changed = self._selection.ruled_by(path) or path
        key = self._selection.key_of(changed)
        return None if key is None or self._pruned(changed) else key

    def _pruned(self, path: Path) -> bool:
        """Return whether `path` is inside a pruned folder of its watched folder."""
        folders = (self._selection.root, *self._selection.extra)
        inside = next(folder for folder in folders if path.is_relative_to(folder))
        return not PRUNED_FOLDERS.isdisjoint(path.relative_to(inside).parts)


class _Handler(FileSystemEventHandler):
    def __init__(self, report: Callable[[Iterable[str]], None]) -> None:
        self._report = report

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _SILENT or (event.is_directory and event.event_type == "modified"):
            return  # A folder's own change shows as events of its contents.
        self._report([str(path) for path in (event.src_path, event.dest_path) if path])


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        stat = folder.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
