"""From the core's plain values, answers and states to what goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from askdocs_indexer.types import Contents, Hit, IndexStatus, SyncReport
from askdocs_server.answers.passages import Citation, QuotedWords, excerpt
from askdocs_server.lsp import wire
from askdocs_server.lsp.documents import Positions
from askdocs_server.lsp.folders import Folder

if TYPE_CHECKING:
    from askdocs_indexer.reranking.reranker import Reranker
    from askdocs_server.answers.pipeline import Answer
    from askdocs_server.answers.verification.entailment import Entailment
    from askdocs_server.host.host import Workspace


# A status is sent often; a list of skipped files beyond this length helps nobody.
_MAX_SKIPPED = 200
# The worst state first.
_STATES = ("failed", "opening", "indexing", "ready", "closed")


def lines_range(start_line: int, end_line: int) -> wire.RangeWire:
    """Return the range of whole lines; takes 1-based lines, the end inclusive."""
    return {
        "start": {"line": start_line - 1, "character": 0},
        "end": {"line": end_line, "character": 0},
    }


def hit_wire(hit: Hit, root: Path) -> wire.HitWire:
    """Convert a hit; `root` is the folder as the editor names it."""
    chunk = hit.chunk
    return {
        "uri": (root / chunk.path).as_uri(),
        "range": lines_range(chunk.start_line, chunk.end_line),
        "title": chunk.title,
        "excerpt": excerpt(chunk.text),
        "score": round(hit.score, 4),
        "breadcrumb": chunk.breadcrumb,
    }


def contents_wire(
    contents: Contents, root: Path, limit: int | None
) -> tuple[list[wire.FileWire], list[wire.LeftOutWire]]:
    """Convert what an index holds and what is left out of it, at most `limit` of each."""
    files: list[wire.FileWire] = [
        {
            "uri": (root / file.path).as_uri(),
            "path": file.path,
            "kind": file.kind,
            "chunks": file.chunks,
            "behind": file.behind or None,
        }
        for file in contents.files[:limit]
    ]
    left_out: list[wire.LeftOutWire] = [
        {"path": row.path, "reason": row.reason} for row in contents.left_out[:limit]
    ]
    return files, left_out


def citation_wire(citation: Citation, root: Path, encoding: str) -> wire.CitationWire:
    """Convert a citation; `root` is the folder as the editor names it.

    `encoding` is that of the editor's positions.
    """
    return {
        "number": citation.number,
        "uri": (root / citation.path).as_uri(),
        "range": lines_range(citation.start_line, citation.end_line),
        "title": citation.title,
        "excerpt": citation.excerpt,
        "score": round(citation.score, 4),
        "breadcrumb": citation.breadcrumb,
        "verified": citation.verified,
        "quotes": [
            {"text": quote.text, "range": _words_range(quote, encoding)}
            for quote in citation.quotes
        ],
    }


def _words_range(quote: QuotedWords, encoding: str) -> wire.RangeWire:
    """Return where words stand, or the lines of their passage."""
    if quote.before_start is None or quote.before_end is None:
        return lines_range(quote.start_line, quote.end_line)
    start, end = (
        Positions(before, encoding).position(0, len(before)).character
        for before in (quote.before_start, quote.before_end)
    )
    return {
        "start": {"line": quote.start_line - 1, "character": start},
        "end": {"line": quote.end_line - 1, "character": end},
    }


def answer_wire(
    answer: Answer, root: Path, index: wire.IndexState, encoding: str
) -> wire.AskResult:
    """Convert a whole answer."""
    timings = answer.timings
    return {
        "answer": answer.answer,
        "citations": [citation_wire(citation, root, encoding) for citation in answer.citations],
        "abstained": answer.abstained,
        "model": answer.model,
        "index": index,
        "timings": {
            "retrieveMs": round(timings.retrieve_ms, 1),
            "rewriteMs": _rounded(timings.rewrite_ms),
            "firstTokenMs": _rounded(timings.first_token_ms),
            "totalMs": round(timings.total_ms, 1),
        },
    }


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 1)


def reports_wire(reports: Sequence[SyncReport]) -> wire.ReindexResult:
    """Sum up the reports of several folders."""
    return {
        "files": sum(report.files for report in reports),
        "chunks": sum(report.chunks for report in reports),
        "embedded": sum(report.embedded for report in reports),
        "deleted": sum(report.deleted for report in reports),
        "seconds": round(sum(report.seconds for report in reports), 3),
    }


def status_of(folders: Iterable[Folder], without: IndexStatus) -> wire.StatusResult:
    """Return the whole status; `without` is that of the index where there is no folder.

    The models are those of the first folder that is open.
    """
    folders = list(folders)
    workspace = next((folder.workspace for folder in folders if folder.is_open), None)
    rows: list[wire.FolderStatusWire] = [
        {
            "uri": folder.path.as_uri(),
            "name": folder.path.name,
            "index": index_wire(folder.status, folder.path),
        }
        for folder in folders
    ]
    return {
        "index": summed_up([row["index"] for row in rows] or [index_wire(without, Path())]),
        "embedder": _embedder(workspace),
        "reranker": _cross_encoder(workspace.reranker if workspace else None),
        "verifier": _cross_encoder(workspace.entailment if workspace else None),
        "generator": _generator(workspace),
        "leaves": _leaves(folders),
        "workspaceFolders": rows,
    }


def _leaves(folders: Iterable[Folder]) -> list[wire.LeavingWire]:
    """Return what leaves the machine for any of the folders."""
    leaving = dict.fromkeys(each for folder in folders for each in folder.leaves)
    return [{"what": each.what, "to": each.to} for each in leaving]


def index_state(index: wire.IndexStatusWire) -> wire.IndexState:
    """Return the part of an index's status that goes with each answer."""
    return {
        "state": index["state"],
        "generation": index["generation"],
        "pendingFiles": index["pendingFiles"],
    }


def _embedder(workspace: Workspace | None) -> wire.EmbedderStatusWire:
    if workspace is None:
        return {"state": "idle", "model": "", "device": "", "detail": ""}
    embedder = workspace.embedder
    return {
        "state": embedder.state,
        "model": embedder.model,
        "device": embedder.device,
        "detail": embedder.detail,
    }


def _cross_encoder(model: Reranker | Entailment | None) -> wire.RerankerStatusWire:
    if model is None:
        return {"state": "idle", "model": "", "device": "", "detail": ""}
    return {
        "state": model.state,
        "model": model.model,
        "device": model.device,
        "detail": model.detail,
    }


def _generator(workspace: Workspace | None) -> wire.GeneratorStatusWire:
    if workspace is None:
        return {"state": "idle", "model": "", "where": "", "detail": ""}
    status = workspace.generator.status
    return {
        "state": status.state,
        "model": status.model,
        "where": status.where,
        "detail": status.detail,
    }


def index_wire(status: IndexStatus, root: Path) -> wire.IndexStatusWire:
    """Convert one folder's status."""
    skipped: list[wire.SkippedWire] = [
        {"uri": (root / file.path).as_uri(), "path": file.path, "reason": file.reason}
        for file in status.skipped[:_MAX_SKIPPED]
    ]
    return {
        "state": status.state,
        "files": status.files,
        "chunks": status.chunks,
        "pendingFiles": status.pending_files,
        "pendingReads": status.pending_reads,
        "pendingChunks": status.pending_chunks,
        "generation": status.generation,
        "skipped": skipped,
        "unread": [
            {"kind": unread.kind, "files": unread.files, "reason": unread.reason}
            for unread in status.unread[:_MAX_SKIPPED]
        ],
        "detail": status.detail,
        "embedded": status.embedded,
        "reused": status.reused,
        "moved": status.moved,
        "deleted": status.deleted,
        "questions": {
            "sections": status.questions.sections,
            "written": status.questions.written,
        },
    }


def summed_up(indexes: Sequence[wire.IndexStatusWire]) -> wire.IndexStatusWire:
    """Merge the statuses of all folders, at least one."""
    states = {index["state"] for index in indexes}
    return {
        "state": next(state for state in _STATES if state in states),
        "files": sum(index["files"] for index in indexes),
        "chunks": sum(index["chunks"] for index in indexes),
        "pendingFiles": sum(index["pendingFiles"] for index in indexes),
        "pendingReads": sum(index["pendingReads"] for index in indexes),
        "pendingChunks": sum(index["pendingChunks"] for index in indexes),
        "generation": sum(index["generation"] for index in indexes),
        "skipped": [skipped for index in indexes for skipped in index["skipped"]],
        "unread": [unread for index in indexes for unread in index["unread"]],
        "detail": " ".join(dict.fromkeys(index["detail"] for index in indexes if index["detail"])),
        "embedded": sum(index["embedded"] for index in indexes),
        "reused": sum(index["reused"] for index in indexes),
        "moved": sum(index["moved"] for index in indexes),
        "deleted": sum(index["deleted"] for index in indexes),
        "questions": {
            "sections": sum(index["questions"]["sections"] for index in indexes),
            "written": sum(index["questions"]["written"] for index in indexes),
        },
    }
