"""The daemon's process: `python -m askdocs_server.daemon`, started by connect.py."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from askdocs_indexer.file_lock import FileLock
from askdocs_indexer.system.processes import unix_socket
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.ipc.sockets import listen

# The previous daemon may still be finishing answers and closing its indexes.
_PREDECESSOR_SECONDS = 30.0
_POLL_SECONDS = 0.02


def main() -> int:
    """Become the user's daemon, or leave at once if one runs; returns the exit code."""
    options = _options()
    _leave_the_folder()
    paths = DaemonPaths.of_this_user()
    lock = _lock(paths)
    if lock is None:
        return 0
    lock.write(str(os.getpid()))
    listener = listen(paths.socket)
    # Clients that attach from now on wait in the listener's queue while the rest is imported.
    os.close(options.listening_descriptor)
    from askdocs_server.daemon.daemon import run

    run(paths, lock, listener, debug=options.debug)
    sys.stderr.flush()
    # All that must be closed is closed. Python's own exit would unload torch and wait for threads.
    os._exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("askdocs daemon")
    parser.add_argument("--listening-descriptor", type=int, required=True)
    parser.add_argument("--debug", action="store_true")
    return parser.parse_args()


def _leave_the_folder() -> None:
    """Change to a folder in which no file of a workspace can be mistaken for something else."""
    try:
        os.chdir(Path.home())
    except (OSError, RuntimeError):
        os.chdir("/")


def _lock(paths: DaemonPaths) -> FileLock | None:
    """Return the daemon's lock; None where another daemon answers or does not leave."""
    deadline = time.monotonic() + _PREDECESSOR_SECONDS
    while (lock := FileLock.try_acquire(paths.lock)) is None:
        if time.monotonic() > deadline or _is_answered(paths):
            return None
        time.sleep(_POLL_SECONDS)
    return lock


def _is_answered(paths: DaemonPaths) -> bool:
    with unix_socket() as trial:
        try:
            trial.connect(os.fspath(paths.socket))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
