"""The daemon: sessions of editors and commands on one event loop, over one host."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
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
    to_line,
)
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.errors import HandshakeError
from askdocs_server.host.provider import SharedHost
from askdocs_server.ipc.framing import framed
from askdocs_server.ipc.signals import on_termination
from askdocs_server.ipc.sockets import is_own_process, listen, serve_streams
from askdocs_server.lsp.connection import BoundedWriter, serve_connection
from askdocs_server.lsp.server import AskdocsServer, create_server
from askdocs_server.settings.loader import load_settings

log = logging.getLogger(__name__)

_HELLO_SECONDS = 10.0
_STREAM_BYTES = 1 << 20
# How often to check whether the socket was removed or all clients have left.
_TICK_SECONDS = 1.0
# How long requests have to end before the daemon leaves; what is cut off is asked again elsewhere.
_DRAIN_SECONDS = 5.0
_POLL_SECONDS = 0.02
_CLOSE_SECONDS = 20.0
_MAX_LOG_BYTES = 5_000_000
# So long another thread computes before it lets the one on which the answers wait go on.
_SWITCH_SECONDS = 0.001
# Once no client has used the daemon for a while, indexes of projects that are gone are removed,
# unless they were used recently: a folder may lie on a drive that is away for a while.
_PRUNE_AFTER_SECONDS = 60.0
_PRUNE_UNUSED_SECONDS = 90 * 24 * 3600.0


def run(paths: DaemonPaths, lock: FileLock, listener: socket.socket, *, debug: bool) -> None:
    """Serve until no client needs the daemon any more, or it is asked to leave."""
    _configure_logging(debug)
    # The runtime directory holds no settings, so these are the user's own.
    settings, _ = load_settings(paths.directory)
    log.info("askdocs %s listens on %s", __version__, paths.socket)
    sys.setswitchinterval(_SWITCH_SECONDS)
    asyncio.run(Daemon(paths, lock, SharedHost(settings.daemon)).serve(listener))


def _configure_logging(debug: bool) -> None:
    """Log to a file of limited size; what libraries print goes there as well."""
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
class _Connection:
    """A client's connection: `server` serves an editor, `commands` the command line."""

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
    """Serves all clients that attach, over the same `hosts`."""

    paths: DaemonPaths
    lock: FileLock
    hosts: SharedHost
    _connections: set[_Connection] = field(default_factory=set)
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)
    _reason: str = "idle"
    _listening: asyncio.Server | None = None
    _has_pruned: bool = False
    _started: float = field(default_factory=time.monotonic)
    _last_use: float = field(default_factory=time.monotonic)

    async def serve(self, listener: socket.socket) -> None:
        """Serve until it is time to leave; then end all that the daemon has begun."""
        on_termination(lambda _: self._leave("ended"))
        await self._listen(listener)
        try:
            while not self._leaving.is_set():
                if not self._is_reachable() and not await self._listen_again():
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
        self._listening = await serve_streams(self._accept, listener, limit=_STREAM_BYTES)

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _is_reachable(self) -> bool:
        """Return whether a client that looks for the daemon finds this process."""
        return self.lock.is_in_place() and self.paths.socket.exists()

    async def _listen_again(self) -> bool:
        """Listen again after the socket was removed; False if its whole folder was."""
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
        if self._connections:
            self._last_use = time.monotonic()
        return time.monotonic() - self._last_use >= self._idle

    def _prune_when_unused(self) -> None:
        unused = time.monotonic() - self._last_use
        if not self._has_pruned and not self._connections and unused >= _PRUNE_AFTER_SECONDS:
            self._has_pruned = True
            # Nothing waits for the thread: what our exit cuts off is removed the next time.
            threading.Thread(target=_prune, name="askdocs-prune", daemon=True).start()

    def _leave(self, reason: str) -> None:
        if not self._leaving.is_set():
            log.info("leaving: %s", reason)
            self._reason = reason
            self._leaving.set()

    def _is_busy(self) -> bool:
        return any(connection.is_busy for connection in self._connections)

    async def _end(self) -> None:
        if self.lock.is_in_place():
            self.paths.socket.unlink(missing_ok=True)
        self._stop_listening()
        deadline = time.monotonic() + _DRAIN_SECONDS
        while self._is_busy() and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)
        goodbye = {"jsonrpc": "2.0", "method": LEAVING_METHOD, "params": {"reason": self._reason}}
        for connection in list(self._connections):
            if connection.server is not None:
                with suppress(Exception):
                    connection.writer.write(framed(goodbye))
            connection.task.cancel()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                tasks = [connection.task for connection in self._connections]
                await asyncio.gather(*tasks, return_exceptions=True)
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
        """Return a client's greeting; None where the connection ends with the reply."""
        if not is_own_process(writer.get_extra_info("socket")):
            raise HandshakeError("another user tried to attach")
        async with asyncio.timeout(_HELLO_SECONDS):
            line = await reader.readline()
        if len(line) > MAX_HELLO_BYTES:
            raise HandshakeError("the first line is too long")
        if not line:
            return None  # A client has only checked whether we listen.
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
        attached = (connection.server for connection in self._connections)
        servers = [server for server in attached if server is not None]
        return {
            "sessions": len(servers),
            "commands": len(self._connections) - len(servers),
            "roots": sorted(
                {str(folder) for server in servers for folder in server.session.folders}
            ),
            "seconds": round(time.monotonic() - self._started, 1),
        }

    async def _serve(
        self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        connection = _Connection(hello, task, writer)
        self._connections.add(connection)
        try:
            if hello.kind == "command":
                connection.commands = CommandSession(self.hosts, hello, writer)
                await connection.commands.serve(reader)
            else:
                root = Path(hello.root) if hello.root else None
                connection.server = create_server(self.hosts, root=root, overrides=hello.overrides)
                await serve_connection(connection.server, reader, BoundedWriter(writer))
        finally:
            self._connections.discard(connection)
            self._last_use = time.monotonic()
