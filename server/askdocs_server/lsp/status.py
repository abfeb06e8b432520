"""The state of a session's parts, as askdocs/status and askdocs/statusChanged tell it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from askdocs_indexer.types import IndexStatus
from askdocs_server.lsp import wire
from askdocs_server.lsp.folders import Folder

if TYPE_CHECKING:
    from askdocs_server.host.host import Workspace

# A status is sent often; a list of skipped files beyond this length helps nobody.
_MAX_SKIPPED = 200
# The least happy state first.
_STATES = ("failed", "opening", "indexing", "ready", "closed")


def status_of(folders: Iterable[Folder], *, started: bool) -> wire.StatusResult:
    """Return the whole status; `started` says whether all folders of the editor are known.

    The models are those of the first folder that is open.
    """
    folders = list(folders)
    workspace = next((one.workspace for one in folders if one.workspace is not None), None)
    rows: list[wire.FolderStatusWire] = [
        {
            "uri": folder.path.as_uri(),
            "name": folder.path.name,
            "index": index_wire(folder.status, folder.path),
        }
        for folder in folders
    ]
    return {
        "index": summed_up([row["index"] for row in rows], "closed" if started else "opening"),
        "embedder": _embedder(workspace),
        "generator": _generator(workspace),
        "workspaceFolders": rows,
    }


def place_of(index: wire.IndexStatusWire) -> wire.IndexPlace:
    """Return the part of an index's status that goes with each answer."""
    return {
        "state": index["state"],
        "generation": index["generation"],
        "pendingFiles": index["pendingFiles"],
    }


def _embedder(workspace: Workspace | None) -> wire.EmbedderStatusWire:
    if workspace is None:
        return {"state": "idle", "model": "", "device": "", "detail": ""}
    one = workspace.embedder
    return {"state": one.state, "model": one.model, "device": one.device, "detail": one.detail}


def _generator(workspace: Workspace | None) -> wire.GeneratorStatusWire:
    if workspace is None:
        return {"state": "idle", "model": "", "where": "", "detail": ""}
    one = workspace.generator.status
    return {"state": one.state, "model": one.model, "where": one.where, "detail": one.detail}


def index_wire(status: IndexStatus, root: Path) -> wire.IndexStatusWire:
    """Convert one folder's status."""
    skipped: list[wire.SkippedWire] = [
        {"uri": (root / one.path).as_uri(), "path": one.path, "reason": one.reason}
        for one in status.skipped[:_MAX_SKIPPED]
    ]
    return {
        "state": status.state,
        "files": status.files,
        "chunks": status.chunks,
        "pendingFiles": status.pending_files,
        "generation": status.generation,
        "skipped": skipped,
        "detail": status.detail,
        "embedded": status.embedded,
        "reused": status.reused,
        "moved": status.moved,
        "deleted": status.deleted,
    }


def summed_up(indexes: Sequence[wire.IndexStatusWire], otherwise: str) -> wire.IndexStatusWire:
    """Merge the statuses of all folders; `otherwise` is the state without any."""
    states = {one["state"] for one in indexes}
    return {
        "state": next((state for state in _STATES if state in states), otherwise),
        "files": sum(one["files"] for one in indexes),
        "chunks": sum(one["chunks"] for one in indexes),
        "pendingFiles": sum(one["pendingFiles"] for one in indexes),
        "generation": sum(one["generation"] for one in indexes),
        "skipped": [skipped for one in indexes for skipped in one["skipped"]],
        "detail": " ".join(dict.fromkeys(one["detail"] for one in indexes if one["detail"])),
        "embedded": sum(one["embedded"] for one in indexes),
        "reused": sum(one["reused"] for one in indexes),
        "moved": sum(one["moved"] for one in indexes),
        "deleted": sum(one["deleted"] for one in indexes),
    }
