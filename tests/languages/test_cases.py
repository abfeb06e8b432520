"""Symbols of all languages, from the case files beside this one; their headers say how to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from askdocs_indexer.languages.registry import language_of

FOLDER = Path(__file__).parent


def read_cases(name: str, language: str = "") -> list[Any]:
    """Read (language, expected, code) from a case file."""
    rows: list[tuple[str, str, list[str]]] = []
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("--- "):
            words = line.removeprefix("--- ").rpartition(": ")
            rows.append((language or words[0], words[2], []))
        elif rows and not line.startswith("=== "):
            rows[-1][2].append(line)
    return [
        pytest.param(which, expected, "\n".join(lines), id=f"{which}-{number}-{expected}")
        for number, (which, expected, lines) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("language", "expected", "code"),
    [*read_cases("python_cases.txt", "python"), *read_cases("language_cases.txt")],
)
def test_symbol(language: str, expected: str, code: str, at_mark: Any) -> None:
    symbol = at_mark(code, language)
    if expected == "none":
        assert symbol is None
        return
    assert symbol is not None
    if expected == "own":
        assert symbol.identities
    if expected in ("own", "unknown"):
        assert symbol.candidates == ()
    else:
        assert symbol.candidates[0] == expected
    (line, start), (end_line, end) = symbol.start, symbol.end
    assert code.replace("¦", "").split("\n")[line][start:end] == symbol.name
    assert line == end_line


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a/b.py", "python"),
        (".pyi", "python"),
        ("python", "python"),
        ("x.TSX", "tsx"),
        ("typescriptreact", "tsx"),
        ("x.mjs", "javascript"),
        ("lib.rs", "rust"),
        ("a.h", "cpp"),
        ("c", "c"),
        ("notes.txt", None),
        ("", None),
        ("Makefile", None),
    ],
)
def test_language_of(given: str, expected: str | None) -> None:
    assert language_of(given) == expected
