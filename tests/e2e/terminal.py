"""A program in a terminal that a test reads and types into; tmux draws the screen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.e2e.editors import not_there


class Terminal:
    """One screen of 100 columns and 30 lines, behind the socket of a tmux of its own."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    @property
    def screen(self) -> str:
        """What is to be seen now."""
        return self.run("capture-pane", "-p")

    def type(self, text: str) -> None:
        """Type a text."""
        self.run("send-keys", "-l", text)

    def enter(self, text: str) -> None:
        """Type a text and press Enter."""
        self.type(text)
        self.run("send-keys", "Enter")

    def run(self, *arguments: str, **options: object) -> str:
        """Run a command of tmux and return what it prints."""
        done = subprocess.run(
            ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *arguments],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=True,
            **options,
        )
        return done.stdout


@contextmanager
def terminal(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, socket: Path
) -> Iterator[Terminal]:
    """Start a program in a folder; it ends with the test."""
    if shutil.which("tmux") is None:
        not_there("tmux")
    terminal = Terminal(socket)
    size = ["-x", "100", "-y", "30"]
    terminal.run("new-session", "-d", *size, *command, cwd=folder, env=dict(environment))
    try:
        yield terminal
    finally:
        with suppress(subprocess.CalledProcessError):  # It ends with the program.
            terminal.run("kill-server")
