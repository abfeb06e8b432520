"""A user with a daemon of their own, in folders apart from all others."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.lsp_support import ASKDOCS, Editor, make_editor, own_environment, within

from askdocs_indexer.file_lock import FileLock
from askdocs_server.daemon.handshake import Hello, reply_of, to_line
from askdocs_server.errors import HandshakeError

GUIDE = """\
# Weather station

## Calibrate the barometer

The barometer then shows the pressure at sea level.

## `station.calibrate()`

Do this once a year, on a calm day.

## Empty the rain gauge

Turn the rain gauge over after each storm.
"""
SOURCE = "import station\n\nstation.calibrate()\n"


class User:
    """One user of this machine, as far as askdocs can tell."""

    def __init__(self, top: Path, runtime: Path) -> None:
        self.top = top
        self.environment = own_environment(top)
        self.environment["XDG_RUNTIME_DIR"] = str(runtime)
        self.runtime = runtime / "askdocs"
        self.configure(idle_minutes=5)

    def configure(self, idle_minutes: float, *, model: bool = False) -> None:
        """Write the user's settings, with or without a model that writes answers."""
        folder = Path(self.environment["XDG_CONFIG_HOME"]) / "askdocs"
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text(
            f'llm.mode = "{"auto" if model else "off"}"\nllm.model = "bundled"\n'
            f"daemon.idleMinutes = {idle_minutes}\n"
        )

    def project(self, name: str = "project") -> Path:
        """Make a project with one page and one source file."""
        folder = self.top / name
        folder.mkdir()
        (folder / "guide.md").write_text(GUIDE)
        (folder / "app.py").write_text(SOURCE)
        (folder / "askdocs.toml").write_text("[docs]\ndocstrings = false\n")
        return folder

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command to its end and return its stdout."""
        done = subprocess.run(
            [ASKDOCS, *arguments],
            env=self.environment,
            cwd=self.top,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def data(self, *arguments: str) -> dict[str, Any]:
        """Run a command with `--json` and return its object."""
        found = json.loads(self.run(*arguments, "--json").splitlines()[-1])
        assert isinstance(found, dict)
        return found

    async def editor(self, *folders: Path, ready: bool = True) -> Editor:
        """Return an editor with a session on these folders."""
        editor = make_editor()
        await editor.start_io(ASKDOCS, "lsp", env=self.environment, cwd=folders[0])
        await within(editor.open_session(*folders))
        if ready:
            await editor.until_ready()
        return editor

    @property
    def daemons(self) -> list[int]:
        """The processes of this user's daemons, whether they listen or not."""
        return [pid for pid in _processes("askdocs_server.daemon") if self._owns(pid)]

    @property
    def pid(self) -> int:
        """The process that holds the daemon's lock."""
        (lock,) = self.runtime.glob("daemon*.lock")
        return int(lock.read_text())

    @property
    def is_served(self) -> bool:
        """Whether a daemon holds the lock and has said who it is."""
        return any(
            is_locked(lock) and lock.read_text() for lock in self.runtime.glob("daemon*.lock")
        )

    @property
    def sessions(self) -> int:
        """How many editors the daemon serves; 0 where none runs."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(next(self.runtime.glob("*.sock"))))
                connection.sendall(to_line(Hello("status")))
                return int(reply_of(connection.makefile("rb").readline()).about["sessions"])
        except (StopIteration, OSError, HandshakeError):
            return 0

    def until_gone(self, seconds: float = 30.0) -> None:
        """Wait until no daemon of this user is left."""
        until(lambda: not self.daemons, seconds)

    def end(self) -> None:
        """Kill what is left."""
        for pid in self.daemons:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.until_gone()

    def _owns(self, pid: int) -> bool:
        with suppress(OSError):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            wanted = f"XDG_RUNTIME_DIR={self.environment['XDG_RUNTIME_DIR']}"
            return wanted.encode() in environment.split(b"\0")
        return False


@contextmanager
def a_user(top: Path) -> Iterator[User]:
    """A user whose runtime directory is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="askdocs-test-") as runtime:
        user = User(top, Path(runtime))
        try:
            yield user
        finally:
            user.end()


@contextmanager
def a_full_disk(folder: Path) -> Iterator[None]:
    """Put a disk without any space at a folder. Only root can; others skip the test."""
    options = ["-t", "tmpfs", "-o", "size=4k,nr_inodes=1,mode=0700"]
    done = subprocess.run(["mount", *options, "none", str(folder)], check=False)
    if done.returncode:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def until(check: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Poll until `check` returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return found


def is_locked(path: Path) -> bool:
    """Return whether a process holds a lock file."""
    if (lock := FileLock.try_acquire(path)) is None:
        return True
    lock.release()
    return False


def _processes(words: str) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if words.encode() in (folder / "cmdline").read_bytes():
                    yield int(folder.name)
