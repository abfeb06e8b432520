"""What a process and all below it take: processor time, memory, wall time."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO, TypeVar

import psutil

# A look at the pages of a large process takes the kernel some milliseconds.
_SAMPLE_SECONDS = 0.5
_ERROR_CHARACTERS = 300

Result = TypeVar("Result")


class CommandError(Exception):
    """A command failed; the message is the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of the processor and of the wall clock, and the most memory at once (MiB)."""

    cpu: float
    wall: float
    memory: float = 0.0


def median_of(usages: Sequence[Usage]) -> Usage:
    """Return the median of each figure."""
    columns = zip(*((usage.cpu, usage.wall, usage.memory) for usage in usages), strict=True)
    return Usage(*map(statistics.median, columns))


@dataclass(frozen=True, slots=True)
class Run:
    """A command that has ended, and what it printed."""

    usage: Usage
    output: str
    errors: str = ""


def run_command(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    *,
    seconds: float = 7200.0,
    accepted: Sequence[int] = (0,),
) -> Run:
    """Run a command to its end.

    Raises CommandError where it takes longer or ends with another code than those `accepted`, and
    OSError where it cannot be started.
    """
    # Files, not pipes: what a command leaves behind would keep those open.
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        started = time.perf_counter()
        with (
            reaped_cpu() as cpu,
            subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            ) as process,
            watched(process.pid) as peak,
        ):
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                raise CommandError(f"{command[0]} took longer than {seconds:.0f} s") from None
            finally:
                kill_group(process.pid)
            wall = time.perf_counter() - started
        printed, said = _all(output), _all(errors)
    if code not in accepted:
        raise CommandError(last_words(said or printed))
    return Run(Usage(cpu[0], wall, peak[0]), printed, said)


def _all(file: TextIO) -> str:
    file.seek(0)
    return file.read()


def last_words(text: str) -> str:
    """Return the last line that says something: where programs say what went wrong."""
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in reversed(lines) if len(line) > 8), text)[-_ERROR_CHARACTERS:]


@contextmanager
def reaped_cpu() -> Iterator[list[float]]:
    """Put the processor time of the children that end in this block into the list, at its end."""
    own = psutil.Process()
    before, total = own.cpu_times(), [0.0]
    yield total
    after = own.cpu_times()
    total[0] = after.children_user + after.children_system
    total[0] -= before.children_user + before.children_system


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """Keep in the list how much memory a process and those below it had at most (MiB)."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while True:
            most[0] = max(most[0], tree_memory(pid))
            if over.wait(_SAMPLE_SECONDS):
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def tree(pid: int) -> list[psutil.Process]:
    """Return a process and all below it; none where it has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def tree_cpu(pid: int) -> float:
    """Return the processor time of a process and all that it has started (s)."""
    seconds = 0.0
    for process in tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


def tree_memory(pid: int) -> float:
    """Return the memory of a process and all below it, shared pages counted once (MiB)."""
    total = 0
    for process in tree(pid):
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 2**20


def kill_group(pid: int) -> None:
    """End what is left of a process that leads a session, and of those that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def timed(work: Callable[[], Result]) -> tuple[Result, Usage]:
    """Do something in this process; returns its result and the times of all its threads."""
    started, before = time.perf_counter(), time.process_time()
    result = work()
    return result, Usage(time.process_time() - before, time.perf_counter() - started)
