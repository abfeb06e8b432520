"""What names stand for across the files of a project, in all languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.languages.projects import meaning, read_projects

FOLDER = Path(__file__).parent
CASES: list[Any] = [
    pytest.param(expected, files, id=f"{language}-{number}-{expected}")
    for path in sorted(FOLDER.glob("*_projects.txt"))
    for number, (language, expected, files) in enumerate(read_projects(path))
]


@pytest.mark.parametrize(("expected", "files"), CASES)
def test_meaning(expected: str, files: dict[str, str]) -> None:
    assert meaning(files) == expected
