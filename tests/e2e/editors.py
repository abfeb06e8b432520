"""The editors that the tests drive: those on the PATH, and newer ones that `make tools` unpacks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest
from tests.e2e.lsp_support import ASKDOCS

DOCS = Path(__file__).parents[2] / "docs"
UNPACKED = Path(__file__).parents[2] / ".tools" / "usr" / "bin"
_INSTALLED = Path(__file__).parents[2] / ".tools" / "python" / "bin"


def find_editor(*names: str, version: str) -> str:
    """Return the first command of these names whose `--version` begins with a pattern."""
    commands = (
        command
        for folder in (*os.get_exec_path(), str(UNPACKED), str(_INSTALLED))
        for name in names
        if (command := shutil.which(name, path=folder)) and re.match(version, _version(command))
    )
    return next(commands, None) or not_there(f"{names[0]} that says {version}")


def not_there(name: str) -> NoReturn:
    """End a test that cannot run: as a failure in CI, elsewhere as a skip."""
    problem = f"there is no {name}: `make tools` installs it"
    (pytest.fail if os.environ.get("CI") else pytest.skip)(problem)


def configuration(language: str, word: str = "") -> str:
    """Return the block of docs/editors.md in a language that has this word."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", (DOCS / "editors.md").read_text("utf-8"), re.DOTALL | re.M
    )
    (block,) = (block for block in blocks if word in block)
    return str(block)


def with_askdocs(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a user who has askdocs on the PATH."""
    return {**environment, "PATH": f"{Path(ASKDOCS).parent}{os.pathsep}{environment['PATH']}"}


def _version(command: str) -> str:
    return subprocess.run(
        [command, "--version"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
