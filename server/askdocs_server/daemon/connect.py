"""Attaching to the user's daemon, and starting it where none answers.

Whoever starts a daemon holds `start.lock`: of ten clients at once, one starts it and nine join. The
lock ends with its holder, so no client is stuck behind a process that died.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from askdocs_indexer.file_lock import FileLock
from askdocs_indexer.system.processes import unix_socket
from askdocs_server.daemon.handshake import (
    MAX_HELLO_BYTES,
    Hello,
    Reply,
    reply_of,
    to_line,
)
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import DaemonError, HandshakeError
from askdocs_server.ipc.sockets import is_own_process

# A busy daemon answers late; a stopped (SIGSTOP) or stuck daemon never does.
_GREETING_SECONDS = 10.0
_START_SECONDS = 40.0
_POLL_SECONDS = 0.01
_MAX_STARTS = 5


def join(paths: DaemonPaths, hello: Hello) -> tuple[socket.socket, Reply] | None:
    """Attach to the running daemon; None where none runs. Raises DaemonError."""
    connection = _connect(paths)
    if connection is None:
        return None
    try:
        reply = _greet(connection, hello)
    except BaseException:
        connection.close()
        raise
    if reply is None or reply.verdict in ("leaving", "other-version"):
        connection.close()
        return None
    return connection, reply


def attach(paths: DaemonPaths, hello: Hello, *, debug: bool = False) -> tuple[socket.socket, Reply]:
    """Attach to the daemon, starting it where none runs, and replacing one of another version.

    Raises DaemonError, and OSError where its files cannot be made.
    """
    if (joined := join(paths, hello)) is not None:
        return joined
    deadline = time.monotonic() + _START_SECONDS
    with _one_at_a_time(paths, deadline):
        return _started(paths, replace(hello, replaces=not hello.joins), debug, deadline)


def _started(
    paths: DaemonPaths, hello: Hello, debug: bool, deadline: float
) -> tuple[socket.socket, Reply]:
    starts, running = 0, None
    try:
        while time.monotonic() < deadline:
            # A daemon closes this pipe when it begins to listen, or when it dies.
            has_news = running is not None and bool(select.select([running], [], [], 0)[0])
            if (joined := join(paths, hello)) is not None:
                return joined
            if running is None or has_news:
                if running is not None:
                    os.close(running)
                    running = None
                if starts == _MAX_STARTS:
                    break
                starts += 1
                running = _start(debug)
            time.sleep(_POLL_SECONDS)
    finally:
        if running is not None:
            os.close(running)
    raise DaemonError(
        f"The askdocs daemon does not start: {_last_words()} Its log: {log_path()}. A daemon that "
        "hangs is ended by `askdocs stop`."
    )


def log_path() -> Path:
    """Return the daemon's log."""
    from askdocs_indexer.paths import cache_folder  # Late: only needed to start a daemon.

    return cache_folder() / "logs" / "daemon.log"


def _connect(paths: DaemonPaths) -> socket.socket | None:
    connection = unix_socket()
    try:
        connection.settimeout(_GREETING_SECONDS)
        connection.connect(os.fspath(paths.socket))
        stranger = not is_own_process(connection)
    except (FileNotFoundError, ConnectionError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise DaemonError(f"{paths.socket} cannot be used ({error.strerror or error}).") from error
    if stranger:
        connection.close()
        raise DaemonError(f"{paths.socket} belongs to another user's process. Remove it.")
    return connection


def _greet(connection: socket.socket, hello: Hello) -> Reply | None:
    """Exchange the first lines; None where the daemon has left. Raises DaemonError."""
    try:
        connection.sendall(to_line(hello))
        line = b""
        while not line.endswith(b"\n"):
            # Byte by byte would be needed after `welcome`, but the daemon then waits for us.
            if not (data := connection.recv(MAX_HELLO_BYTES)):
                return None
            line += data
        connection.settimeout(None)
        return reply_of(line)
    except TimeoutError:
        raise DaemonError(
            "The askdocs daemon runs but does not answer. End it with `askdocs stop`."
        ) from None
    except HandshakeError as error:
        raise DaemonError(f"{error}. End it, or remove its socket.") from None
    except ConnectionError:
        return None


@contextmanager
def _one_at_a_time(paths: DaemonPaths, deadline: float) -> Iterator[None]:
    while (lock := FileLock.try_acquire(paths.starting)) is None:
        if time.monotonic() > deadline:
            raise DaemonError(
                "Another askdocs has been starting the daemon for too long. Try again, or run "
                "`askdocs stop`."
            )
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _start(debug: bool) -> int:
    """Start a daemon; returns a descriptor whose end of file says that it listens or has ended."""
    from askdocs_server.ipc.processes import start_detached  # Late: most calls find a daemon.

    log = log_path()
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting, held = os.pipe()
    try:
        with log.open("ab") as output:
            # -P: no module of the folder that we were started in; the daemon leaves that folder.
            command = (sys.executable, "-P", "-m", "askdocs_server.daemon")
            options = ("--listening-descriptor", str(held), *(["--debug"] if debug else []))
            start_detached([*command, *options], output, held)
    finally:
        os.close(held)
    return waiting


def _last_words() -> str:
    with suppress(OSError):
        lines = log_path().read_bytes()[-4096:].decode(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "").rstrip(".") + "."
    return "it logged nothing."
