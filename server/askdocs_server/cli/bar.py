"""The bars that a terminal shows while an index is filled, drawn by rich.

It is a dependency already, for the demo; tqdm, which sentence-transformers brings, has neither two
bars in one place without moving the cursor by hand nor a spinner while the total is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from askdocs_indexer.types import UNITS, Phase
from askdocs_indexer.types import Progress as Report
from askdocs_server.cli.output import duration
from askdocs_server.cli.progress import DOING

_BAR_CELLS = 24
_LOOKING = "Looking for changes"


class _Rate(ProgressColumn):
    """How much is done in a second."""

    def render(self, task: Task) -> Text:
        speed = _speed(task)
        if not speed:
            return Text("")
        return Text(f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s", style="cyan")


class _TimeLeft(ProgressColumn):
    """How long the rest takes at that rate."""

    def render(self, task: Task) -> Text:
        speed = _speed(task)
        if not speed or not task.remaining:
            return Text("")
        return Text(f"{duration(task.remaining / speed)} left", style="cyan")


def _speed(task: Task) -> float:
    """Return the rate of the last half minute, or until there is one, that since the beginning."""
    return task.finished_speed or task.speed or task.completed / (task.elapsed or 1.0)


@contextmanager
def bars(console: Console | None = None) -> Iterator[Report]:
    """Show a bar for each phase, with its rate and the time left; they vanish in the end.

    The function that it yields may be called from any thread.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(_BAR_CELLS),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        _Rate(),
        _TimeLeft(),
    )
    shown = console or Console(stderr=True)
    with Progress(*columns, console=shown, transient=True) as progress:
        looking = progress.add_task(_LOOKING, total=None, unit="")
        tasks: dict[Phase, TaskID] = {}

        def report(done: int, total: int, phase: Phase) -> None:
            if phase not in tasks:
                progress.update(looking, visible=False)
                tasks[phase] = progress.add_task(DOING[phase], total=total, unit=UNITS[phase])
            progress.update(tasks[phase], completed=done, total=total)

        yield report
