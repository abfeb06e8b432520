"""Framing: messages are found whatever comes between them, and nothing grows without end."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askdocs_server.ipc import framing
from askdocs_server.ipc.framing import Frames, framed


def bodies(data: bytes, size: int) -> list[bytes | None]:
    found = Frames()
    return [body for at in range(0, len(data), size) for body in found.feed(data[at : at + size])]


MESSAGES = st.lists(st.dictionaries(st.text(), st.text() | st.integers(), max_size=3), max_size=5)


@given(MESSAGES, st.integers(1, 200))
def test_messages_come_out_as_they_went_in(messages: list[dict[str, str]], size: int) -> None:
    data = b"".join(map(framed, messages))
    assert [json.loads(body or b"") for body in bodies(data, size)] == messages


@given(st.lists(st.binary(max_size=50) | MESSAGES.map(lambda some: b"".join(map(framed, some)))))
def test_how_the_bytes_come_makes_no_difference(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert bodies(data, 1) == bodies(data, 7) == bodies(data, 1000)


GOOD = b"Content-Length: 2\r\n\r\n{}"
HEADERS: list[tuple[bytes, list[bytes]]] = [
    (b"content-length: 2\r\n\r\n{}", [b"{}"]),
    (b"Content-Length: 2\n\n{}", [b"{}"]),
    (b"Content-Type: x\r\nContent-Length: 2\r\nOther: y\r\n\r\n{}", [b"{}"]),
    (b"Content-Length: 2\r\nContent-Length: 7\r\n\r\n{}", [b"{}"]),
    (b"garbage\r\n\r\n" + GOOD, [b"{}"]),
    (b"Content-Length: -2\r\n\r\n" + GOOD, [b"{}"]),
    (b"Content-Length: 0\r\n\r\n" + GOOD, [b"{}"]),
    (b"Content-Length: 9999999999\r\n\r\n" + GOOD, [b"{}"]),
    (b"x" * 100_000 + b"\n" + GOOD, [b"{}"]),
    (b"Content-Length: 9\r\n\r\n{}", []),
    pytest.param(
        b"Content-Length: 1\r\n\r\n" + 2 * GOOD, [b"C", b"{}"], id="a length that is too short"
    ),
    (b"X-Content-Length: 1\r\n\r\n" + GOOD, [b"{}"]),
]


@pytest.mark.parametrize(("data", "found"), HEADERS)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_headers(data: bytes, found: list[bytes], size: int) -> None:
    assert bodies(data, size) == found


@pytest.mark.parametrize("garbage", [b"x", b"a: b\n", b"Content-Length: 2\n"])
def test_a_header_without_end_is_not_kept(garbage: bytes) -> None:
    found = Frames()
    for _ in range(100):
        assert not list(found.feed(garbage * 10_000))
    assert len(found._buffer) < 200_000
    assert list(found.feed(b"\n\n" + 2 * GOOD))[-1] == b"{}"


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_body_that_is_too_long_is_skipped(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(framing, "MAX_BODY_BYTES", 10)
    data = GOOD + b"Content-Length: 61\r\n\r\n" + b"x\n" * 30 + b"x" + GOOD
    assert bodies(data, size) == [b"{}", None, b"{}"]
