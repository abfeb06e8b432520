"""Progress for people and for programs."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from askdocs_server.cli.bar import bars
from askdocs_server.cli.progress import progress


def test_both_passes_have_a_bar_with_a_rate_and_the_time_left() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    seen = console.file
    assert isinstance(seen, io.StringIO)
    with bars(console) as report:
        for done in range(5):
            report(done, 4, "reading")
        for done in range(0, 300, 100):
            report(done, 1000, "embedding")
    text = seen.getvalue()
    assert "Looking for changes" in text
    assert "4/4" in text.replace(" ", "")
    assert "200/1000 passages" in text
    assert re.search(r"200/1000 passages +[\d,.]+/s +\d+ s left", text)
    assert text.endswith(("\x1b[?25h", "\x1b[2K", "\x1b[1A\x1b[2K"))


def test_a_program_gets_events(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(as_events=True) as report:
        for done in range(501):
            report(done, 500, "reading")
        report(7, 7, "embedding")
    captured = capsys.readouterr()
    assert captured.out == ""
    events = [json.loads(line) for line in captured.err.splitlines()]
    assert len(events) < 20
    assert [(each["phase"], each["done"], each["total"]) for each in events[-2:]] == [
        ("reading", 500, 500),
        ("embedding", 7, 7),
    ]
    assert {each["event"] for each in events} == {"progress"}
    assert [each["seconds"] for each in events] == sorted(each["seconds"] for each in events)
