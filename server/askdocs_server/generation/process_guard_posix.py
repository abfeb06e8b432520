"""How process_guard.py guards, on Linux and macOS. Knows nothing of vLLM.

A server that spawns helpers (vLLM's engine core) leaves them as orphans when it is killed, and is
itself an orphan when its owner is. So a guardian stands between: the first process of its own
group, it forks the server and does nothing but wait. It kills the whole group when the owner is
gone or when the server ended, however either happened.

The owner is known to be gone by the end of file on stdin, whose other end only the owner holds,
and by the kernel's parent-death signal. The server knows its guardian gone by that signal or,
where there is none, by the end of file of a pipe.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# For the type checker: on another system there is nothing to be checked below.
assert sys.platform != "win32"

_PR_SET_PDEATHSIG = 1
_OWNER_GONE = signal.SIGHUP
_WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, _OWNER_GONE)


def guard(serve: Callable[[], object], remove: Path | None) -> NoReturn:
    """Do what `run_guarded` says."""
    if os.getpgrp() != os.getpid():
        os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    _signal_at_parent_death(_OWNER_GONE)
    guardian, held = os.pipe()
    server = os.fork()
    if server == 0:
        os.close(held)
        _become_server(serve, guardian)
    os.close(guardian)
    threading.Thread(target=_watch_lease, args=(0, remove), daemon=True).start()
    while True:
        received = signal.sigwait(_WATCHED)
        if received in (signal.SIGTERM, signal.SIGINT):
            os.kill(server, signal.SIGTERM)
        elif received == _OWNER_GONE or _has_ended(server):
            _end_group(remove)


def _become_server(serve: Callable[[], object], guardian: int) -> NoReturn:
    # The guardian has one forking thread that lives as long as it does, so its death is ours.
    if not _signal_at_parent_death(signal.SIGKILL):
        threading.Thread(target=_watch_lease, args=(guardian, None), daemon=True).start()
    with Path(os.devnull).open("rb") as devnull:
        os.dup2(devnull.fileno(), sys.stdin.fileno())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
    serve()
    sys.exit(0)


def _watch_lease(lease: int, remove: Path | None) -> None:
    while os.read(lease, 1024):
        pass
    _end_group(remove)


def _has_ended(process: int) -> bool:
    """Whether the server ended, saying so on stderr, its log, where a signal ended it."""
    # Orphaned helpers may raise SIGCHLD too; only the server's end counts.
    ended, status = os.waitpid(process, os.WNOHANG)
    if ended == process and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        print(f"The server was ended by signal {number}.", file=sys.stderr, flush=True)
    return ended == process


def _end_group(remove: Path | None) -> NoReturn:
    if remove is not None:
        remove.unlink(missing_ok=True)
    os.killpg(0, signal.SIGKILL)
    raise AssertionError("unreachable: the group includes this process")


def _signal_at_parent_death(number: signal.Signals) -> bool:
    """Ask the kernel to signal this process when its parent dies; False where it cannot."""
    is_set = False
    if sys.platform == "linux":
        import ctypes

        is_set = not ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number.value, 0, 0, 0)
    return is_set
