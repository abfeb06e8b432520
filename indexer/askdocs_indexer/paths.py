"""Paths: as people write them, and where an index lies."""

from __future__ import annotations

import hashlib
from pathlib import Path

import platformdirs


def expanded(text: str) -> Path:
    """Expand a leading `~`; where it names no home that is known, leave the path as it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def root_digest(root: Path) -> str:
    """Return a short name for a workspace root that no other root has."""
    return hashlib.blake2b(str(root).encode(), digest_size=6).hexdigest()


def index_folder(root: Path) -> Path:
    """Return the folder in the user's cache that holds the index of `root`."""
    return platformdirs.user_cache_path("askdocs") / "indexes" / f"{root.name}-{root_digest(root)}"
