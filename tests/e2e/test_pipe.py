"""The real pipe between an editor and a daemon that misbehaves as no real one can be made to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.daemon_support import User, a_user
from tests.e2e.lsp_support import ASKDOCS, Editor, make_editor, within

from askdocs_indexer.file_lock import FileLock
from askdocs_server.daemon.handshake import Reply, hello_of, to_line
from askdocs_server.daemon.paths import DaemonPaths
from askdocs_server.ipc.framing import Frames, framed
from askdocs_server.ipc.sockets import listen

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        yield user


class Impostor:
    """Stands where the user's daemon would, until it leaves."""

    def __init__(self, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, user.environment[name])
        self.paths = DaemonPaths.of_this_user()
        lock = FileLock.try_acquire(self.paths.lock)
        assert lock is not None
        self.lock = lock
        self.listener = listen(self.paths.socket)
        self.listener.setblocking(True)
        self.frames = Frames()
        self.heard: list[dict[str, Any]] = []

    def welcome(self) -> None:
        """Take one pipe."""
        self.connection, _ = self.listener.accept()
        greeting = hello_of(self.connection.recv(65536))
        self.connection.sendall(to_line(Reply("welcome", greeting.version, 1)))

    def hear(self, method: str) -> dict[str, Any]:
        """Read until a message of a method comes."""
        while True:
            for message in self.heard:
                if message.get("method") == method:
                    self.heard.remove(message)
                    return message
            data = self.connection.recv(65536)
            assert data, "the pipe has gone"
            self.heard += [json.loads(body or b"null") for body in self.frames.feed(data)]

    def say(self, *messages: dict[str, Any]) -> None:
        """Send messages, all at once."""
        self.connection.sendall(b"".join(framed({"jsonrpc": "2.0", **one}) for one in messages))

    def leave(self) -> None:
        """Give way to a true one."""
        self.paths.socket.unlink()
        self.listener.close()
        self.connection.close()
        self.lock.release()


@pytest.fixture
def impostor(user: User, monkeypatch: pytest.MonkeyPatch) -> Impostor:
    return Impostor(user, monkeypatch)


async def met(impostor: Impostor, user: User, project: Path) -> Editor:
    """Return an editor whose session the impostor has begun."""
    editor = make_editor()
    await editor.start_io(ASKDOCS, "lsp", env=user.environment, cwd=project)
    opening = asyncio.ensure_future(editor.open_session(project))
    await within(asyncio.to_thread(impostor.welcome))
    number = (await within(asyncio.to_thread(impostor.hear, "initialize")))["id"]
    impostor.say({"id": number, "result": {"capabilities": {}}})
    await within(opening)
    return editor


@pytest.mark.parametrize("reason", ["replaced", "stopped"])
async def test_what_a_leaving_daemon_cuts_off_is_asked_again(
    user: User, impostor: Impostor, reason: str
) -> None:
    project = user.project()
    editor = await met(impostor, user, project)
    asking = asyncio.ensure_future(editor.request("askdocs/search", {"query": "rain gauge"}))
    number = (await within(asyncio.to_thread(impostor.hear, "askdocs/search")))["id"]
    impostor.say(
        {"method": "$/askdocs/leaving", "params": {"reason": reason}},
        {"id": number, "error": {"code": -32800, "message": "Request Cancelled"}},
    )
    impostor.leave()
    assert "hits" in await within(asking)
    await within(editor.shutdown_session())
    await editor.kill()


async def test_a_daemon_that_was_stopped_after_shutdown_is_not_followed(
    user: User, impostor: Impostor
) -> None:
    editor = await met(impostor, user, user.project())
    leaving = asyncio.ensure_future(editor.shutdown_async(None))
    number = (await within(asyncio.to_thread(impostor.hear, "shutdown")))["id"]
    impostor.say({"id": number, "result": None})
    await within(leaving)
    impostor.leave()
    editor.exit(None)
    assert editor._server is not None
    assert await within(editor._server.wait()) == 0
    assert user.daemons == []
    await editor.kill()
