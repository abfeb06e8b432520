"""`askdocs lsp`: copies an editor's messages to the daemon and the daemon's to the editor.

It outlives the daemon. When that is killed, replaced or stopped, the pipe attaches to the next one
and tells it what the journal holds; all that the editor notices is a short wait.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, NoReturn

from askdocs_server.daemon.connect import attach
from askdocs_server.daemon.handshake import LEAVING_METHOD, Hello
from askdocs_server.daemon.journal import Journal, notification
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import DaemonError
from askdocs_server.ipc.framing import TOO_LONG, Frames, framed, with_header
from askdocs_server.ipc.signals import end_by_signals

_BLOCK_BYTES = 1 << 16
# A daemon that ends sooner without a reply was of no use. From the third on, the pipe waits.
_USEFUL_SECONDS = 60.0
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 30.0
# After this many such daemons in a row the user is told.
_MANY_LOSSES = 6
_AGAIN_AND_AGAIN = (
    "askdocs: The daemon ended again and again; its log says why. It is started again."
)
# After `exit` the daemon closes the connection; the editor waits no longer than this.
_EXIT_SECONDS = 2.0
_TOO_LONG = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": TOO_LONG}}


class Pipe:
    """Two threads: this one reads the editor, the other the daemon.

    `stdin` and `stdout` are file descriptors. `connection` is attached; `hello` attaches again.
    """

    def __init__(
        self,
        stdin: int,
        stdout: int,
        connection: socket.socket,
        paths: DaemonPaths,
        hello: Hello,
        note: Callable[[str], None],
    ) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._connection = connection
        self._paths = paths
        # When attaching again, a daemon of any version will do.
        self._hello = replace(hello, joins=True)
        self._note = note
        self._journal = Journal()
        self._sending = threading.Lock()
        self._telling = threading.Lock()
        self._editor_spoke = threading.Event()
        self._is_attached = True
        self._losses = 0
        self._was_of_use = False
        self._attached = time.monotonic()

    def run(self) -> NoReturn:
        """Copy until the editor leaves, then end the process.

        The exit code is 0 after `shutdown`, 1 where the editor left without, 143 after SIGTERM.
        """
        end_by_signals(_end)
        following = threading.Thread(target=self._follow_daemon, name="askdocs-pipe", daemon=True)
        following.start()
        self._follow_editor()
        self._journal.is_over = True
        with self._sending, suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        following.join(_EXIT_SECONDS)
        _end(0 if self._journal.is_shut_down else 1)

    # -- editor to daemon -------------------------------------------------------------------

    def _follow_editor(self) -> None:
        """Send what the editor says, until its `exit` or the end of its stream."""
        for body in _bodies(lambda: os.read(self._stdin, _BLOCK_BYTES)):
            if body is None:
                self._tell(framed(_TOO_LONG))
                continue
            with self._sending:
                self._journal.from_editor(_message(body))
                if self._is_attached:
                    # What does not arrive is in the journal or on disk.
                    with suppress(OSError):
                        self._connection.sendall(with_header(body))
            self._editor_spoke.set()
            if self._journal.is_over:
                break

    # -- daemon to editor -------------------------------------------------------------------

    def _follow_daemon(self) -> None:
        try:
            while True:
                is_stopped = self._copy_from_daemon()
                if self._journal.is_over:
                    break
                self._note_loss()
                self._attach_again(is_stopped=is_stopped)
        except DaemonError as error:
            self._note(str(error))  # Started again, we serve the editor without a daemon.
        except Exception as error:
            # Whatever it is, an editor whose server has ended starts it again.
            self._note(f"the connection to the daemon broke ({type(error).__name__}: {error})")
        if not self._journal.is_over:
            with suppress(OSError):
                for message in self._journal.lost(is_final=True):
                    self._tell(framed(message))
            _end(1)  # The editor's client starts us again, or says that it does not.

    def _copy_from_daemon(self) -> bool:
        """Copy until the connection ends; returns whether the user has stopped the daemon."""
        connection = self._connection

        def read() -> bytes:
            try:
                return connection.recv(_BLOCK_BYTES)
            except ConnectionError:
                return b""

        for body in _bodies(read):
            if body is None:
                continue  # Our daemon sends nothing that long.
            message = _message(body)
            if isinstance(message, dict) and message.get("method") == LEAVING_METHOD:
                # What it sends after that are broken-off answers; the next daemon is asked again.
                return bool(message.get("params") == {"reason": "stopped"})
            if self._journal.from_daemon(message):
                self._tell(with_header(body))
                if isinstance(message, dict) and "method" not in message:
                    self._was_of_use = True
        return False

    def _note_loss(self) -> None:
        """Count the daemons that were of no use, and wait ever longer before the next."""
        if self._was_of_use or time.monotonic() - self._attached > _USEFUL_SECONDS:
            self._losses = 0
        self._losses += 1
        if self._losses == _MANY_LOSSES:
            warning = {"type": 2, "message": _AGAIN_AND_AGAIN}
            self._tell(framed(notification("window/showMessage", warning)))
        if self._losses > 2:
            wait = _FIRST_WAIT_SECONDS * 2 ** min(self._losses - 3, 10)
            time.sleep(min(wait, _LONGEST_WAIT_SECONDS))

    def _attach_again(self, *, is_stopped: bool) -> None:
        with self._sending:
            self._is_attached = False
            self._connection.close()
            self._editor_spoke.clear()
            messages = self._journal.lost(is_stopped=is_stopped)
        for message in messages:
            self._tell(framed(message))
        waits_for_editor = is_stopped or self._journal.is_shut_down
        if waits_for_editor and not self._journal.has_pending:
            self._editor_spoke.wait()
            if self._journal.is_over:
                return
        connection, _ = attach(self._paths, self._hello)
        with self._sending:
            for message in self._journal.replay():
                connection.sendall(framed(message))
            self._connection = connection
            self._is_attached = True
        self._was_of_use, self._attached = False, time.monotonic()

    def _tell(self, data: bytes) -> None:
        """Write to the editor. Raises OSError where it no longer reads."""
        with self._telling:
            view = memoryview(data)
            while view:
                view = view[os.write(self._stdout, view) :]


def _bodies(read: Callable[[], bytes]) -> Iterator[bytes | None]:
    frames = Frames()
    while data := read():
        yield from frames.feed(data)


def _message(body: bytes) -> Any:
    """Return a body's message; None where it holds none that can be read."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _end(code: int) -> NoReturn:
    """End at once: nothing else would interrupt the other thread's read."""
    sys.stderr.flush()
    os._exit(code)
