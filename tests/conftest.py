"""Fixtures that all tests share."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites golden files instead of comparing with them."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the golden files of the tests"
    )
