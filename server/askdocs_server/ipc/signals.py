"""The signals that end a process."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import NoReturn


def on_termination(end: Callable[[int], object], *, interrupts: bool = True) -> None:
    """Call `end` with an exit code, in the running event loop, where this process is to end.

    With `interrupts`, Ctrl-C asks for that as well.
    """
    import asyncio  # Late: an editor's pipe does without.

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT) if interrupts else (signal.SIGTERM,):
        loop.add_signal_handler(number, end, 128 + number)


def ignore_interrupts() -> None:
    """Ignore Ctrl-C from now on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def end_by_signals(end: Callable[[int], NoReturn]) -> None:
    """Call `end` with an exit code where this process is asked to end, whatever it does then."""

    def ended(number: int, _frame: FrameType | None) -> NoReturn:
        end(128 + number)

    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGINT, ended)
