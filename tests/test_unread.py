"""Documentation that is not read is told, with its kind and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.index_harness import Harness, until

from askdocs_indexer.ingest.coverage import coverage, remark
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.types import Chunk, Unread

PAGE = "# A page\n\nWords.\n"
WORDS = " ".join(f"word{letter}{other}" for letter in "abcdefghij" for other in "klmnopqrst")


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    root = tmp_path / "root"
    root.mkdir()
    harness = Harness(root)
    harness.write("page.md", PAGE)
    harness.index.open()
    yield harness  # type: ignore[misc]
    harness.index.close()


def kinds(unread: tuple[Unread, ...]) -> dict[str, int]:
    return {row.kind: row.files for row in unread}


def test_unread_files_are_counted_by_their_suffix(harness: Harness) -> None:
    for name in ("lib/a.ex", "lib/b.ex", "test/c.EXS", "docs/guide.docx", "logo.png", "data.json"):
        harness.write(name, "x")
    report = harness.index.sync()
    assert kinds(report.unread) == {".ex": 2, ".docx": 1, ".exs": 1}
    assert report.unread[0].kind == ".ex", "the most frequent comes first"
    assert "Elixir is not supported" in report.unread[0].reason
    assert "no hovers" in report.unread[0].reason
    assert report.unread[0].label == "2 .ex files"
    assert harness.index.status().unread == report.unread


def test_xml_is_told_where_it_is_documentation(harness: Harness) -> None:
    manual = (
        '<?xml version="1.0"?>\n<!DOCTYPE refentry PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN">\n'
    )
    harness.write("man/tool.xml", f"{manual}<refentry/>")
    harness.write("doc/guide/start.xml", '<section version="5.0"><title>A</title></section>')
    harness.write("doc/pom.xml", "<project><name>A</name></project>")
    harness.write("src/chapter.xml", "<chapter/>")
    report = harness.index.sync()
    assert kinds(report.unread) == {".xml": 2}
    assert "DocBook" in report.unread[0].reason


def test_read_files_are_counted_by_their_suffix(harness: Harness) -> None:
    for name in ("a.md", "b.MD", "c.rst", "README", "package.json"):
        harness.write(name, "Words.")
    harness.write("d.rst", "\0")
    assert harness.index.sync().kinds == {".md": 3, ".rst": 1, "README": 1}
    (harness.root / "c.rst").unlink()
    assert harness.index.sync().kinds == {".md": 3, "README": 1}
    assert harness.index.status().kinds == {".md": 3, "README": 1}


def test_what_is_left_out_on_purpose_is_not_told(harness: Harness) -> None:
    harness.docs = DocsSettings(exclude=("old/",))
    harness.reopen()
    harness.write(".gitignore", "build/\n")
    for name in ("build/a.ex", "old/b.docx", "node_modules/c.dart", ".venv/d.lua"):
        harness.write(name, "x")
    assert harness.index.sync().unread == ()


def test_sources_are_not_told_where_none_are_wanted(harness: Harness) -> None:
    harness.docs = DocsSettings(docstrings=False)
    harness.reopen()
    harness.write("a.ex", "x")
    harness.write("b.odt", "x")
    assert kinds(harness.index.sync().unread) == {".odt": 1}


def test_unread_files_follow_the_disk(harness: Harness) -> None:
    harness.write("lib/a.ex", "x")
    harness.write("lib/b.ex", "x")
    harness.index.sync()
    harness.index.start()
    (harness.root / "lib/a.ex").unlink()
    until(lambda: kinds(harness.index.status().unread) == {".ex": 1})
    (harness.root / "lib").rename(harness.root / "source")
    harness.write("source/c.ex", "x")
    until(lambda: kinds(harness.index.status().unread) == {".ex": 2})
    harness.write(".gitignore", "source/\n")
    until(lambda: not harness.index.status().unread)


def test_a_page_that_is_mostly_lost_is_told_until_it_is_read(harness: Harness) -> None:
    harness.write("lost.html", f"<html><body><p>Shown.</p><iframe>{WORDS}</iframe></body></html>")
    harness.write("good.html", f"<html><body><p>{WORDS}</p></body></html>")
    told = [row for row in harness.index.sync().unread if not row.kind.startswith(".")]
    assert [row.kind for row in told] == ["lost.html"]
    assert "of its words are in passages" in told[0].reason
    harness.reopen()
    assert [row.kind for row in harness.index.status().unread] == ["lost.html"]
    harness.write("lost.html", "<p>Short.</p>")
    assert harness.index.sync().unread == ()


def chunk(text: str) -> Chunk:
    return Chunk("id", "page.md", "A", ("A",), (), text, "hash", 1, 1)


def test_coverage_is_the_share_of_the_visible_words() -> None:
    half = WORDS[: len(WORDS) // 2]
    assert coverage(WORDS, [chunk(WORDS)]) == 1
    assert 0.45 < coverage(WORDS, [chunk(half)]) < 0.55
    assert coverage(WORDS, []) == 0
    assert coverage("Short.", []) == 1
    unseen = f"---\nkey: {half}\n---\n<!-- {half} --><script>{half}</script>"
    assert coverage(f"{unseen}\n{WORDS}", [chunk(WORDS)]) == 1
    template = f"{{{{ {half} }}}}{{% {half} %}}<NAV>{half}</NAV><!-- {half} {WORDS}"
    assert coverage(template, [chunk(WORDS)]) == 1
    assert coverage("<!-- <nav> [](" * 100_000 + WORDS, [chunk(WORDS)]) == 1, "in linear time"
    assert not remark(WORDS, [chunk(WORDS)])
    for hidden in (
        f".. toctree::\n   :maxdepth: 2\n\n   {half}\n\n",
        f"```{{toctree}}\n{half}\n```\n",
        f"////\n{half}\n////\n",
        f":attribute: {half}\n",
        f"#+SETTING: {half}\n",
    ):
        assert coverage(f"{hidden}{WORDS[len(half) :]}", [chunk(WORDS[len(half) :])]) > 0.95
