"""A process that cannot outlive its owner, and leaves none of its own processes behind.

Light, and the same on every system; process_guard_posix.py is what it does.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from askdocs_server.errors import UnsupportedSystemError


def run_guarded(serve: Callable[[], object], remove: Path | None = None) -> NoReturn:
    """Run `serve` in a forked process and end with it; never returns.

    SIGTERM is passed on to the server, which then ends in its own way. `remove` (its socket) is
    deleted at the end. Call it while this process has one thread and nothing heavy is imported.
    """
    if sys.platform != "win32":
        from askdocs_server.generation.process_guard_posix import guard

        guard(serve, remove)
    raise UnsupportedSystemError


def kill_group(leader: int) -> None:
    """End at once what is left of a guarded process: its whole group, by the first one's number."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
