"""Processes that outlive the one that starts them, and their end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

FRUGAL = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Has a process with many threads keep less freed memory: glibc does so for each of them, and Arrow
beside that."""


def start_detached(command: Sequence[str], log: IO[bytes], descriptor: int) -> None:
    """Start a frugal process that nobody waits for; it writes to `log` and inherits a descriptor.

    A shell starts it and ends, so that it is nobody's child and no zombie is left. A process that
    forks by itself would do as well, but on macOS the system's libraries refuse to work in a fork.
    """
    import subprocess  # Late: most calls find a running daemon.

    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", *command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**FRUGAL, **os.environ},
        pass_fds=(descriptor,),
        start_new_session=True,
        check=False,
    )


def terminate(process: int) -> None:
    """Ask a process to end. Raises OSError where that is not allowed."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)


def kill(process: int) -> None:
    """End a process at once. Raises OSError where that is not allowed."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
