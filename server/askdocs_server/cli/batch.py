"""`--batch`: JSON lines in, one JSON line out for each, in order and as soon as it is known."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from askdocs_server.cli.errors import FAILED, OK, message
from askdocs_server.cli.output import Output, note
from askdocs_server.errors import RowError, UsageError, is_expected

Row = Mapping[str, Any]

log = logging.getLogger(__name__)

_Value = TypeVar("_Value", str, int)
_JSON_NAMES = {str: "a string", int: "a whole number"}


def open_batch(source: str) -> BinaryIO:
    """Open a file of JSON lines; `-` is stdin. Raises UsageError."""
    if source == "-":
        # A reader of its own: Python aborts at shutdown while a thread blocks in sys.stdin.
        return open(sys.stdin.fileno(), "rb", closefd=False)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise UsageError(
            f"--batch: {source} cannot be read ({error.strerror}). Give a file of JSON lines, or "
            "- for stdin."
        ) from None


async def answer_lines(
    lines: BinaryIO,
    output: Output,
    answer: Callable[[Row], Awaitable[Row]],
    empty: Row,
) -> int:
    """Print the answer to each line and return the exit code.

    A line that cannot be answered gives `empty` with the reason as `error`, and exit code 1 in
    the end; the other lines are still answered.
    """
    code, number = OK, 0
    async for line in _read(lines):
        number += 1
        if not line.strip():
            continue
        try:
            output.json(await answer(_parsed(line)))
        except Exception as error:  # One bad line must not stop the others.
            code = FAILED
            if not is_expected(error):
                log.debug("line %s failed", number, exc_info=error)
            reason = message(error) if is_expected(error) else str(error)
            note(f"line {number}: {reason}")
            output.json({**empty, "error": reason})
    return code


def text_field(row: Row, name: str) -> str:
    """Return a field's text, which is not blank. Raises RowError."""
    value = _field(row, name, str)
    if not value.strip():
        raise RowError(f'"{name}" is empty')
    return value


def count_field(row: Row, name: str) -> int:
    """Return a field's number, which is not negative. Raises RowError."""
    value = _field(row, name, int)
    if value < 0:
        raise RowError(f'"{name}" must not be negative')
    return value


def _field(row: Row, name: str, kind: type[_Value]) -> _Value:
    value = row.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RowError(f'"{name}" must be {_JSON_NAMES[kind]}, not {json.dumps(value)[:80]}')
    return value


def _parsed(line: bytes) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RowError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise RowError("not a JSON object")
    return row


async def _read(lines: BinaryIO) -> AsyncIterator[bytes]:
    """Yield lines as they arrive. Neither the loop nor the exit waits for a silent writer."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    def feed() -> None:
        with lines:
            for line in lines:
                loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=feed, name="askdocs-batch", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line
