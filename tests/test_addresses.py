"""The addresses of servers."""

from __future__ import annotations

import pytest

from askdocs_server.text.addresses import host_elsewhere, without_key


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://me:secret@gpu-box.example:8000/v1?key=abc", "gpu-box.example"),
        ("http://10.0.0.7:8000/v1", "10.0.0.7"),
        ("http://[2001:db8::1]:19530", "2001:db8::1"),
        ("milvus.example:19530", "milvus.example"),
        ("http://[broken", "an address that cannot be read"),
        ("", ""),
        ("unix:/run/vllm.sock", ""),
        ("http://localhost:8000/v1", ""),
        ("http://LOCALHOST:8000/v1", ""),
        ("http://model.localhost/v1", ""),
        ("http://127.0.0.2:8000", ""),
        ("http://[::1]:8000", ""),
        ("http://0.0.0.0:8000", ""),
        ("http://127.0.0.1.example.com", "127.0.0.1.example.com"),
    ],
)
def test_hosts(address: str, host: str) -> None:
    assert host_elsewhere(address) == host


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://me:secret@box:1/v1", "https://box:1/v1"),
        ("https://box/v1?key=secret", "https://box/v1"),
        ("me:secret@box:1/v1", "box:1/v1"),
        ("https://box/a@b", "https://box/a@b"),
        ("/home/me/index.db", "/home/me/index.db"),
        ("/home/me/a?b@c.db", "/home/me/a?b@c.db"),
        ("unix:/run/a.sock", "unix:/run/a.sock"),
        ("local", "local"),
    ],
)
def test_keys_are_not_shown(address: str, shown: str) -> None:
    assert without_key(address) == shown
