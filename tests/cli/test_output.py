"""Streams: data on stdout and nothing else, progress for people on stderr."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from askdocs_indexer.types import Chunk, Hit
from askdocs_server.cli.output import Output, hits_object, reserved_stdout
from askdocs_server.cli.progress import progress, waiting
from askdocs_server.cli.search import excerpt, print_hits
from askdocs_server.host.project import Row, hit_rows


def hits(path: str = "docs/a.md", text: str = "Some text.") -> list[Row]:
    chunk = Chunk("1", path, "Title", ("Page", "Title"), (), text, "", 3, 9)
    return hit_rows([Hit(chunk, 0.87654321)])


def test_what_libraries_print_does_not_reach_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    with reserved_stdout() as output:
        os.write(1, b"from C\n")
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
        output.json({"text": "ü\udc80"})
    captured = capfd.readouterr()
    assert captured.out == '{"text": "\\u00fc\\udc80"}\n'
    assert "from C" in captured.err
    assert "from a child" in captured.err


def test_stdout_is_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), reserved_stdout():
        raise ValueError("inside")
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"


def test_progress_in_a_pipe_is_sparse(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as report:
        for done in range(1, 1001):
            report(done, 1000, "reading")
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "askdocs: Reading: 1000 of 1000 files"
    assert len(lines) <= 3


def test_waiting_in_a_pipe_says_what_for(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting("Starting the model"):
        pass
    assert capsys.readouterr().err == "askdocs: Starting the model…\n"


def test_hits_as_json() -> None:
    assert hits_object(hits("/elsewhere/b.md")) == {
        "hits": [
            {
                "path": "/elsewhere/b.md",
                "start_line": 3,
                "end_line": 9,
                "title": "Title",
                "score": 0.8765,
            }
        ]
    }


@pytest.mark.parametrize("styled", [True, False])
def test_hits_for_people(capfd: pytest.CaptureFixture[str], styled: bool) -> None:
    print_hits(hits(text="First line.\n\nSecond line."), Output(sys.stdout, styled))
    text = capfd.readouterr().out
    assert ("\x1b[" in text) == styled
    assert "docs/a.md:3" in text
    assert "Page > Title" in text
    assert "First line. Second line." in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("short", "short"), ("a\n b", "a b"), ("one two three four", "one two …")],
)
def test_excerpt(text: str, shown: str) -> None:
    assert excerpt(text, 10) == shown
