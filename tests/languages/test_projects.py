"""What names stand for across the files of a project, in all languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.languages.projects import look_up, meaning, read_projects

FOLDER = Path(__file__).parent
CASES: list[Any] = [
    pytest.param(expected, files, id=f"{language}-{number}-{expected}")
    for path in sorted(FOLDER.glob("*_projects.txt"))
    for number, (language, expected, files) in enumerate(read_projects(path))
]


@pytest.mark.parametrize(("expected", "files"), CASES)
def test_meaning(expected: str, files: dict[str, str]) -> None:
    assert meaning(files) == expected


def test_an_overriding_method_is_followed_by_what_it_overrides() -> None:
    files = {
        "a/Tree.java": "package a;\npublic class Tree { public void grow() {} }\n",
        "a/Pear.java": "package a;\npublic class Pear extends Tree { public void grow() {} }\n",
        "b/Use.java": "package b;\nclass Use { void f(a.Pear p) { p.gro¦w(); } }\n",
    }
    symbol, _ = look_up(files)
    assert symbol is not None
    assert [".".join(one.names) for one in symbol.identities] == ["a.Pear.grow", "a.Tree.grow"]


def test_a_constructor_is_followed_by_its_class() -> None:
    files = {
        "a/Tree.java": "package a;\npublic class Tree { public Tree() {} }\n",
        "b/Use.java": "package b;\nclass Use { Object t = new a.Tr¦ee(); }\n",
    }
    symbol, _ = look_up(files)
    assert symbol is not None
    assert [".".join(one.names) for one in symbol.identities] == ["a.Tree.Tree", "a.Tree"]
