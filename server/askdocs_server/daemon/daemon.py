"""The daemon: sessions of editors and commands on one event loop, over one host."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

from askdocs_indexer.file_lock import FileLock
from askdocs_indexer.prune import prune
from askdocs_server import __version__
from askdocs_server.daemon.commands import CommandSession
from askdocs_server.daemon.connect import log_path
from askdocs_server.daemon.handshake import (
    LEAVING_METHOD,
    MAX_HELLO_BYTES,
    Hello,
    Reply,
    Verdict,
    hello_of,
    peer_user,
    to_line,
)
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import HandshakeError
from askdocs_server.host.provider import SharedHost
from askdocs_server.ipc.framing import framed
from askdocs_server.ipc.sockets import listen
from askdocs_server.lsp.connection import BoundedWriter, serve_connection
from askdocs_server.lsp.server import AskdocsServer, create_server
from askdocs_server.settings.loader import load_settings

log = logging.getLogger(__name__)

_HELLO_SECONDS = 10.0
_STREAM_BYTES = 1 << 20
# How often it is looked whether somebody has removed the socket or all have left.
_TICK_SECONDS = 1.0
# Requests get so long to end before the daemon leaves; what is cut off is asked again elsewhere.
_DRAIN_SECONDS = 5.0
_POLL_SECONDS = 0.02
_CLOSE_SECONDS = 20.0
_MAX_LOG_BYTES = 5_000_000
# Once nobody has needed the daemon for a while, indexes of projects that are gone are removed,
# unless they were used not long ago: a folder may lie on a drive that is away for a while.
_PRUNE_AFTER_SECONDS = 60.0
_PRUNE_UNUSED_SECONDS = 90 * 24 * 3600.0


def run(paths: DaemonPaths, lock: FileLock, listener: socket.socket, *, debug: bool) -> None:
    """Serve until nobody needs it any more, or it is asked to leave."""
    _configure_logging(debug)
    # Of no workspace: the runtime directory holds no settings, so these are the user's own.
    settings, _ = load_settings(paths.directory)
    log.info("askdocs %s listens on %s", __version__, paths.socket)
    asyncio.run(Daemon(paths, lock, SharedHost(settings.daemon)).serve(listener))


def _configure_logging(debug: bool) -> None:
    """Log to a file that does not grow without end; what libraries print goes there as well."""
    logging.basicConfig(
        level=logging.INFO if debug else logging.WARNING,
        format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s",
        handlers=[RotatingFileHandler(log_path(), maxBytes=_MAX_LOG_BYTES, backupCount=1)],
    )
    for name in ("askdocs_server", "askdocs_indexer"):
        logging.getLogger(name).setLevel(logging.DEBUG if debug else logging.INFO)


def _prune() -> None:
    """Remove the indexes of projects that are gone, and log which."""
    for index in prune(_PRUNE_UNUSED_SECONDS):
        log.info("removed the index of %s, which is gone: %s", index.root, index.folder)


@dataclass(eq=False, slots=True)
class _Attached:
    """One connection: `server` is an editor's, `commands` one of the command line's."""

    hello: Hello
    task: asyncio.Task[None]
    writer: asyncio.StreamWriter
    server: AskdocsServer | None = None
    commands: CommandSession | None = None

    @property
    def is_busy(self) -> bool:
        if self.commands is not None:
            return self.commands.is_answering
        return self.server is None or self.server.protocol.requests_in_flight > 0


@dataclass(slots=True)
class Daemon:
    """Serves all who attach, over the same `hosts`."""

    paths: DaemonPaths
    lock: FileLock
    hosts: SharedHost
    _attached: set[_Attached] = field(default_factory=set)
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)
    _reason: str = "idle"
    _listening: asyncio.Server | None = None
    _has_pruned: bool = False
    _started: float = field(default_factory=time.monotonic)
    _last_use: float = field(default_factory=time.monotonic)

    async def serve(self, listener: socket.socket) -> None:
        """Serve until it is time to leave; then end all that it has begun."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._leave, "ended")
        await self._listen(listener)
        try:
            while not self._leaving.is_set():
                if not self._is_in_place() and not await self._listen_anew():
                    self._leave("replaced")
                elif self._is_idle():
                    self._leave("idle")
                self._prune_when_unused()
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(_TICK_SECONDS, self._idle)):
                        await self._leaving.wait()
        finally:
            await self._end()

    # -- life -------------------------------------------------------------------------------

    async def _listen(self, listener: socket.socket) -> None:
        self._listening = await asyncio.start_unix_server(
            self._accept, sock=listener, limit=_STREAM_BYTES
        )

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _is_in_place(self) -> bool:
        """Return whether those who look for the daemon find this one."""
        return self.lock.is_in_place() and self.paths.socket.exists()

    async def _listen_anew(self) -> bool:
        """Listen again where the socket was removed; False where the whole place was."""
        if not self.lock.is_in_place():
            return False
        log.warning("the socket was removed; listening again")
        self._stop_listening()
        try:
            await self._listen(listen(self.paths.socket))
        except OSError as error:
            log.error("cannot listen again: %s", error)
            return False
        return True

    @property
    def _idle(self) -> float:
        return self.hosts.settings.idle_minutes * 60

    def _is_idle(self) -> bool:
        if self._attached:
            self._last_use = time.monotonic()
        return time.monotonic() - self._last_use >= self._idle

    def _prune_when_unused(self) -> None:
        unused = time.monotonic() - self._last_use
        if not self._has_pruned and not self._attached and unused >= _PRUNE_AFTER_SECONDS:
            self._has_pruned = True
            # Nobody waits for it: what is cut off by our end is removed the next time.
            threading.Thread(target=_prune, name="askdocs-prune", daemon=True).start()

    def _leave(self, reason: str) -> None:
        if not self._leaving.is_set():
            log.info("leaving: %s", reason)
            self._reason = reason
            self._leaving.set()

    async def _end(self) -> None:
        if self.lock.is_in_place():
            self.paths.socket.unlink(missing_ok=True)
        self._stop_listening()
        deadline = time.monotonic() + _DRAIN_SECONDS
        while any(one.is_busy for one in self._attached) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)
        goodbye = {"jsonrpc": "2.0", "method": LEAVING_METHOD, "params": {"reason": self._reason}}
        for one in list(self._attached):
            if one.server is not None:
                with suppress(Exception):
                    one.writer.write(framed(goodbye))
            one.task.cancel()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await asyncio.gather(*(one.task for one in self._attached), return_exceptions=True)
                await self.hosts.aclose()
        except TimeoutError:
            log.warning("not everything closed in time; the indexes are sound all the same")

    # -- connections ------------------------------------------------------------------------

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            hello = await self._greeted(reader, writer)
            if hello is not None:
                await self._serve(hello, reader, writer)
        except (OSError, HandshakeError, TimeoutError, ValueError) as error:
            log.info("a connection was refused or broke: %s", error)
        except asyncio.CancelledError:
            log.debug("a session was ended")  # By us: we leave.
        except Exception:
            log.exception("a session failed; the others go on")
        finally:
            with suppress(Exception):
                writer.close()

    async def _greeted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Hello | None:
        """Return who attaches; None where that ends with the reply."""
        connection = writer.get_extra_info("socket")
        if peer_user(connection) != os.getuid():
            raise HandshakeError("another user tried to attach")
        async with asyncio.timeout(_HELLO_SECONDS):
            line = await reader.readline()
        if len(line) > MAX_HELLO_BYTES:
            raise HandshakeError("the first line is too long")
        if not line:
            return None  # Somebody looked whether we listen.
        hello = hello_of(line)
        verdict = self._verdict(hello)
        about = self._about() if hello.kind == "status" else {}
        writer.write(to_line(Reply(verdict, __version__, os.getpid(), about=about)))
        await writer.drain()
        if hello.kind == "stop":
            self._leave("stopped")
        return hello if verdict == "welcome" and hello.kind in ("editor", "command") else None

    def _verdict(self, hello: Hello) -> Verdict:
        if self._leaving.is_set():
            return "leaving"
        if hello.kind in ("stop", "status") or hello.joins or hello.version == __version__:
            return "welcome"
        if hello.replaces:
            self._leave("replaced")
            return "leaving"
        return "other-version"

    def _about(self) -> dict[str, object]:
        return {
            "sessions": sum(one.server is not None for one in self._attached),
            "commands": sum(one.server is None for one in self._attached),
            "roots": sorted(
                {
                    str(folder)
                    for one in self._attached
                    if one.server is not None
                    for folder in one.server.session.folders
                }
            ),
            "seconds": round(time.monotonic() - self._started, 1),
        }

    async def _serve(
        self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        one = _Attached(hello, task, writer)
        self._attached.add(one)
        try:
            if hello.kind == "command":
                one.commands = CommandSession(self.hosts, hello, writer)
                await one.commands.serve(reader)
            else:
                root = Path(hello.root) if hello.root else None
                one.server = create_server(self.hosts, root=root, overrides=hello.overrides)
                await serve_connection(one.server, reader, BoundedWriter(writer))
        finally:
            self._attached.discard(one)
            self._last_use = time.monotonic()
