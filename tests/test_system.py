"""What differs between systems: Linux is tested as it is, macOS and Windows are simulated."""

from __future__ import annotations

import errno
import os
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
from tests.index_harness import until

from askdocs_indexer import paths
from askdocs_indexer.errors import UnsupportedSystemError
from askdocs_indexer.file_lock import FileLock
from askdocs_indexer.ingest.files import Selection
from askdocs_indexer.paths import cache_folder, config_folder, index_folder, key_on_disk
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.system.cores import usable_cores, usable_threads
from askdocs_indexer.system.memory import read_meminfo
from askdocs_indexer.system.processes import is_running, unix_socket, user_id
from askdocs_server.generation.process_guard import kill_group
from askdocs_server.ipc.sockets import is_own_process, listen, peer_user

GUARDED = Path(__file__).with_name("guarded_server.py")


@pytest.fixture
def macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")


def test_a_core_is_left_to_others(tmp_path: Path) -> None:
    """Two threads of one core count once, and a container's quota is kept."""
    assert usable_cores(tmp_path, tmp_path / "none") == len(os.sched_getaffinity(0))
    for cpu in range(1024):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text("0-1023")
    assert usable_cores(tmp_path, tmp_path / "none") == 1
    quota = tmp_path / "cpu.max"
    quota.write_text("100000 100000\n")
    assert usable_cores(tmp_path / "none", quota) == 1
    quota.write_text("max 100000\n")
    assert usable_cores(tmp_path / "none", quota) == len(os.sched_getaffinity(0))


@pytest.mark.usefixtures("macos")
def test_all_cores_count_where_no_system_tells_of_fewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert usable_threads() == usable_cores(tmp_path, tmp_path / "none") == 7


def test_the_machines_memory_is_read(tmp_path: Path) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal:       127600748 kB\nMemAvailable:   118566368 kB\nHugePages: 0\n")
    memory = read_meminfo(file)
    assert memory["MemAvailable"] == pytest.approx(113.07, abs=0.01)
    assert read_meminfo(tmp_path / "none") == {}


def test_a_process_that_has_ended_does_not_run() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    assert is_running(ended.pid)  # Nobody has asked for its exit code.
    ended.wait()
    assert not is_running(ended.pid)
    assert is_running(os.getpid())
    assert is_running(1)


def test_the_peer_is_known() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert peer_user(one) == os.getuid()
        assert is_own_process(other)


class MacConnection:
    """Answers as xnu's `uipc_ctloutput` does."""

    def __init__(self, user: int | None) -> None:
        self._user = user

    def getsockopt(self, level: int, option: int, size: int) -> bytes:
        if self._user is None:
            raise OSError(errno.ENOTCONN, "Socket is not connected")
        assert (level, option, size) == (0, 1, 76)
        return struct.pack("IIh2x16I", 0, self._user, 2, 20, 12, *[0] * 14)


@pytest.mark.usefixtures("macos")
def test_the_peer_is_known_on_macos() -> None:
    assert is_own_process(cast("socket.socket", MacConnection(os.getuid())))
    assert not is_own_process(cast("socket.socket", MacConnection(os.getuid() + 1)))
    with pytest.raises(ConnectionError):
        is_own_process(cast("socket.socket", MacConnection(None)))


FOLDERS: list[tuple[str, dict[str, str], str, str]] = [
    ("linux", {}, "~/.cache/askdocs", "~/.config/askdocs"),
    ("linux", {"XDG_CACHE_HOME": "/c", "XDG_CONFIG_HOME": "/d"}, "/c/askdocs", "/d/askdocs"),
    ("linux", {"XDG_CACHE_HOME": ""}, "~/.cache/askdocs", "~/.config/askdocs"),
    ("darwin", {}, "~/Library/Caches/askdocs", "~/Library/Application Support/askdocs"),
]


@pytest.mark.parametrize(("system", "variables", "cache", "config"), FOLDERS)
def test_the_folders(
    system: str, variables: dict[str, str], cache: str, config: str, tmp_path: Path
) -> None:
    """They hold what earlier versions have written, so they must not move."""
    code = (
        f"import sys; sys.platform = {system!r}\n"
        "from askdocs_indexer.paths import cache_folder, config_folder\n"
        "from askdocs_server.daemon.connect import log_path\n"
        "print(cache_folder(), config_folder(), log_path(), sep='\\n')"
    )
    given = {name: text for name, text in os.environ.items() if not name.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**given, **variables, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = [cache, config, f"{cache}/logs/daemon.log"]
    assert done.stdout.splitlines() == [path.replace("~", str(tmp_path)) for path in expected]


def test_an_index_of_before_is_in_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    assert index_folder(Path("/home/me/project")) == Path("/c/askdocs/indexes/project-d0699848f3d3")
    assert cache_folder() == Path("/c/askdocs")
    assert config_folder().name == "askdocs"


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(
    "call",
    [
        user_id,
        unix_socket,
        lambda: is_running(1),
        lambda: FileLock.try_acquire(Path(os.devnull)),
        lambda: listen(Path("none")),
    ],
)
def test_what_windows_lacks_is_an_error_with_a_next_step(call: Callable[[], Any]) -> None:
    with pytest.raises(UnsupportedSystemError, match="WSL"):
        call()


@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize("victim", [0, 1])
def test_nothing_outlives_a_killed_guard_or_server(system: str, victim: int) -> None:
    """On macOS no signal tells the server of its guardian's death."""
    code = (
        f"import runpy, sys; sys.platform = {system!r}\n"
        f"sys.argv[0] = {str(GUARDED)!r}\n"
        f"runpy.run_path({str(GUARDED)!r}, run_name='__main__')"
    )
    with tempfile.TemporaryDirectory() as folder:
        uds, pids = Path(folder, "s"), Path(folder, "pids")
        owner = subprocess.Popen(
            [sys.executable, "-c", code, "--uds", str(uds), "--pids", str(pids)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            until(pids.exists)
            guard_and_server = [psutil.Process(int(pid)) for pid in pids.read_text().split()][:2]
            guard_and_server[victim].kill()
            owner.wait(20)
            until(lambda: not any(_runs(process) for process in guard_and_server))
        finally:
            kill_group(owner.pid)  # As the supervisor does; a helper may be left.
            owner.communicate()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# Makes a process see Windows: its name, and none of the modules that only POSIX has.
WINDOWS = """\
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "grp", "pwd", "resource", "termios"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
sys.platform = "win32"
"""


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["lsp"], ["mcp"], ["index"], ["ask", "Why?", "--debug"]], ids=str
)
@pytest.mark.parametrize("start", [["askdocs"], ["python", "-m", "askdocs_server.cli.main"]])
def test_windows_is_told_of_wsl(start: list[str], arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WINDOWS)
    program = str(Path(sys.executable).with_name(start[0]))
    done = subprocess.run(
        [program, *start[1:], *arguments],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    said = done.stderr.splitlines()[-1]
    assert said.startswith("askdocs: Windows itself cannot run askdocs: install it in WSL")
    assert "--debug" in arguments or done.stderr.splitlines() == [said]


COMPOSED, DECOMPOSED = "caf\u00e9.md", "cafe\u0301.md"


@pytest.mark.usefixtures("macos")
@pytest.mark.parametrize(
    ("on_disk", "spelled", "key"),
    [
        (["docs/README.md"], "docs/README.md", "docs/README.md"),
        (["docs/README.md"], "Docs/readme.md", "docs/README.md"),
        ([f"docs/{DECOMPOSED}"], f"docs/{COMPOSED}", f"docs/{DECOMPOSED}"),
        ([f"docs/{COMPOSED}"], f"docs/{DECOMPOSED}", f"docs/{COMPOSED}"),
        (["a.md", "A.md"], "a.md", "a.md"),  # As on a volume that tells them apart.
        (["Aa.md", "aA.md"], "aa.md", "aa.md"),
        ([], "gone/new.md", "gone/new.md"),
        ([], "", ""),
    ],
)
def test_a_key_is_spelled_as_on_the_disk(
    on_disk: list[str], spelled: str, key: str, tmp_path: Path
) -> None:
    for name in on_disk:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# Page\n")
    selection = Selection(tmp_path, DocsSettings(), lambda _: True)
    assert selection.key_on_disk(tmp_path / spelled) == key
    assert key_on_disk(tmp_path, "/elsewhere/a.md") == "/elsewhere/a.md"


@pytest.mark.usefixtures("macos")
def test_a_file_is_gone_under_the_name_that_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """README.md became readme.md, and macOS finds it by both names."""
    for name in ("README.md", "readme.md"):
        (tmp_path / name).write_text("# Page\n")
    monkeypatch.setattr(paths, "_names", lambda _: ["readme.md"])
    selection = Selection(tmp_path, DocsSettings(), lambda _: True)
    assert list(selection.scan("README.md")) == []
    assert list(selection.scan("readme.md")) == ["readme.md"]


def test_names_stay_as_they_are_on_linux(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Page\n")
    selection = Selection(tmp_path, DocsSettings(), lambda _: True)
    assert selection.key_on_disk(tmp_path / "readme.md") == "readme.md"
    assert list(selection.scan("readme.md")) == []
