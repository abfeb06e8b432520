"""Ctrl-C in a real terminal: each command ends soon, says so, and leaves nothing behind."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from tests.e2e.daemon_support import User, a_user, until
from tests.e2e.lsp_support import ASKDOCS

pytestmark = pytest.mark.timeout(600)

# A second or two on a machine that has time.
LIMIT_SECONDS = 15.0
NOTE = "askdocs: Interrupted. What was finished is kept; run the command again to go on."
# Enough passages for seconds of embedding.
SECTIONS = 600


@dataclass
class Typed:
    """A command in a terminal of its own; `keyboard` is the other end of that."""

    process: subprocess.Popen[bytes]
    keyboard: int
    _read: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()

    @property
    def screen(self) -> str:
        """All that was shown so far."""
        return self._read.decode(errors="replace")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        os.write(self.keyboard, b"\x03")

    def until_shown(self, words: str) -> None:
        """Wait for a text; the command must not end before."""
        until(lambda: words in self.screen or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.screen

    def ended(self) -> int:
        """Return the exit code, once all is read."""
        code = self.process.wait(LIMIT_SECONDS)
        self._reader.join(LIMIT_SECONDS)
        return code

    def _follow(self) -> None:
        try:
            while data := os.read(self.keyboard, 1 << 16):
                self._read += data
        except OSError:
            pass  # Linux says so where the last process at the other end has ended.


@contextmanager
def typed(user: User, *arguments: str) -> Iterator[Typed]:
    """Start a command of the user's as a shell does: in the foreground of a terminal."""
    keyboard, terminal = pty.openpty()

    def own_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        [ASKDOCS, *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**user.environment, "TERM": "xterm"},
        cwd=user.top,
        preexec_fn=own_terminal,  # noqa: PLW1509
    )
    os.close(terminal)
    command = Typed(process, keyboard)
    try:
        yield command
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with a_user(tmp_path_factory.mktemp("typing")) as user:
        yield user


@pytest.fixture
def project(user: User) -> Path:
    """A project that nothing is indexed of yet; what each passage says is new to the cache."""
    folder = user.project(f"project-{time.monotonic_ns()}")
    sections = (
        f"## Section {number} of {folder.name}\n\n" + f"Gauge {number} shows the pressure. " * 9
        for number in range(SECTIONS)
    )
    (folder / "guide.md").write_text("# Manual\n\n" + "\n\n".join(sections))
    return folder


def check_left(command: Typed, children: list[psutil.Process], notes: int) -> None:
    code, screen = command.ended(), command.screen
    assert code == 130, screen
    assert "Traceback" not in screen
    assert screen.count(NOTE) == notes
    until(lambda: not any(runs(child) for child in children))


def runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# Arguments, what is shown when Ctrl-C is pressed, and how often.
COMMANDS = [
    (["index"], "Reading", 1),
    (["index"], "Embedding", 1),
    (["index"], "Embedding", 3),
    (["search", "pressure"], "Embedding", 1),
    (["ask", "What shows the pressure?"], "Embedding", 1),
    (["hover", "app.py:3:10"], "Looking for changes", 1),
    (["doctor"], "python", 1),
    (["doctor", "--deep"], "daemon", 1),
    (["model", "use", "bundled"], "Loading", 1),
    (["model", "use", "bundled"], "Loading", 2),
    (["demo"], "Start the language server", 1),
    (["demo"], "Index its documentation", 1),
    (["demo"], "Index its documentation", 3),
]


@pytest.mark.parametrize(("arguments", "words", "times"), COMMANDS)
def test_a_command_ends_and_says_so(
    arguments: list[str], words: str, times: int, user: User, project: Path
) -> None:
    with typed(user, *arguments, "--root", str(project)) as command:
        command.until_shown(words)
        children = psutil.Process(command.process.pid).children(recursive=True)
        for _ in range(times):
            command.interrupt()
            time.sleep(0.05)  # As fast as a person presses.
        check_left(command, children, notes=1)


@pytest.mark.parametrize("arguments", [["lsp", "--standalone"], ["lsp"], ["mcp"]])
def test_a_server_ends_without_a_word(arguments: list[str], user: User) -> None:
    with typed(user, *arguments) as command:
        pid = command.process.pid
        until(lambda: handles_interrupts(pid))
        command.interrupt()
        check_left(command, [], notes=0)


def handles_interrupts(pid: int) -> bool:
    """Whether a server has begun: it then has a thread that reads its stdin, or the daemon."""
    return psutil.Process(pid).num_threads() > 1


@pytest.mark.parametrize("has_daemon", [False, True])
def test_an_interrupted_index_is_completed_by_the_next_run(
    has_daemon: bool, user: User, project: Path
) -> None:
    user.run("stop")
    if has_daemon:
        user.run("search", "weather", "--daemon", "--root", str(user.project("other")))
    with typed(user, "index", "--root", str(project)) as command:
        command.until_shown("Embedding")
        command.interrupt()
        check_left(command, [], notes=1)
    assert state_of(user, project) in ("incomplete", "absent")
    assert user.data("index", "--root", str(project))["chunks"] >= SECTIONS
    assert state_of(user, project) == "ready"


def state_of(user: User, project: Path) -> str:
    """The state of an index once nobody has it open: a daemon closes it a moment later."""

    def settled() -> str:
        state = str(user.data("status", "--root", str(project))["state"])
        return "" if state == "in use" else state

    return str(until(settled))
