"""Programs that run while they are measured: sessions, and the server that one may need."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.peers.corpora import DEPTH
from tests.bench.peers.tools import Tool, Workspace
from tests.bench.processes import (
    CommandError,
    kill_group,
    last_words,
    tree_cpu,
    tree_memory,
)

_POLL_SECONDS = 0.02
_SERVER_SECONDS = 120.0


class Session:
    """A program that has an index open and answers queries."""

    def __init__(self, process: subprocess.Popen[str], tool: Tool, log: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._tool = tool
        self._log = log

    def search(self, query: str) -> list[dict[str, Any]]:
        """Return the hits, with paths as they are in the corpus."""
        assert self._process.stdin is not None
        print(json.dumps({"query": query, "limit": DEPTH}), file=self._process.stdin, flush=True)
        hits = self._reply()["hits"]
        return [{**hit, "path": hit["path"].removesuffix(self._tool.suffix)} for hit in hits]

    def wait(self) -> None:
        """Wait until it is ready."""
        self._reply()

    def _reply(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CommandError(last_words(self._log.read_text("utf-8", "replace")))
        return json.loads(line)


@contextmanager
def opened(tool: Tool, workspace: Workspace, *, watch: bool = False) -> Iterator[Session]:
    """Run a session. Raises CommandError where it does not start."""
    log = workspace.home / "session.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            tool.session_command(workspace, watch=watch),
            env=workspace.environment,
            cwd=workspace.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            session = Session(process, tool, log)
            session.wait()
            yield session
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)
        finally:
            kill_group(process.pid)


class Server:
    """The server that a program needs, if it does; what it takes counts as the program's."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid
        self._counted = 0.0

    def cpu(self) -> float:
        """Return the processor time since it was last asked for, or since its start (s)."""
        if self._pid is None:
            return 0.0
        before, self._counted = self._counted, tree_cpu(self._pid)
        return self._counted - before

    def memory(self) -> float:
        """Return its memory (MiB)."""
        return 0.0 if self._pid is None else tree_memory(self._pid)


@contextmanager
def serving(tool: Tool, workspace: Workspace) -> Iterator[Server]:
    """Run the server of a program. Raises CommandError where it does not start."""
    if tool.server is None:
        yield Server()
        return
    log = workspace.home / "server.log"
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            tool.server(workspace),
            env=workspace.environment,
            cwd=workspace.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + _SERVER_SECONDS
            while not _listens(tool.port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise CommandError(last_words(log.read_text("utf-8", "replace")))
                time.sleep(_POLL_SECONDS)
            yield Server(process.pid)
        finally:
            kill_group(process.pid)


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
