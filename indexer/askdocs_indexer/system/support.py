"""Which systems askdocs runs on."""

from __future__ import annotations

import sys

from askdocs_indexer.errors import UnsupportedSystemError


def check_system() -> None:
    """Raise UnsupportedSystemError on a system that askdocs does not run on."""
    if sys.platform == "win32":
        raise UnsupportedSystemError
