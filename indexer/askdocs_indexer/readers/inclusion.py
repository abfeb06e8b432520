"""Files that a document includes."""

from __future__ import annotations

import posixpath


def nothing(path: str) -> str | None:
    """Include no file."""
    return None


def beside(path: str, target: str) -> str:
    """Return the path of a file that the document at `path` names relative to its own folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
