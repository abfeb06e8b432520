"""The files that the documentation's links lead to, as editors open them."""

from __future__ import annotations

from pathlib import Path

from askdocs_indexer.workspace import WorkspaceIndex


def uri_of(index: WorkspaceIndex, root: Path, page: str, target: str) -> str | None:
    """Return the URI, with its line, of what a link on a page leads to; None outside of the root.

    `root` is the workspace as the client names it, `target` as in `Link.target`.
    """
    destination = index.destination(page, target)
    if destination is None:
        return None
    uri = (root / destination.path).as_uri()
    return uri if destination.line is None else f"{uri}#L{destination.line}"
