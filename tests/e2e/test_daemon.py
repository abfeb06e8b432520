"""One daemon for every window: real processes, real Milvus Lite, real MiniLM, no generator."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from lsprotocol import types
from tests.e2e.daemon_support import (
    GUIDE,
    SOURCE,
    User,
    a_full_disk,
    a_user,
    is_locked,
    until,
)
from tests.e2e.lsp_support import ASKDOCS, Editor, eventually, make_editor, within

import askdocs_server

pytestmark = pytest.mark.timeout(240)

INITIALIZE = {"processId": None, "rootUri": None, "capabilities": {}}


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with a_user(tmp_path) as user:
        yield user


async def leave(*editors: Editor) -> None:
    for editor in editors:
        await within(editor.shutdown_session())
        await editor.kill()


async def finds(editor: Editor, words: str, title: str) -> None:
    """Wait until a search finds a section."""

    async def is_found() -> bool:
        return title in await editor.titles(words)

    await eventually(is_found)


async def test_windows_and_commands_share_one_index(user: User) -> None:
    project = user.project()
    first, second = [await user.editor(project) for _ in range(2)]
    assert user.daemons == [user.pid]
    status = user.data("status", "--root", str(project))
    assert (status["state"], status["files"]) == ("ready", 1)
    assert (status["daemon"]["pid"], status["daemon"]["sessions"]) == (user.pid, 2)
    assert status["daemon"]["roots"] == [str(project)]

    (project / "guide.md").write_text(GUIDE + "\n## Oil the wind vane\n\nA drop is enough.\n")
    for editor in (first, second):
        await finds(editor, "oil the wind vane", "Oil the wind vane")
    hits = user.data("search", "oil the wind vane", "--root", str(project))["hits"]
    assert hits[0]["title"] == "Oil the wind vane"
    paths = f"{project / 'app.py'}:3:11"
    assert user.data("hover", paths, "--root", str(project))["hits"][0]["path"] == "guide.md"
    answer = user.data("ask", "How is the rain gauge emptied?", "--root", str(project))
    assert "Turn the rain gauge over" in answer["answer"]
    assert user.data("index", "--root", str(project))["embedded"] == 0

    listed = user.data("index", "--list", "--root", str(project))
    assert [file["path"] for file in listed["files"]] == ["guide.md"]
    (project / "more.md").write_text("# More\n\nA text that nobody has embedded.\n")
    await finds(first, "text that nobody has embedded", "More")
    plan = user.data("index", "--dry-run", "--root", str(project))
    assert (plan["files"], plan["read"], plan["embedded"]) == (2, 0, 0)
    contents = await first.request("askdocs/contents")
    assert [file["path"] for file in contents["files"]] == ["guide.md", "more.md"]
    assert all(file["chunks"] and file["behind"] is None for file in contents["files"])
    assert (await first.request("askdocs/status"))["leaves"] == []

    generations = {
        (await editor.request("askdocs/status"))["index"]["generation"]
        for editor in (first, second)
    }
    assert len(generations) == 1
    listening = psutil.Process(user.pid).net_connections("inet")
    assert [one for one in listening if one.status == psutil.CONN_LISTEN] == []
    await leave(first, second)


async def test_the_last_window_of_a_root_closes_its_index(user: User) -> None:
    one, other = user.project("one"), user.project("other")
    locks = Path(user.environment["XDG_CACHE_HOME"]) / "askdocs" / "indexes"

    def held() -> set[str]:
        return {
            lock.parent.name.rpartition("-")[0]
            for lock in locks.glob("*/*.lock")
            if is_locked(lock)
        }

    first = await user.editor(one)
    second = await user.editor(one, other)
    assert held() == {"one", "other"}
    await leave(first)
    assert held() == {"one", "other"}

    def change(added: list[Path], removed: list[Path]) -> None:
        second.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(
                types.WorkspaceFoldersChangeEvent(
                    [types.WorkspaceFolder(path.as_uri(), path.name) for path in added],
                    [types.WorkspaceFolder(path.as_uri(), path.name) for path in removed],
                )
            )
        )

    change([], [one])
    until(lambda: held() == {"other"})
    change([one], [other])
    until(lambda: held() == {"one"})
    await leave(second)
    until(lambda: held() == set())


def test_ten_at_once_start_one_daemon(user: User) -> None:
    project = user.project()
    pipes = [
        subprocess.Popen(
            [ASKDOCS, "lsp"],
            env=user.environment,
            cwd=project,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(10)
    ]
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE})
    for pipe in pipes:
        assert pipe.stdin is not None
        pipe.stdin.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        pipe.stdin.flush()
    for pipe in pipes:
        assert pipe.stdout is not None
        assert pipe.stdout.readline().startswith(b"Content-Length")
    assert user.daemons == [user.pid]
    about = user.data("status", "--root", str(project))["daemon"]
    assert about["sessions"] == 10
    for pipe in pipes:
        with pipe:
            assert pipe.stdin is not None
            pipe.stdin.close()
            assert pipe.wait(20) == 1


async def test_a_killed_daemon_is_replaced_without_a_lost_request(user: User) -> None:
    project = user.project()
    editor = await user.editor(project)
    uri = editor.open_text(project / "app.py", SOURCE.replace("station.", "\U0001f327 = station."))
    before = user.pid
    searching = [
        asyncio.ensure_future(editor.request("askdocs/search", {"query": "barometer"}))
        for _ in range(5)
    ]
    os.kill(before, signal.SIGKILL)
    for result in [*await asyncio.gather(*searching)]:
        assert "hits" in result
    assert user.pid != before
    await editor.until_ready()
    # The buffer, which was never on disk, came along.
    assert "once a year" in await editor.hover_text(uri, 2, 16)
    await leave(editor)


async def test_a_daemon_that_keeps_dying_is_told_of_and_tried_again(user: User) -> None:
    project = user.project()
    editor = await user.editor(project, ready=False)
    killed: set[int] = set()

    async def is_told() -> bool:
        if user.sessions:
            killed.add(user.pid)
            os.kill(user.pid, signal.SIGKILL)
        return any("ended again and again" in one.message for one in editor.messages)

    await eventually(is_told)
    assert len(killed) >= 3
    await finds(editor, "barometer", "Calibrate the barometer")
    await leave(editor)


async def test_a_killed_pipe_ends_its_session_alone(user: User) -> None:
    project = user.project()
    first, second = [await user.editor(project) for _ in range(2)]
    assert first._server is not None
    first._server.kill()
    until(lambda: user.data("status", "--root", str(project))["daemon"]["sessions"] == 1)
    await finds(second, "barometer", "Calibrate the barometer")
    await first.kill()
    await leave(second)


async def test_stop_frees_everything_until_the_editor_needs_it(user: User) -> None:
    project = user.project()
    editor = await user.editor(project)
    before = user.pid
    assert user.data("stop") == {"stopped": [before]}
    assert user.daemons == []
    assert user.data("stop") == {"stopped": []}
    await finds(editor, "barometer", "Calibrate the barometer")
    assert user.pid != before
    await leave(editor)


async def test_it_leaves_when_nobody_needs_it(user: User) -> None:
    user.configure(idle_minutes=0.02)
    project = user.project()
    editor = await user.editor(project)
    assert user.daemons
    await leave(editor)
    user.until_gone()
    assert not list(user.runtime.glob("*.sock"))


async def test_another_version_takes_over(user: User, tmp_path: Path) -> None:
    project = user.project()
    old = await user.editor(project)
    before = user.pid
    newer = tmp_path / "newer"
    newer.mkdir()
    # The same code under another version's number.
    (newer / "sitecustomize.py").write_text(
        "import askdocs_server\naskdocs_server.__version__ = '99.0.0'\n"
    )
    asking = asyncio.ensure_future(old.request("askdocs/search", {"query": "rain gauge"}))
    new = make_editor()
    await new.start_io(
        ASKDOCS, "lsp", env={**user.environment, "PYTHONPATH": str(newer)}, cwd=project
    )
    await within(new.open_session(project))
    assert (await asking)["hits"]
    await new.until_ready()
    await old.until_ready()
    assert user.daemons == [user.pid]
    assert user.pid != before
    about = user.data("status", "--root", str(project))["daemon"]
    assert (about["version"], about["sessions"]) == ("99.0.0", 2)
    assert askdocs_server.__version__ != "99.0.0"
    for editor in (old, new):
        await finds(editor, "barometer", "Calibrate the barometer")
    await leave(old, new)


@pytest.mark.parametrize("leftover", ["socket", "file", "pid"])
async def test_what_a_dead_daemon_left_is_healed(user: User, leftover: str) -> None:
    project = user.project()
    editor = await user.editor(project)
    await leave(editor)
    user.end()
    (lock,) = user.runtime.glob("daemon*.lock")
    paths = lock.with_suffix(".sock")
    paths.unlink(missing_ok=True)
    if leftover == "socket":
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(paths))
    elif leftover == "file":
        paths.write_text("not a socket")
    else:
        lock.write_text(str(os.getpid()))
    editor = await user.editor(project)
    assert user.daemons == [user.pid]
    await leave(editor)


async def test_a_removed_socket_is_listened_on_anew(user: User) -> None:
    project = user.project()
    first = await user.editor(project)
    (paths,) = user.runtime.glob("*.sock")
    paths.unlink()
    second = await user.editor(project)
    assert user.daemons == [user.pid]
    assert user.data("status", "--root", str(project))["daemon"]["sessions"] == 2
    await leave(first, second)


async def test_an_open_runtime_directory_is_refused(user: User) -> None:
    project = user.project()
    user.runtime.mkdir()
    user.runtime.chmod(0o777)
    editor = await user.editor(project)
    assert any("is open to others (mode 0777)" in one.message for one in editor.messages)
    assert list(user.runtime.iterdir()) == []
    assert user.daemons == []
    await finds(editor, "barometer", "Calibrate the barometer")
    assert "hits" in user.data("search", "barometer", "--root", str(user.project("other")))
    user.run("stop", code=1)
    await leave(editor)


async def test_a_full_disk_for_the_sockets(user: User) -> None:
    project = user.project()
    user.runtime.mkdir(mode=0o700)
    with a_full_disk(user.runtime):
        editor = await user.editor(project)
        assert any("No space left" in one.message for one in editor.messages)
        await finds(editor, "barometer", "Calibrate the barometer")
        await leave(editor)
        assert user.daemons == []


def test_no_module_of_the_workspace_is_imported(user: User) -> None:
    project, trace = user.project(), user.top / "imported"
    for name in ("askdocs_server", "json", "asyncio", "sitecustomize"):
        (project / f"{name}.py").write_text(f"open({str(trace)!r}, 'w')\nraise SystemExit\n")
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE})
    with subprocess.Popen(
        [ASKDOCS, "lsp"],
        env=user.environment,
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as pipe:
        assert pipe.stdin is not None
        assert pipe.stdout is not None
        pipe.stdin.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        pipe.stdin.flush()
        assert pipe.stdout.readline().startswith(b"Content-Length")
        pipe.stdin.close()
    assert not trace.exists()


def test_a_command_may_start_it(user: User) -> None:
    project = user.project()
    assert user.data("search", "barometer", "--root", str(project))["hits"]
    assert user.daemons == []
    assert user.data("search", "barometer", "--daemon", "--root", str(project))["hits"]
    assert user.daemons == [user.pid]
