"""Fixtures that all tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from tests.milvus_server import milvus_server


def pytest_configure() -> None:
    """Let child processes be interrupted, also where this run was started in the background.

    A shell starts background jobs with SIGINT ignored, and children inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites golden files instead of comparing with them."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the golden files of the tests"
    )


@pytest.fixture(scope="session")
def milvus_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus server, started once for all tests that need one."""
    with milvus_server(tmp_path_factory.mktemp("milvus") / "data") as uri:
        yield uri
