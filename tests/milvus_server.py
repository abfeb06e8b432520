"""Milvus Lite's own server on loopback: a stand-in for a Milvus server's wire protocol."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT = 60.0


@contextmanager
def milvus_server(folder: Path) -> Iterator[str]:
    """Run a server over `folder`; gives its address, and ends it on the way out."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("milvus-lite")),
        *("server", "--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(port)),
    ]
    log = folder.with_suffix(".log")
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as server,
    ):
        try:
            deadline = time.monotonic() + LIMIT
            while not _answers(port):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, f"no answer in time: {log.read_text()}"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _answers(port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(1)
        return connection.connect_ex(("127.0.0.1", port)) == 0
