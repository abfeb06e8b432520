"""Windows that share a daemon, and what one of them may do without the others noticing."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from tests.e2e.daemon_support import SOURCE, User, a_user, until
from tests.e2e.lsp_support import ASKDOCS, Editor, eventually, make_editor, within

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with a_user(tmp_path_factory.mktemp("user")) as user:
        yield user


@pytest.fixture(scope="module")
def project(user: User) -> Path:
    return user.project()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bystander(user: User, project: Path) -> AsyncIterator[Editor]:
    """A window that must notice nothing."""
    editor = await user.editor(project)
    editor.open_text(project / "app.py", SOURCE)
    yield editor
    await within(editor.shutdown_session())
    await editor.kill()


class Raw:
    """A window that does what no editor does."""

    def __init__(self, user: User, project: Path) -> None:
        self.process = subprocess.Popen(
            [ASKDOCS, "lsp"],
            env=user.environment,
            cwd=project,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        folder = {"uri": project.as_uri(), "name": "project"}
        params = {"processId": None, "rootUri": None, "capabilities": {}}
        self.send(1, "initialize", {**params, "workspaceFolders": [folder]})
        assert self.read()["id"] == 1
        self.send(None, "initialized", {})

    def send(self, number: int | None, method: str, params: Any) -> None:
        identity = {} if number is None else {"id": number}
        self.body(json.dumps({"jsonrpc": "2.0", **identity, "method": method, "params": params}))

    def body(self, body: str) -> None:
        data = body.encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """Return the next message that is no notification."""
        stream = self.process.stdout
        assert stream is not None
        while True:
            size = 0
            while (line := stream.readline()) != b"\r\n":
                name, _, value = line.partition(b":")
                size = int(value) if name.lower() == b"content-length" else size
            message: dict[str, Any] = json.loads(stream.read(size))
            if "id" in message:
                return message

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def rude(user: User, project: Path, bystander: Editor) -> Iterator[Raw]:
    del bystander  # It is there first.
    window = Raw(user, project)
    yield window
    window.end()


async def is_well(bystander: Editor, user: User, project: Path) -> None:
    """Check that a window is served as before, by the same daemon."""
    uri = (project / "app.py").as_uri()
    assert "once a year" in await bystander.hover_text(uri, 2, 10)
    assert await bystander.titles("rain gauge")
    assert user.daemons == [user.pid]


async def test_a_flood(bystander: Editor, rude: Raw, user: User, project: Path) -> None:
    place = {
        "textDocument": {"uri": (project / "app.py").as_uri()},
        "position": {"line": 2, "character": 10},
    }
    count = 4000

    def read() -> list[dict[str, Any]]:
        return [rude.read() for _ in range(count)]

    def flood() -> None:
        for number in range(2, count + 2):
            rude.send(number, "textDocument/hover", place)

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(asyncio.to_thread(read))
        flooding = tasks.create_task(asyncio.to_thread(flood))
        await is_well(bystander, user, project)
        await within(flooding)
        await is_well(bystander, user, project)
    replies = reading.result()
    assert sorted(reply["id"] for reply in replies) == list(range(2, count + 2))


async def test_a_reader_that_does_not_read(
    bystander: Editor, rude: Raw, user: User, project: Path
) -> None:
    for number in range(2, 3000):
        rude.send(number, "askdocs/search", {"query": "x", "limit": 1})
    await is_well(bystander, user, project)


async def test_huge_messages(bystander: Editor, rude: Raw, user: User, project: Path) -> None:
    await asyncio.to_thread(rude.body, '"' + "x" * (40 << 20) + '"')
    reply = await asyncio.to_thread(rude.read)
    assert reply["error"]["code"] == -32600
    assert "32 MiB" in reply["error"]["message"]
    document = {
        "uri": "untitled:1",
        "languageId": "python",
        "version": 1,
        "text": "x = 1\n" * 10**6,
    }
    rude.send(None, "textDocument/didOpen", {"textDocument": document})
    rude.send(2, "askdocs/status", {})
    await is_well(bystander, user, project)
    assert (await asyncio.to_thread(rude.read))["id"] == 2


async def test_noise_and_a_sudden_end(
    bystander: Editor, rude: Raw, user: User, project: Path
) -> None:
    assert rude.process.stdin is not None
    rude.process.stdin.write(os.urandom(200_000))
    rude.process.stdin.flush()
    rude.process.kill()
    await is_well(bystander, user, project)


async def test_documents_encodings_and_settings_are_a_windows_own(
    bystander: Editor, user: User, project: Path
) -> None:
    text = "import station\n\n'\U0001f327'; station.calibrate()\n"
    for options, shown in (("hover.enabled=false", None), ("hover.enabled=true", (16, 25))):
        other = make_editor()
        await other.start_io(*(ASKDOCS, "lsp", "--set", options), env=user.environment, cwd=project)
        try:
            utf8 = (types.PositionEncodingKind.Utf8,)
            await within(other.open_session(project, encodings=utf8))
            await other.until_ready()
            found = await other.hover(other.open_text(project / "app.py", text), 2, 18)
            area = found.range if found is not None else None
            assert (area and (area.start.character, area.end.character)) == shown
            await is_well(bystander, user, project)
            await within(other.shutdown_session())
        finally:
            await other.kill()


async def test_a_page_saved_in_one_window_is_found_in_the_other(
    bystander: Editor, user: User, project: Path
) -> None:
    other = await user.editor(project)
    page = project / "tides.md"
    page.write_text("# Tides\n\n## Read the tide table\n\nHigh water comes twice a day.\n")
    other.text_document_did_save(
        types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(page.as_uri()))
    )

    async def is_found() -> bool:
        return "Read the tide table" in await bystander.titles("tide table")

    await eventually(is_found)
    page.unlink()
    await within(other.shutdown_session())
    await other.kill()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
async def test_another_user_is_turned_away(bystander: Editor, user: User, project: Path) -> None:
    (place,) = user.runtime.glob("*.sock")
    code = (
        "import os, socket, sys\nos.setuid(12345)\n"
        "s = socket.socket(socket.AF_UNIX)\ns.settimeout(20)\ns.connect(sys.argv[1])\n"
        's.sendall(b\'{"kind": "status", "version": "1"}\\n\')\nprint(s.recv(99))\n'
    )

    def attempt() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-c", code, str(place)],
            capture_output=True,
            text=True,
            check=False,
        )

    closed = await asyncio.to_thread(attempt)
    assert "PermissionError" in closed.stderr
    for path in (user.runtime.parent, user.runtime):
        path.chmod(0o755)
    place.chmod(0o666)
    try:
        turned_away = await asyncio.to_thread(attempt)
    finally:
        user.runtime.chmod(0o700)
        user.runtime.parent.chmod(0o700)
    assert turned_away.stdout.strip() in ("b''", "") or "ConnectionReset" in turned_away.stderr
    assert "pid" not in turned_away.stdout
    await is_well(bystander, user, project)


async def test_strangers_to_the_first_line(bystander: Editor, user: User, project: Path) -> None:
    (place,) = user.runtime.glob("*.sock")

    def attempt(data: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(place))
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                return connection.recv(1000)
            except ConnectionError:
                return b""

    for data in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\0" * 100, b"x" * 3_000_000, b"[]\n", b"{}\n"):
        assert await asyncio.to_thread(attempt, data) == b""
    await is_well(bystander, user, project)
    sessions = until(lambda: user.data("status", "--root", str(project))["daemon"]["sessions"])
    assert sessions == 1
