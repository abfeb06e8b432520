"""The models of a process that searches need, shared by its indexes and sessions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

# Loading takes seconds, and commands often follow each other: a model stays loaded for this long
# after its last use.
UNUSED_SECONDS = 300.0

_Settings = TypeVar("_Settings", bound=Hashable)
_Model = TypeVar("_Model")


class Models(Generic[_Settings, _Model]):
    """Gives out one model for equal settings, which `create` makes.

    Safe to use from several threads.
    """

    def __init__(self, create: Callable[[_Settings], _Model]) -> None:
        self._create = create
        self._lock = threading.Lock()
        self._last_use: dict[_Settings, float] = {}
        self._recent: dict[_Settings, _Model] = {}
        # An index that is being opened or closed may still use a released model: a new request
        # then gets the same one, and none is loaded twice.
        self._alive: WeakValueDictionary[_Settings, _Model] = WeakValueDictionary()

    def get(self, settings: _Settings) -> _Model:
        """Return the model with these settings; it loads when needed."""
        with self._lock:
            model = self._alive.get(settings)
            if model is None:
                model = self._create(settings)
            self._alive[settings] = self._recent[settings] = model
            self._last_use[settings] = time.monotonic()
            return model

    def release(self, in_use: Collection[_Settings]) -> bool:
        """Release the models that have been unused for a while; returns whether there were any.

        The time runs from the last call that finds them in use. `free_memory` frees their memory.
        """
        now = time.monotonic()
        with self._lock:
            self._last_use.update(dict.fromkeys(in_use, now))
            unused = [
                settings
                for settings in self._recent
                if now - self._last_use[settings] >= UNUSED_SECONDS
            ]
            for settings in unused:
                del self._recent[settings], self._last_use[settings]
        return bool(unused)
