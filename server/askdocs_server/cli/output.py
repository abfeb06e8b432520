"""Where the command line writes: data to stdout, everything for people's eyes to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TextIO

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

    @property
    def is_terminal(self) -> bool:
        """Whether the data goes to a terminal, which can be rewritten."""
        return self.data.isatty() and os.environ.get("TERM") != "dumb"

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


def rate(speed: float) -> str:
    """Return passages per second in words."""
    return f"{speed:.0f} passages/s" if speed >= 10 else f"{speed:.2g} passages/s"


def duration(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def hits_object(hits: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return hits in the form of the command line's JSON, best first."""
    return {"hits": [{name: hit[name] for name in _HIT_FIELDS} for hit in hits]}
