"""Framing: whatever comes, nothing is lost, and messages are found among it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_server import frames
from askdocs_server.frames import Frame, Frames, framed


def cut(data: bytes, size: int) -> list[Frame]:
    found = Frames()
    return [frame for at in range(0, len(data), size) for frame in found.feed(data[at : at + size])]


def bodies(data: bytes, size: int) -> list[bytes]:
    return [frame.body for frame in cut(data, size) if frame.body is not None]


MESSAGES = st.lists(st.dictionaries(st.text(), st.text() | st.integers(), max_size=3), max_size=5)


@given(MESSAGES, st.integers(1, 200))
def test_messages_come_out_as_they_went_in(messages: list[dict[str, str]], size: int) -> None:
    data = b"".join(map(framed, messages))
    assert [json.loads(body) for body in bodies(data, size)] == messages
    assert b"".join(frame.raw for frame in cut(data, size)) == data


@given(st.lists(st.binary(max_size=50) | MESSAGES.map(lambda some: b"".join(map(framed, some)))))
def test_what_comes_out_is_what_went_in(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    for size in (1, 7, 1000):
        passed = b"".join(frame.raw for frame in cut(data, size))
        assert data.startswith(passed)


HEADERS: list[tuple[bytes, list[bytes]]] = [
    (b"content-length: 2\r\n\r\n{}", [b"{}"]),
    (b"Content-Length: 2\n\n{}", [b"{}"]),
    (b"Content-Type: x\r\nContent-Length: 2\r\nOther: y\r\n\r\n{}", [b"{}"]),
    (b"garbage\r\n\r\nContent-Length: 2\r\n\r\n{}", [b"{}"]),
    (b"Content-Length: -2\r\n\r\nContent-Length: 2\r\n\r\n{}", [b"{}"]),
    (b"Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}", [b"{}"]),
    (b"x" * 100_000 + b"\nContent-Length: 2\r\n\r\n{}", [b"{}"]),
    (b"Content-Length: 9\r\n\r\n{}", []),
]


@pytest.mark.parametrize(("data", "found"), HEADERS)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_headers(data: bytes, found: list[bytes], size: int) -> None:
    assert bodies(data, size) == found


def test_a_body_that_is_too_long_is_passed_on_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_BODY_BYTES", 10)
    data = b"Content-Length: 11\r\n\r\n" + b"x" * 11 + framed({})
    found = cut(data, 4)
    assert b"".join(frame.raw for frame in found) == data
    assert [frame.body for frame in found if frame.body is not None] == [b"{}"]
    assert [frame.is_too_long for frame in found].count(True) == 1
    assert max(len(frame.raw) for frame in found) <= 30
