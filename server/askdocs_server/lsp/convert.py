"""From the core's plain values to what goes over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from askdocs_indexer.types import Hit, SyncReport
from askdocs_server.answers.passages import Citation, excerpt
from askdocs_server.lsp import wire

if TYPE_CHECKING:
    from askdocs_server.answers.pipeline import Answer


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
    }


def citation_wire(citation: Citation, root: Path) -> wire.CitationWire:
    """Convert a citation; `root` is the folder as the editor names it."""
    return {
        "number": citation.number,
        "uri": (root / citation.path).as_uri(),
        "range": lines_range(citation.start_line, citation.end_line),
        "title": citation.title,
        "excerpt": citation.excerpt,
        "score": round(citation.score, 4),
        "verified": citation.verified,
    }


def answer_wire(answer: Answer, root: Path, index: wire.IndexPlace) -> wire.AskResult:
    """Convert a whole answer."""
    timings = answer.timings
    first = timings.first_token_ms
    return {
        "answer": answer.answer,
        "citations": [citation_wire(one, root) for one in answer.citations],
        "abstained": answer.abstained,
        "model": answer.model,
        "index": index,
        "timings": {
            "retrieveMs": round(timings.retrieve_ms, 1),
            "firstTokenMs": None if first is None else round(first, 1),
            "totalMs": round(timings.total_ms, 1),
        },
    }


def reports_wire(reports: Sequence[SyncReport]) -> wire.ReindexResult:
    """Sum up the reports of several folders."""
    return {
        "files": sum(one.files for one in reports),
        "chunks": sum(one.chunks for one in reports),
        "embedded": sum(one.embedded for one in reports),
        "deleted": sum(one.deleted for one in reports),
        "seconds": round(sum(one.seconds for one in reports), 3),
    }
