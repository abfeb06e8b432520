"""How far long work has come, on stderr: a bar for people, lines in a pipe, events for programs."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from askdocs_indexer.types import UNITS, Phase, Progress
from askdocs_server.cli.output import note

DOING: Mapping[Phase, str] = {"reading": "Reading", "embedding": "Embedding"}

# Between two lines in a pipe, and between two events.
_LINE_SECONDS = 5.0
_EVENT_SECONDS = 0.1


@contextmanager
def progress(*, as_events: bool = False) -> Iterator[Progress]:
    """Show how far indexing has come: a bar on a terminal, sparse lines in a pipe.

    With `as_events`, each is a JSON object on a line of its own instead. The function that it
    yields may be called from any thread.
    """
    if as_events:
        yield _events()
    elif not _is_terminal():
        yield _lines()
    else:
        from askdocs_server.cli.bar import bars  # Late: a library that draws.

        with bars() as report:
            yield report


@contextmanager
def waiting(doing: str) -> Iterator[Callable[[str], None]]:
    """Show that something takes time; the function that it yields replaces the shown text."""
    if not _is_terminal():
        note(f"{doing}…")
        yield lambda text: note(f"{text}…")
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{doing}…") as status:
        yield lambda text: status.update(f"{text}…")


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _lines() -> Progress:
    is_due = _seldom(_LINE_SECONDS)

    def report(done: int, total: int, phase: Phase) -> None:
        if is_due(done, total, phase):
            note(f"{DOING[phase]}: {done} of {total} {UNITS[phase]}")

    return report


def _events() -> Progress:
    started = time.monotonic()
    is_due = _seldom(_EVENT_SECONDS)

    def report(done: int, total: int, phase: Phase) -> None:
        if is_due(done, total, phase):
            seconds = round(time.monotonic() - started, 3)
            counts = {"phase": phase, "done": done, "total": total, "seconds": seconds}
            print(json.dumps({"event": "progress", **counts}), file=sys.stderr, flush=True)

    return report


def _seldom(seconds: float) -> Callable[[int, int, Phase], bool]:
    """Return what tells whether to say how far a phase has come: now and then, and at its end."""
    last = 0.0

    def is_due(done: int, total: int, phase: Phase) -> bool:
        nonlocal last
        now = time.monotonic()
        if done < total and now - last < seconds:
            return False
        last = now
        return True

    return is_due
