"""One editor on this process's stdin and stdout."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, NoReturn

from askdocs_server.host.provider import OwnHost
from askdocs_server.ipc.signals import on_termination
from askdocs_server.lsp.connection import serve_connection
from askdocs_server.lsp.server import create_server

log = logging.getLogger(__name__)

_BLOCK_BYTES = 1 << 16


def serve(root: Path | None, overrides: Mapping[str, object], notice: str) -> NoReturn:
    """Serve until the editor leaves and end the process."""
    stdin, stdout = _protocol_streams()
    _end(asyncio.run(_serve(stdin, stdout, root, overrides, notice)))


async def _serve(
    stdin: int,
    stdout: BinaryIO,
    root: Path | None,
    overrides: Mapping[str, object],
    notice: str,
) -> int:
    server = create_server(OwnHost(), root=root, overrides=overrides, notice=notice)
    task = asyncio.ensure_future(
        serve_connection(server, _read_in_thread(stdin), _PipeWriter(stdout, server.leave))
    )
    code = 1

    def end(exit_code: int) -> None:
        nonlocal code
        code = exit_code
        task.cancel()

    on_termination(end)
    try:
        return await task
    except asyncio.CancelledError:
        return code


def _protocol_streams() -> tuple[int, BinaryIO]:
    """Take stdin and stdout for the protocol alone.

    Libraries that print then write to stderr, and child processes inherit neither stream.
    """
    stdin = os.dup(0)
    stdout = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as devnull:
        os.dup2(devnull.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout


def _read_in_thread(descriptor: int) -> asyncio.StreamReader:
    """Read a file descriptor of any kind; a daemon thread, so that no exit waits for it."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()

    def hand_over(call: Callable[..., None], *data: bytes) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call, *data)

    def read() -> None:
        try:
            while block := os.read(descriptor, _BLOCK_BYTES):
                hand_over(reader.feed_data, block)
        except OSError as error:
            log.warning("stdin cannot be read any more: %s", error)
        hand_over(reader.feed_eof)

    threading.Thread(target=read, name="askdocs-stdin", daemon=True).start()
    return reader


class _PipeWriter:
    """pygls's writer; calls `lost` where the other end no longer reads."""

    def __init__(self, stdout: BinaryIO, lost: Callable[[], None]) -> None:
        self._stdout = stdout
        self._lost = lost

    def write(self, data: bytes) -> None:
        try:
            self._stdout.write(data)
            self._stdout.flush()
        except (OSError, ValueError):
            self._lost()

    def close(self) -> None:
        """The process's end closes it."""


def _end(code: int) -> NoReturn:
    """End the process at once.

    All that must be closed is closed by now. Python's own end would unload torch and wait for
    threads that are deep in a library: seconds, while an editor waits for two and then kills.
    """
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)
