"""What goes over the wire."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes import make_hit

from askdocs_indexer.types import IndexStatus, QuestionCounts, Skipped, SyncReport, Unread
from askdocs_server.answers.passages import QuotedWords, cite
from askdocs_server.answers.pipeline import Answer, Timings
from askdocs_server.lsp.serialize import (
    answer_wire,
    citation_wire,
    hit_wire,
    index_wire,
    lines_range,
    reports_wire,
    summed_up,
)

ROOT = Path("/a project")
PLACE = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}


def test_hit() -> None:
    assert hit_wire(make_hit("One.\nTwo.", path="docs/ü.md", score=0.123456), ROOT) == {
        "uri": "file:///a%20project/docs/%C3%BC.md",
        "range": PLACE,
        "title": "Title",
        "excerpt": "One.\nTwo.",
        "score": 0.1235,
        "breadcrumb": "Title",
    }


def test_hit_outside_the_root() -> None:
    assert hit_wire(make_hit("x", path="/elsewhere/b.md"), ROOT)["uri"] == "file:///elsewhere/b.md"


def test_answer() -> None:
    citations = cite([make_hit("One.\nTwo.")])
    answer = Answer("Yes. [1]", citations, False, None, Timings(1.26, None, 2.0))
    place = {"state": "ready", "generation": 3, "pendingFiles": 0}
    assert answer_wire(answer, ROOT, place, "utf-16") == {  # type: ignore[arg-type]
        "answer": "Yes. [1]",
        "citations": [
            {
                "number": 1,
                "uri": "file:///a%20project/docs/a.md",
                "range": PLACE,
                "title": "Title",
                "excerpt": "One.\nTwo.",
                "score": 0.9,
                "breadcrumb": "Title",
                "verified": None,
                "quotes": [],
            }
        ],
        "abstained": False,
        "model": None,
        "index": place,
        "timings": {"retrieveMs": 1.3, "rewriteMs": None, "firstTokenMs": None, "totalMs": 2.0},
    }


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", 4), ("utf-16", 2), ("utf-32", 1)])
def test_quoted_words_have_their_own_range(encoding: str, units: int) -> None:
    quote = QuotedWords("so it is", 3, 4, "𝔸 ", "it is")
    (citation,) = cite([make_hit("One.\nTwo.")])
    row = citation_wire(replace(citation, quotes=(quote,)), ROOT, encoding)
    (wire,) = row["quotes"]
    assert wire["text"] == "so it is"
    assert wire["range"] == {
        "start": {"line": 2, "character": units + 1},
        "end": {"line": 3, "character": 5},
    }


def test_words_without_a_range_have_that_of_their_passage() -> None:
    quote = QuotedWords("so it is", 3, 4)
    (citation,) = cite([make_hit("One.\nTwo.")])
    (wire,) = citation_wire(replace(citation, quotes=(quote,)), ROOT, "utf-8")["quotes"]
    assert wire["range"] == lines_range(3, 4)


def test_reports_of_several_folders_add_up() -> None:
    one = SyncReport(files=1, chunks=2, embedded=2, deleted=1, seconds=0.25)
    assert reports_wire([one, one]) == {
        "files": 2,
        "chunks": 4,
        "embedded": 4,
        "deleted": 2,
        "seconds": 0.5,
    }


def test_statuses_of_several_folders_add_up() -> None:
    skipped = Skipped("a.bin", "binary")
    unread = (Unread(".ex", 3, "not supported"),)
    status = IndexStatus("ready", 1, 2, 0, 7, 5, (skipped,), "polling", 9, 8, 7, 6, unread)
    status = replace(status, questions=QuestionCounts(5, 3))
    ready = index_wire(status, ROOT)
    busy = IndexStatus("indexing", 2, 3, 4, 8, 6, (), "polling", 1, 1, 1, 1, pending_reads=3)
    indexing = index_wire(busy, ROOT)
    assert summed_up([ready, indexing]) == {
        "state": "indexing",
        "files": 3,
        "chunks": 5,
        "pendingFiles": 4,
        "pendingReads": 3,
        "pendingChunks": 15,
        "generation": 11,
        "skipped": [{"uri": "file:///a%20project/a.bin", "path": "a.bin", "reason": "binary"}],
        "unread": [{"kind": ".ex", "files": 3, "reason": "not supported"}],
        "detail": "polling",
        "embedded": 10,
        "reused": 9,
        "moved": 8,
        "deleted": 7,
        "questions": {"sections": 5, "written": 3},
    }
