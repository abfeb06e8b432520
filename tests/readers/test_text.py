"""Plain text, and the reStructuredText that stands in such files."""

from __future__ import annotations

from pathlib import Path

import pytest

from askdocs_indexer.ingest.formats import read_markdown, read_rst, read_text, reader_within

PAGE = "Page\n====\n\n"


@pytest.mark.parametrize(
    "marked",
    [
        ".. function:: f(x)\n\n   Does it.",
        ".. py:function:: f(x)",
        ".. note:: Take care.",
        ".. _target:\n\nText.",
        ".. _there: https://example.org\n\nText.",
        ".. |name| replace:: text",
        "It calls :func:`f`.",
        "It calls (:py:meth:`~A.f`) too.",
        ".. -*- mode: rst -*-",
        ".. -*- coding: utf-8; mode: reStructuredText -*-",
        ".. vim: set ft=rst:",
        "Content-Type: text/x-rst",
    ],
)
def test_text_that_is_marked_is_restructuredtext(marked: str) -> None:
    text = f"{PAGE}{marked}\n\nThus::\n\n   code\n"
    assert read_text(text, "a.txt") == read_rst(text, "a.txt")


@pytest.mark.parametrize(
    "plain",
    [
        "Thus:\n\n   .. note:: in an example",
        "And so on ...\n.. and on :: and on",
        "std::string and a ::b:: c",
        "A :smile:`face` and host:port:`x`",
        "Use -*- c++ -*- in headers.",
    ],
)
def test_other_text_is_plain(plain: str) -> None:
    text = f"{PAGE}{plain}\n\nThus::\n\n   code\n"
    (section,) = read_text(text, "a.txt")
    assert section.blocks[-1].text == "   code"


@pytest.mark.parametrize(
    "settings",
    [
        'source_suffix = ".txt"',
        'source_suffix = [".rst", ".txt"]',
        'source_suffix = (".rst", ".txt")',
        'source_suffix = {".txt": "restructuredtext", ".md": "markdown"}',
        'source_suffix = {".txt": None}',
        'source_suffix = [".rst"] + [".txt"]',
        'source_suffix = ".rst .txt".split()',
        'source_suffix = dict([(".txt", "restructuredtext")])',
        'source_suffix: dict[str, str] = {".txt": "restructuredtext"}',
        'source_suffix = {".md": "markdown"}\nsource_suffix[".txt"] = "restructuredtext"',
        'source_suffix = [".rst"]\nsource_suffix.append(".txt")',
        'source_suffix = [".rst"]\nsource_suffix += [".txt"]',
        'def setup(app):\n    app.add_source_suffix(".txt", "restructuredtext")',
    ],
)
def test_settings_say_that_text_is_restructuredtext(settings: str, tmp_path: Path) -> None:
    _write(tmp_path / "docs/conf.py", settings)
    assert reader_within(tmp_path, "docs/guide/a.txt", print) is read_rst
    assert reader_within(tmp_path, "a.txt", print) is read_text
    assert reader_within(tmp_path, "docs/requirements.txt", print) is None
    assert reader_within(tmp_path, "docs/a.md", print) is read_markdown


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "source_suffix = ",
        'source_suffix = ".rst"',
        "source_suffix = suffixes()",
        "\0",
        "(" * 999,
    ],
)
def test_other_settings_leave_text_as_it_is(settings: str, tmp_path: Path) -> None:
    _write(tmp_path / "conf.py", settings)
    assert reader_within(tmp_path, "a.txt", print) is read_text


def test_the_nearest_settings_decide(tmp_path: Path) -> None:
    _write(tmp_path / "conf.py", 'source_suffix = ".txt"')
    _write(tmp_path / "guide/conf.py", 'source_suffix = {".txt": "markdown"}')
    _write(tmp_path / "old/conf.py", "project = 'Old'")
    paths = [f"{folder}/a.txt" for folder in ("x", "guide", "old")]
    readers = [reader_within(tmp_path, path, print) for path in paths]
    assert readers == [read_rst, read_markdown, read_text]


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
