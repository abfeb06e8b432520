"""The generator's visible state, and telling those who want to know when it changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

log = logging.getLogger(__name__)

GeneratorState = Literal["off", "idle", "starting", "ready", "failed", "stopping"]


@dataclass(frozen=True, slots=True)
class GeneratorStatus:
    """A snapshot.

    `model` is the model's name, "" where none is chosen yet. `where` is "local", the endpoint's
    base URL without a password in it, or "". `detail` says in words what is going on, or what
    failed and what to do next.
    """

    state: GeneratorState
    model: str = ""
    where: str = ""
    detail: str = ""


OnChange = Callable[[GeneratorStatus], None]


class StatusBoard:
    """Holds the current status and calls the subscribers, in order, at each change of it."""

    def __init__(self, initial: GeneratorStatus) -> None:
        self._status = initial
        self._subscribers: list[OnChange] = []

    @property
    def status(self) -> GeneratorStatus:
        """The current snapshot."""
        return self._status

    def subscribe(self, on_change: OnChange) -> Callable[[], None]:
        """Call `on_change` with each new status; the returned function unsubscribes it."""
        self._subscribers.append(on_change)

        def unsubscribe() -> None:
            if on_change in self._subscribers:
                self._subscribers.remove(on_change)

        return unsubscribe

    def publish(self, status: GeneratorStatus) -> None:
        """Make `status` the current one. A failing subscriber is logged, the others still hear."""
        if status == self._status:
            return
        self._status = status
        for on_change in tuple(self._subscribers):
            try:
                on_change(status)
            except Exception:
                log.exception("A subscriber of the generator's status failed.")
