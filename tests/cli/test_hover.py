"""Positions on the command line: what editors show, and what LSP says."""

from __future__ import annotations

from pathlib import Path

import pytest

from askdocs_server.cli.hover import code_points, find_position
from askdocs_server.cli.main import run
from askdocs_server.errors import UsageError


@pytest.mark.parametrize(
    ("line", "units", "expected"),
    [
        (0, 0, 0),
        (0, 3, 3),
        (0, 99, 5),
        (1, 1, 1),
        (1, 3, 2),  # One code point outside the basic plane is two units.
        (1, 2, 1),  # Inside such a pair: before it.
        (2, 4, 4),
        (3, 1, 1),
        (4, 0, 0),
        (9, 5, 0),
    ],
)
def test_code_points(line: int, units: int, expected: int) -> None:
    source = "plain\na😀b\r\nümläut\rx\f y\n"
    assert code_points(source, line, units) == expected


def test_a_path_may_have_colons(tmp_path: Path) -> None:
    file = tmp_path / "a:1:2.py"
    file.write_text("import os\n")
    assert find_position(f"{file}:1:8", tmp_path) == (file, "import os\n", 0, 7)


def test_a_path_may_be_relative_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import os\n")
    assert find_position("app.py:1:8", tmp_path)[0] == tmp_path / "app.py"


def test_a_path_may_be_relative_to_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text("import os\n")
    monkeypatch.chdir(tmp_path)
    assert find_position("app.py:1:8", tmp_path / "elsewhere")[0] == tmp_path / "app.py"


def test_a_byte_order_mark_is_no_column(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_bytes(b"\xef\xbb\xbfimport os\n")
    assert find_position(f"{file}:1:8", tmp_path)[1] == "import os\n"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("a.xyz", "shows no hovers for .xyz files; it does for Python, JavaScript, TypeScript, Go"),
        ("Makefile", "shows no hovers for files without a suffix"),
        ("a.ex", "the language Elixir is not supported"),
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_a_file_without_hovers_is_said_to_have_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    file: str,
    words: str,
    as_json: bool,
) -> None:
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / file).write_text("x = 1\n")
    arguments = ["hover", f"{file}:1:1", "--root", str(tmp_path), *(["--json"] if as_json else [])]
    assert run(arguments) == 0
    captured = capfd.readouterr()
    assert captured.out == ('{"hits": []}\n' if as_json else "")
    assert words in captured.err
    assert [path.name for path in tmp_path.iterdir()] == [file]  # Nothing is indexed for that.


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("app.py", "FILE:LINE:COL"),
        ("app.py:1", "FILE:LINE:COL"),
        ("app.py:a:b", "FILE:LINE:COL"),
        ("app.py:1:-1", "FILE:LINE:COL"),
        ("app.py:0:1", "count from 1"),
        ("app.py:1:0", "count from 1"),
        ("app.py:3:1", "no line 3"),
        ("app.py:1:11", "ends at column 10"),
        ("none.py:1:1", "cannot be read"),
        (".:1:1", "cannot be read"),
        ("binary:1:1", "binary"),
    ],
)
def test_wrong_positions(tmp_path: Path, position: str, words: str) -> None:
    (tmp_path / "app.py").write_text("import os\n")
    (tmp_path / "binary").write_bytes(b"\x00\x01")
    with pytest.raises(UsageError, match=words):
        find_position(position, tmp_path)
