"""The programs that are compared: how each is installed, set up, and told to index and search.

All embed with the same weights, a local folder, and have a home folder of their own and no network
to ask. Everything else is as each does it by default.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers.corpora import DEPTH
from tests.bench.processes import CommandError, last_words
from tests.e2e.lsp_support import ASKDOCS

_HERE = Path(__file__).parent
ENVIRONMENTS = _HERE.parents[2] / ".peers"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Pages in a folder, a home folder for the program, and the folder of the embedding model."""

    root: Path
    home: Path
    model: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the program's processes."""
        names = ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR")
        return {
            **os.environ,
            "HOME": str(self.home),
            **{f"XDG_{name}": str(self.home) for name in names},
            "HF_HUB_OFFLINE": "1",
            "ANONYMIZED_TELEMETRY": "False",
            "TOKENIZERS_PARALLELISM": "false",
            # Threads that wait sleep: where other work delays one, the other's waiting is no work.
            "OMP_WAIT_POLICY": "passive",
        }


@dataclass(frozen=True, slots=True)
class Tool:
    """A program. `suffix` is added to the names of pages, so that it reads them.

    `server` is the command of a server that it needs, listening at `port`.
    """

    name: str
    python: Path
    session: str
    index: Callable[[Workspace], list[str]]
    search: Callable[[Workspace, str], list[str]]
    set_up: Callable[[Workspace], None] = lambda workspace: None
    suffix: str = ""
    watches: bool = True
    server: Callable[[Workspace], list[str]] | None = None
    port: int = 0

    def check_installed(self) -> None:
        """Raise CommandError, with what its installation said, where it is not installed."""
        if not self.python.exists():
            log = ENVIRONMENTS / f"{self.name.lower()}.log"
            error = log.read_text("utf-8", "replace") if log.is_file() else "run make bench-peers"
            raise CommandError(f"not installed: {last_words(error)}")

    def session_command(self, workspace: Workspace, *, watch: bool = False) -> list[str]:
        """Return the command that starts its session (see `session.py`)."""
        script = str(_HERE / f"{self.session}.py")
        command = [str(self.python), script, str(workspace.root), str(workspace.model)]
        return [*command, "watch"] if watch else command


def askdocs() -> Tool:
    def set_up(workspace: Workspace) -> None:
        (workspace.root / "askdocs.toml").write_text("[docs]\ndocstrings = false\n")
        workspace.home.chmod(0o700)

    def command(name: str, workspace: Workspace, *rest: str) -> list[str]:
        setting = "embedding.model=bundled"
        return [ASKDOCS, name, "--root", str(workspace.root), "--set", setting, *rest]

    return Tool(
        "askdocs",
        Path(sys.executable),
        "askdocs_session",
        lambda workspace: command("index", workspace),
        lambda workspace, query: command("search", workspace, query, "--limit", str(DEPTH)),
        set_up,
    )


def memsearch() -> Tool:
    """It reads Markdown alone, by its suffix: other pages get that suffix too."""
    folder = ENVIRONMENTS / "memsearch" / "bin"

    def command(workspace: Workspace, *words: str) -> list[str]:
        return [str(folder / "memsearch"), *words, "-p", "local", "-m", str(workspace.model)]

    return Tool(
        "memsearch",
        folder / "python",
        "memsearch_session",
        lambda workspace: command(workspace, "index", str(workspace.root)),
        lambda workspace, query: command(workspace, "search", query, "-k", str(DEPTH)),
        suffix=".md",
    )


def vectorcode() -> Tool:
    """It asks a Chroma server.

    Without one each command starts its own and gives that ten seconds, too few on a busy machine.
    """
    folder, port = ENVIRONMENTS / "vectorcode" / "bin", _free_port()

    def set_up(workspace: Workspace) -> None:
        config = {
            "embedding_function": "SentenceTransformerEmbeddingFunction",
            "embedding_params": {"model_name": str(workspace.model)},
            "db_url": f"http://127.0.0.1:{port}",
            "db_path": str(workspace.home),
            "db_log_path": str(workspace.home),
        }
        (workspace.root / ".vectorcode").mkdir()
        (workspace.root / ".vectorcode" / "config.json").write_text(json.dumps(config))

    def command(name: str, workspace: Workspace, *rest: str) -> list[str]:
        root = str(workspace.root)
        return [str(folder / "vectorcode"), name, "--project_root", root, "--pipe", *rest]

    def search(workspace: Workspace, query: str) -> list[str]:
        count = str(DEPTH)
        return command("query", workspace, query, "-n", count, "--include", "chunk", "path")

    return Tool(
        "VectorCode",
        folder / "python",
        "vectorcode_session",
        lambda workspace: command("vectorise", workspace, "--recursive", str(workspace.root)),
        search,
        set_up,
        watches=False,
        server=lambda workspace: [
            *(str(folder / "chroma"), "run", "--host", "127.0.0.1", "--port", str(port)),
            *("--path", str(workspace.home)),
        ],
        port=port,
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
