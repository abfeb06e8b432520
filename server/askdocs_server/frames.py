"""LSP's framing of messages, on bytes alone: what is no message is passed on as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

MAX_BODY_BYTES = 32 << 20
"""What is longer is passed on in pieces and kept nowhere; the server refuses it."""

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_MAX_LINE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Frame:
    """`raw` as it came; `body` is the message in it, None where it is none.

    `is_too_long` marks the header of a body of which only pieces follow.
    """

    raw: bytes
    body: bytes | None = None
    is_too_long: bool = False


def framed(message: Mapping[str, Any]) -> bytes:
    """Return a message as it goes over the wire."""
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Frames:
    """Cuts a stream of bytes into frames. Joined together, these are the stream."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._line = 0  # Where the header line that is being read begins.
        self._length: int | None = None
        self._head = 0  # The size of the whole header, once it is complete.
        self._passing = 0  # Bytes of a body that is too long to be kept.

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take bytes and yield the frames that are complete with them."""
        self._buffer += data
        while self._buffer and (frame := self._next()) is not None:
            if frame.raw:
                yield frame

    def _next(self) -> Frame | None:
        """Return the next frame, an empty one after progress without any, None to wait."""
        if self._passing:
            piece = self._take(min(self._passing, len(self._buffer)))
            self._passing -= len(piece.raw)
            return piece
        if not self._head:
            return self._header()
        assert self._length is not None
        if len(self._buffer) < self._head + self._length:
            return None
        raw = self._take(self._head + self._length).raw
        frame = Frame(raw, raw[self._head :])
        self._head, self._length = 0, None
        return frame

    def _header(self) -> Frame | None:
        end = self._buffer.find(b"\n", self._line) + 1
        if not end:
            too_long = len(self._buffer) - self._line > _MAX_LINE_BYTES
            return self._garbage(len(self._buffer)) if too_long else None
        line = bytes(self._buffer[self._line : end])
        self._line = end
        if self._length is None:
            match = _LENGTH.fullmatch(line)
            if match is None:
                return self._garbage(end) if not line.strip() else Frame(b"")
            self._length = int(match[1])
        elif not line.strip():
            return self._body_begins(end)
        return Frame(b"")

    def _body_begins(self, head: int) -> Frame:
        self._line = 0
        if self._length and self._length <= MAX_BODY_BYTES:
            self._head = head
            return Frame(b"")
        self._passing, self._length = self._length or 0, None
        return replace(self._take(head), is_too_long=bool(self._passing))

    def _garbage(self, size: int) -> Frame:
        """Pass on what can be no header."""
        self._line, self._length = 0, None
        return self._take(size)

    def _take(self, size: int) -> Frame:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return Frame(taken)
