"""The change queue: many hints about paths become one settled batch.

Watcher events and saves are hints only; the worker looks at the disk when it processes a path.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

# Editors write a file in several steps, and git touches many files: wait until it is quiet, but not
# forever.
SETTLE_SECONDS = 0.15
LONGEST_WAIT_SECONDS = 1.0


class ChangeQueue:
    """Coalesces keys of changed files and folders; the empty key stands for the whole root."""

    def __init__(
        self, settle: float = SETTLE_SECONDS, longest_wait: float = LONGEST_WAIT_SECONDS
    ) -> None:
        self._settle = settle
        self._longest_wait = longest_wait
        self._condition = threading.Condition()
        self._keys: set[str] = set()
        self._latest = 0.0
        self._due = 0.0
        self._is_closed = False

    def put(self, keys: Iterable[str], *, at_once: bool = False) -> None:
        """Add changed keys. `at_once` skips the settle time: the editor has finished writing."""
        with self._condition:
            now = time.monotonic()
            before = len(self._keys)
            self._keys.update(keys)
            if not self._keys:
                return
            if at_once:
                # The watcher's event for the same save comes soon and must not delay it again.
                self._latest = now
            elif not before:
                self._latest = now + self._longest_wait
            self._due = min(now + self._settle, self._latest)
            self._condition.notify_all()

    def take(self) -> frozenset[str] | None:
        """Wait for a settled batch and return it; None once the queue is closed."""
        with self._condition:
            while not self._is_closed:
                left = self._due - time.monotonic()
                if self._keys and left <= 0:
                    return self._emptied()
                self._condition.wait(left if self._keys else None)
            return None

    def settled(self) -> frozenset[str]:
        """Return the batch that is due now, without waiting; empty if none is.

        A look at the whole root is not a small batch: it waits for `take`.
        """
        with self._condition:
            if self._is_closed or "" in self._keys or time.monotonic() < self._due:
                return frozenset()
            return self._emptied()

    def __len__(self) -> int:
        """Return how many keys wait."""
        with self._condition:
            return len(self._keys)

    def close(self) -> None:
        """Wake the worker for the last time."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    def _emptied(self) -> frozenset[str]:
        batch = frozenset(self._keys)
        self._keys.clear()
        return batch
