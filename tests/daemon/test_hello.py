"""The first lines: both sides understand each other, and nothing else."""

from __future__ import annotations

import pytest

from askdocs_server.daemon.handshake import Hello, Reply, hello_of, reply_of, to_line
from askdocs_server.errors import HandshakeError


def test_there_and_back() -> None:
    hello = Hello("command", root="/x", overrides={"llm.mode": "off"}, joins=True)
    assert hello_of(to_line(hello)) == hello
    reply = Reply("welcome", "1.0", 7, {"sessions": 1})
    assert reply_of(to_line(reply)) == reply
    assert to_line(hello).count(b"\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"GET / HTTP/1.1\r\n",
        b"\xff\xfe\n",
        b"[]\n",
        b"[" * 100_000,
        b'{"kind": "other", "version": "1"}\n',
        b'{"kind": "editor"}\n',
        b'{"kind": "editor", "version": 1}\n',
        b'{"kind": "editor", "version": "1", "root": 5}\n',
        b'{"kind": "editor", "version": "1", "overrides": ["x"]}\n',
        b'{"kind": "editor", "version": "1", "overrides": {"a": 1}}\n',
    ],
)
def test_other_lines(line: bytes) -> None:
    with pytest.raises(HandshakeError):
        hello_of(line)
    with pytest.raises(HandshakeError):
        reply_of(line)


def test_later_versions_may_say_more() -> None:
    assert hello_of(b'{"kind": "stop", "version": "9", "new": 1}').version == "9"
