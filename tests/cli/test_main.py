"""The entry point: arguments, exit codes, and what is said about errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from askdocs_indexer.errors import DatabaseInUseError, RootError
from askdocs_server.cli import main
from askdocs_server.cli.errors import exit_code, message
from askdocs_server.errors import CommandError, SettingsError, UsageError

COMMANDS = ("lsp", "index", "search", "hover", "ask", "status", "model", "doctor", "stop")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.run(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(f"\n    {name} " in text for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.run([name, "--help"])
    assert ended.value.code == 0
    assert "--root DIR" in capsys.readouterr().out


# Arguments (with {file} for a file, {root} for a folder), exit code, and words on stderr.
WRONG_CALLS = [
    ([], 2, ["COMMAND"]),
    (["nonsense"], 2, ["nonsense"]),
    (["index", "--nonsense"], 2, ["--nonsense"]),
    (["index", "--root", "{root}/none"], 2, ["none does not exist", "--root"]),
    (["index", "--root", "{file}"], 2, ["is a file", "--root"]),
    (["index", "--set", "llm.mode"], 2, ["KEY=VALUE"]),
    (["index", "--set", "llm.mod=off"], 2, ["llm.mod", "Did you mean llm.mode?"]),
    (["ask", "why?", "--set", "ask.passages=many"], 2, ["ask.passages", "whole number"]),
    (["search"], 2, ["QUERY", "--batch"]),
    (["search", "x", "--batch", "-"], 2, ["QUERY", "--batch"]),
    (["search", " "], 2, ["QUERY is empty"]),
    (["search", "x", "--limit", "0"], 2, ["--limit"]),
    (["search", "--batch", "{root}/none"], 2, ["none", "JSON lines"]),
    (["hover", "app.py"], 2, ["FILE:LINE:COL"]),
    (["hover", "{file}:0:1"], 2, ["count from 1"]),
    (["hover", "{file}:9:1"], 2, ["no line 9"]),
    (["hover", "{file}:1:9"], 2, ["ends at column 6"]),
    (["hover", "{root}/none.py:1:1"], 2, ["none.py", "cannot be read"]),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG_CALLS)
def test_wrong_calls(
    arguments: list[str],
    code: int,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "app.py"
    file.write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    filled = [one.format(file=file, root=tmp_path) for one in arguments]
    try:
        ended: object = main.run(filled)
    except SystemExit as leaving:
        ended = leaving.code
    captured = capsys.readouterr()
    assert ended == code
    assert captured.out == ""
    assert "Traceback" not in captured.err
    for word in words:
        assert word in captured.err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UsageError("how to"), 2, "how to"),
        (SettingsError("no key"), 2, "no key"),
        (RootError("no root"), 2, "no root"),
        (CommandError("cannot"), 1, "cannot"),
        (DatabaseInUseError("held by 7"), 1, "held by 7"),
        (TimeoutError(), 1, "Try again"),
        (TimeoutError("The search took long."), 1, "The search took long."),
        (PermissionError(13, "Permission denied", "/x"), 1, "Permission denied: /x"),
        (ModuleNotFoundError(name="pymilvus"), 1, "pymilvus is not installed"),
        (ZeroDivisionError("oops"), 1, "--debug"),
    ],
)
def test_errors(error: BaseException, code: int, words: str) -> None:
    assert exit_code(error) == code
    assert words in message(error)


def test_a_traceback_only_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["index", "--root", str(tmp_path / "none")]
    assert main.run([*arguments, "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err
    monkeypatch.setenv("ASKDOCS_DEBUG", "1")
    assert main.run(arguments) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_locked_root_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # Tests may run as root.
    assert main.run(["index", "--root", str(tmp_path)]) == 2
    assert f"may not read {tmp_path}" in capsys.readouterr().err


def test_stop_has_nothing_to_stop(capfd: pytest.CaptureFixture[str]) -> None:
    assert main.run(["stop", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"stopped": []}


def test_nothing_is_imported_before_ctrl_c_has_its_message() -> None:
    code = (
        "import __future__, sys; before = {*sys.modules}\n"
        "import askdocs_server.cli.main\n"
        "print(*sorted({*sys.modules} - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "askdocs_server",
        "askdocs_server.cli",
        "askdocs_server.cli.main",
    ]


INTERRUPTING = """\
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
import askdocs_server.cli.main
sys.exit(askdocs_server.cli.main.run(["{command}"]))
"""


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("index", "askdocs_indexer.errors"),
        ("index", "argparse"),
        ("index", "askdocs_server.cli.index"),
        ("index", "logging"),
        ("index", "asyncio"),
        ("doctor", "askdocs_server.doctor"),
        ("--help", "askdocs_server.cli.demo"),
        ("lsp", "askdocs_server.daemon.connect"),
        ("mcp", "askdocs_server.daemon.paths"),
        ("demo", "askdocs_server.cli.demonstration"),
    ],
)
def test_ctrl_c_while_modules_are_imported(command: str, module: str, tmp_path: Path) -> None:
    code = INTERRUPTING.format(command=command, module=module)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.splitlines() == [
        "askdocs: Interrupted. What was finished is kept; run the command again to go on."
    ]
