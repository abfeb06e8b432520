"""Where the command line writes: data to stdout, everything for people's eyes to stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from askdocs_indexer.types import Phase, Progress

_DOING: Mapping[Phase, str] = {"reading": "Reading", "embedding": "Embedding"}
_UNITS: Mapping[Phase, str] = {"reading": "files", "embedding": "passages"}

# Between two lines of progress in a pipe.
_LINE_SECONDS = 5.0
_STDOUT, _STDERR = 1, 2
# So many files are named for one reason.
_SHOWN = 5
_HIT_FIELDS = ("path", "start_line", "end_line", "title", "score")


@dataclass(frozen=True, slots=True)
class Output:
    """The streams of one command. `data` is the real stdout, `styled` whether it shows colours."""

    data: TextIO
    styled: bool = False

    def line(self, text: str = "") -> None:
        """Write a line of data at once, so that a reader of the pipe gets it."""
        self.write(f"{text}\n")

    def write(self, text: str) -> None:
        """Write a piece of data at once."""
        self.data.write(text)
        self.data.flush()

    def json(self, value: Mapping[str, Any]) -> None:
        """Write one object on a line of its own. ASCII, so that no locale can garble it."""
        self.line(json.dumps(value))

    def strong(self, text: str) -> str:
        """Return a text to be written in bold where styles are shown."""
        return f"\x1b[1m{text}\x1b[0m" if self.styled else text

    def faint(self, text: str) -> str:
        """Return a text to be written dimly where styles are shown."""
        return f"\x1b[2m{text}\x1b[0m" if self.styled else text


@contextmanager
def reserved_stdout() -> Iterator[Output]:
    """Keep stdout for data: what libraries print in the meantime goes to stderr."""
    try:
        real = os.dup(_STDOUT)
    except OSError:
        from askdocs_server.errors import CommandError

        raise CommandError("stdout is closed. Send it to a file, or to /dev/null.") from None
    sys.stdout.flush()
    styled = os.isatty(real) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    os.dup2(_STDERR, _STDOUT)
    data = os.fdopen(os.dup(real), "w", encoding="utf-8", errors="backslashreplace")
    try:
        yield Output(data, styled)
    finally:
        # The reader may be gone by now, which is not an error.
        with suppress(BrokenPipeError):
            data.close()
        with suppress(BrokenPipeError):
            sys.stdout.flush()
        os.dup2(real, _STDOUT)
        os.close(real)


def note(text: str) -> None:
    """Tell the user something on stderr."""
    print(f"askdocs: {text}", file=sys.stderr, flush=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show how far indexing has come: a bar on a terminal, sparse lines in a pipe.

    The function that it yields may be called from any thread.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _lines()
        return
    from rich import progress as rich_progress
    from rich.console import Console

    columns = (
        rich_progress.SpinnerColumn(),
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TextColumn("{task.fields[unit]}"),
        rich_progress.TimeRemainingColumn(),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Looking for changes", total=None, unit="files")
        shown: Phase | None = None

        def report(done: int, total: int, phase: Phase) -> None:
            nonlocal shown
            if phase != shown:  # The rate of one says nothing of the other's.
                shown = phase
                bar.reset(task, description=_DOING[phase], unit=_UNITS[phase])
            bar.update(task, completed=done, total=total)

        yield report


@contextmanager
def waiting(doing: str) -> Iterator[Callable[[str], None]]:
    """Show that something takes time; the function that it yields replaces the shown text."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        note(f"{doing}…")
        yield lambda text: note(f"{text}…")
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{doing}…") as status:
        yield lambda text: status.update(f"{text}…")


def _lines() -> Progress:
    printed = 0.0

    def report(done: int, total: int, phase: Phase) -> None:
        nonlocal printed
        now = time.monotonic()
        if done == total or now - printed >= _LINE_SECONDS:
            printed = now
            note(f"{_DOING[phase]}: {done} of {total} {_UNITS[phase]}")

    return report


def skipped_lines(skipped: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield a line for each reason why files were skipped, with the files that it holds for."""
    by_reason: dict[str, list[str]] = {}
    for file in skipped:
        by_reason.setdefault(file["reason"], []).append(file["path"])
    for reason, paths in by_reason.items():
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        yield f"{', '.join(paths[:_SHOWN])}{more}: {reason}"


def kinds_line(kinds: Mapping[str, int]) -> str:
    """Return how many files were read of each suffix in words."""
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def unread_lines(unread: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each kind of documentation that is not in the index."""
    from askdocs_indexer.types import Unread

    for row in unread:
        kind = Unread(**row)
        yield f"{kind.label}: {kind.reason}"


def report_sentence(report: Mapping[str, Any]) -> str:
    """Return what indexing took, in words."""
    return (
        f"{report['files']} files with {report['chunks']} passages are indexed: "
        f"{report['embedded']} embedded, {report['reused']} reused, {report['moved']} moved, "
        f"{report['deleted']} deleted, {len(report['skipped'])} files skipped, in "
        f"{report['seconds']:.1f} s."
    )


def hits_object(hits: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return hits in the form of the command line's JSON, best first."""
    return {"hits": [{name: hit[name] for name in _HIT_FIELDS} for hit in hits]}
