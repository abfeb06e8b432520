"""`askdocs stop`: end the daemon, its models and its indexes."""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import suppress

from askdocs_indexer.file_lock import holder_of
from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output
from askdocs_server.cli.progress import waiting
from askdocs_server.daemon.connect import join
from askdocs_server.daemon.handshake import Hello
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import CommandError, DaemonError
from askdocs_server.ipc.processes import kill, terminate

# Asked to leave, the daemon ends its answers and closes its indexes; then it is made to leave.
_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.05


async def _run(options: argparse.Namespace, output: Output) -> int:
    paths = DaemonPaths.of_this_user()
    pid = _holder(paths)
    if pid is not None:
        with waiting(f"Stopping the daemon, process {pid}"):
            await asyncio.to_thread(_stop, paths, pid)
    if options.json:
        output.json({"stopped": [] if pid is None else [pid]})
    elif pid is None:
        output.line("Nothing runs in the background.")
    else:
        output.line(
            f"The daemon, process {pid}, has ended. An editor that is open starts it again when "
            "it next needs it."
        )
    return OK


def _holder(paths: DaemonPaths) -> int | None:
    """Return the process that holds the daemon's lock; None where no process does."""
    text = holder_of(paths.lock) or ""
    return int(text) if text.isdigit() else None


def _stop(paths: DaemonPaths, pid: int) -> None:
    """Ask the daemon to leave, then terminate it, then kill it. Raises CommandError."""
    with suppress(DaemonError):  # If it does not answer, signals follow.
        if (joined := join(paths, Hello("stop"))) is not None:
            joined[0].close()
            if _has_left(paths, pid, _PATIENCE_SECONDS):
                return
    for end in (terminate, kill):
        end(pid)  # Only the lock's holder writes into the locked file.
        if _has_left(paths, pid, _PATIENCE_SECONDS / 3):
            return
    raise CommandError(f"The daemon, process {pid}, does not end. End it by hand: kill -9 {pid}.")


def _has_left(paths: DaemonPaths, pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _holder(paths) == pid:  # An editor may start the next one at once.
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


COMMAND = Command("stop", "end the daemon, its models and its indexes", add_json, printing(_run))
