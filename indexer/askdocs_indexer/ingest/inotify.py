"""Watchdog's inotify observer, made to report what it otherwise ignores. Linux only."""

from __future__ import annotations

import errno
import warnings
from collections.abc import Callable

from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyEmitter, InotifyObserver
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchCallback,
    WatchDescriptor,
)


class TellingInotifyObserver(InotifyObserver):
    """Watchdog's own observer, which also reports what watchdog silently ignores.

    `lost` is called when the kernel has dropped events, `exhausted` when a folder below a watched
    folder could not be watched because the user's watches are used up.
    """

    def __init__(self, lost: Callable[[], None], exhausted: Callable[[OSError], None]) -> None:
        # A folder that moves out and back is watched again, which watchdog would warn of.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        self._inotify_fd = _Inotify(lost, exhausted)
        self._inotify_fd.start()
        BaseObserver.__init__(self, InotifyEmitter, inotify_fd=self._inotify_fd)


class _Inotify(InotifyFD):
    def __init__(self, lost: Callable[[], None], exhausted: Callable[[OSError], None]) -> None:
        super().__init__()
        self._lost = lost
        self._exhausted = exhausted

    def handle_event(self, event: InotifyEvent) -> None:
        super().handle_event(event)
        if event.is_queue_overflow:
            self._lost()

    def add_callback(
        self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId
    ) -> WatchDescriptor:
        try:
            return super().add_callback(path, mask, callback, id_)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                self._exhausted(error)
            raise
