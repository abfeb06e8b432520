"""A real Neovim, headless, that a test drives."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.daemon_support import User, until

_SCRIPT = Path(__file__).with_name("neovim.lua")
_SECONDS = 90


class Neovim:
    """One window with one buffer. Positions are Neovim's: lines from 1, bytes from 0."""

    def __init__(self, command: str, address: Path, environment: Mapping[str, str]) -> None:
        self._command = command
        self._address = address
        self._environment = environment

    def request(self, method: str, params: Mapping[str, Any]) -> Any:
        """Send a request and return its result."""
        return self._result(self._call("request", method, json.dumps(params)))

    def hover(self, line: int, byte: int) -> str:
        """Return the Markdown that `K` would show there; empty for nothing."""
        found = self._result(self._call("hover", line, byte))
        return str(found["contents"]["value"]) if found else ""

    def set_up(self, plugin: Path, command: Sequence[str], **options: int) -> None:
        """Load the file for Neovim's users, and open the buffer's file anew with it."""
        self._call("set_up", str(plugin), json.dumps({"cmd": list(command), **options}))

    def define_by(self, command: Sequence[str]) -> None:
        """Start a second language server, which knows where something is defined."""
        self._call("define_by", json.dumps(command))

    def hovered(self, line: int, byte: int) -> tuple[str, float]:
        """Return what our server has a hover show, and after how many seconds."""
        text, milliseconds = self.evaluate(f"hovered({line}, {byte})")
        return text or "", milliseconds / 1000

    def press(self, keys: str) -> None:
        """Type keys, in Vim's notation."""
        self._run("--remote-send", keys)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in Lua."""
        file = self._address.with_name("value.json")
        self._call("evaluate", expression, str(file))
        return json.loads(file.read_text())

    @property
    def states(self) -> list[str]:
        """All texts that the window of the answer has shown, in order."""
        return list(self.evaluate("states"))

    def insert(self, line: int, text: str) -> None:
        """Insert a line below another one."""
        self._call("insert", line, text)

    def command(self, command: str) -> None:
        """Run a command of the editor, such as `edit` or `write`."""
        self._evaluate(f"execute({_quoted(command)})")

    def _call(self, function: str, *arguments: str | int) -> str:
        given = ", ".join(_quoted(one) if isinstance(one, str) else str(one) for one in arguments)
        places = ", ".join(f"_A[{number + 1}]" for number in range(len(arguments)))
        return self._evaluate(f"luaeval({_quoted(f'{function}({places})')}, [{given}])")

    def _evaluate(self, expression: str) -> str:
        return self._run("--remote-expr", expression)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._command, "--server", str(self._address), *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr  # Versions differ in where they print it.

    @staticmethod
    def _result(reply: str) -> Any:
        row = json.loads(reply) or {}  # Lua has one empty table for both kinds.
        assert "failed" not in row, row
        assert not row.get("error"), row
        return row.get("result")


@contextmanager
def neovim(command: str, file: Path, user: User, *options: str) -> Iterator[Neovim]:
    """Open a file in a Neovim of its own, which ends with the test."""
    address = user.runtime.parent / "nvim.sock"
    own = dict.fromkeys(("XDG_DATA_HOME", "XDG_STATE_HOME"), str(user.top))
    environment = {**user.environment, **own}
    listen = ["--headless", "--clean", "--listen", str(address), "-S", str(_SCRIPT)]
    with subprocess.Popen(
        [command, *listen, *options, str(file)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            until(address.exists)
            yield Neovim(command, address, environment)
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _quoted(text: str) -> str:
    """Return a literal string of Vim's language."""
    return "'" + text.replace("'", "''") + "'"
