"""What is listed of an index, on a terminal and in a pipe; what a run would do."""

from __future__ import annotations

import io
from typing import Any

import pytest

from askdocs_server.cli.listing import print_contents, print_plan
from askdocs_server.cli.output import Output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def file(path: str, chunks: int = 1, behind: str | None = None) -> dict[str, Any]:
    return {"path": path, "kind": "page", "chunks": chunks, "behind": behind}


def contents(
    files: list[dict[str, Any]],
    left_out: list[dict[str, str]] | None = None,
    *,
    on_terminal: bool = False,
) -> list[str]:
    stream = Terminal() if on_terminal else io.StringIO()
    print_contents({"files": files, "left_out": left_out or []}, Output(stream))
    return stream.getvalue().splitlines()


def plan(**fields: Any) -> str:
    row = {"files": 3, "chunks": 30, "read": 2, "leaving": 1, "new": 20, "embedded": 18}
    row |= {"reused": 2, "left_out": [], "reading_seconds": 1.2, "speed": 40.0, "seconds": 130.0}
    stream = io.StringIO()
    print_plan(row | {"detail": ""} | fields, Output(stream))
    return stream.getvalue()


def test_a_short_list_names_each_file() -> None:
    lines = contents([file("CHANGELOG.md", 1204, "changelog"), file("docs/a.md", 7)])
    assert lines == [
        "2 files with 1,211 passages",
        "   1,204  CHANGELOG.md  changelog",
        "       7  docs/a.md",
    ]


def test_what_is_left_out_has_its_reason() -> None:
    lines = contents([file("a.md")], [{"path": "build/", "reason": "git ignores it"}])
    assert lines[-2:] == ["Left out or not read", "  build/  git ignores it"]


@pytest.mark.parametrize("on_terminal", [True, False])
def test_a_long_list_shows_folders_on_a_terminal(on_terminal: bool) -> None:
    files = [file(f"docs/{part}/{number}.md", 2) for part in "ab" for number in range(50)]
    tests = [file(f"tests/{number}.py", 1, "tests") for number in range(9)]
    news = [file("docs/b/news.md", 3, "changelog"), file("README.md")]
    lines = contents([*files, *tests, *news], on_terminal=on_terminal)
    if not on_terminal:
        assert len(lines) == 1 + 111
        return
    assert lines[1:5] == [
        "       1  ./  (1 file)",
        "     100  docs/a/  (50 files)",
        "     103  docs/b/  (51 files)  1 changelog",
        "       9  tests/  (9 files)    tests",
    ]
    assert "askdocs index --list | less" in lines[-1]


def test_a_terminal_shows_no_more_rows_than_it_has_room_for() -> None:
    files = [file(f"pkg/{number}/docs/{page}.md") for number in range(200) for page in "ab"]
    lines = contents(files, on_terminal=True)
    assert lines[1].split() == ["400", "pkg/", "(400", "files)"]


def test_a_plan_says_how_long_it_takes_and_how_that_is_known() -> None:
    text = plan()
    assert "2 files, 1 file would leave" in text
    assert "18 passages; 2 more repeat these or have vectors" in text
    assert "about 2 min\n" in text
    assert "reading took 1 s just now; the model embeds 40 passages/s here, measured" in text
    assert text.endswith("Nothing was written. `askdocs index` does it.\n")


def test_a_plan_without_a_model_says_why_the_time_is_unknown() -> None:
    text = plan(seconds=None, speed=None, detail="It does not load.")
    assert "unknown. It does not load." in text
