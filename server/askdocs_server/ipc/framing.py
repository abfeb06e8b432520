"""LSP's framing of messages, on plain bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

Id = int | str
"""The id of a JSON-RPC request; progress tokens have the same type."""

MAX_BODY_BYTES = 32 << 20
TOO_LONG = f"A message may have at most {MAX_BODY_BYTES >> 20} MiB; this one was skipped."

# The rest of a message whose length was wrong may precede it. A length of more digits is ignored:
# a reader that believed it would wait forever.
_LENGTH = re.compile(rb"(?<![\w-])content-length[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?\n\Z", re.IGNORECASE)
_MAX_HEADER_BYTES = 1 << 16


def is_id(value: Any) -> TypeGuard[Id]:
    """Return whether a JSON value can be the id of a request, or a token."""
    return isinstance(value, int | str) and not isinstance(value, bool)


def framed(message: Mapping[str, Any]) -> bytes:
    """Return a message as it goes over the wire."""
    return with_header(json.dumps(message).encode())


def with_header(body: bytes) -> bytes:
    """Return the body of a message as it goes over the wire."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Frames:
    """Cuts a stream of bytes into the bodies of messages; what is between them is dropped."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0  # The header read so far ends here in the buffer.
        self._length: int | None = None
        self._is_body = False
        self._skipping = 0  # How many bytes of an overlong body are still to come.

    def feed(self, data: bytes) -> Iterator[bytes | None]:
        """Take bytes; yield the bodies that they complete, None for a body that is too long."""
        self._buffer += data
        self._skip()
        while self._is_body or self._read_header():
            assert self._length is not None
            end = self._at + self._length
            if self._length > MAX_BODY_BYTES:
                self._skipping = self._length
                self._restart()
                self._skip()
                yield None
            elif len(self._buffer) < end:
                return
            else:
                body = bytes(self._buffer[self._at : end])
                self._at = end
                self._restart()
                yield body

    def _read_header(self) -> bool:
        """Read lines until the body begins; False where more bytes must come first."""
        while end := self._buffer.find(b"\n", self._at) + 1:
            line = bytes(self._buffer[self._at : end])
            self._at = end
            if self._length is None and (match := _LENGTH.search(line)):
                self._length = int(match[1])
            elif not line.strip() and self._length:
                self._is_body = True
                return True
            elif not line.strip() or end > _MAX_HEADER_BYTES:
                self._restart()
        if len(self._buffer) > _MAX_HEADER_BYTES:
            self._at = len(self._buffer)
            self._restart()
        return False

    def _restart(self) -> None:
        """Drop what has been read; a header follows."""
        del self._buffer[: self._at]
        self._at, self._length, self._is_body = 0, None, False

    def _skip(self) -> None:
        skipped = min(self._skipping, len(self._buffer))
        del self._buffer[:skipped]
        self._skipping -= skipped
