"""Files whose names leave open whether they are documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.index_harness import Harness

from askdocs_indexer.ingest.formats import HEAD_BYTES, is_candidate, is_recognised, is_wanted

PAGE = ".TH FOO 1\n.SH NAME\nfoo \\- does {}\n"


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    opened = Harness(root)
    opened.index.open()
    yield opened
    opened.index.close()


def test_only_what_its_text_shows_to_be_a_document_is_indexed(harness: Harness) -> None:
    harness.write("man/foo.1", PAGE.format("something"))
    harness.write("server.log.1", "2024-01-01 something happened")
    (harness.root / "libfoo.so.2").write_bytes(b"\x7fELF\0\xff")
    (harness.root / "huge.3").write_bytes(b"x" * 3_000_000)
    report = harness.index.sync()
    assert report.files == 1
    assert report.skipped == ()
    assert harness.found("something") == ["man/foo.1"]


def test_a_file_may_become_a_document_and_cease_to_be(harness: Harness) -> None:
    harness.write("a.1", "Nothing yet")
    assert harness.index.sync().files == 0
    harness.write("a.1", PAGE.format("something"))
    assert harness.index.sync().files == 1
    harness.reopen()
    assert harness.found("something") == ["a.1"]
    harness.write("a.1", "Nothing any more")
    report = harness.index.sync()
    assert (report.files, report.deleted) == (0, 1)
    assert harness.found("something") == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("man/git.1", True),
        ("printf.3posix", True),
        ("DBI.3pm.in", True),
        ("tool.man", True),
        ("tool.1.md", False),
        ("v1.2.txt", False),
        ("a.10", False),
        ("a.0", False),
    ],
)
def test_names_of_candidates(path: str, expected: bool) -> None:
    assert is_candidate(path) is expected
    assert is_wanted(path) or not expected


def test_a_cut_character_at_the_end_of_the_head_does_no_harm() -> None:
    head = (".TH A 1\n" + "é" * HEAD_BYTES).encode()[: HEAD_BYTES + 1]
    assert is_recognised("a.1", head)
