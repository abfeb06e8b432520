"""What a symbol's candidates hold, and the options of the look-up. See also test_cases.py."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("code", "also"),
    [
        ("import collections\ncollections.Counter().ge¦t(1)", "dict.get"),
        ("import io\nio.BytesIO().clo¦se()", "io.IOBase.close"),
        ("f = open('x', 'rb')\nf.readli¦ne()", "io.IOBase.readline"),
        ("f = open('x')\nf.rea¦d()", "io.TextIOBase.read"),
        ("import pathlib\npathlib.Path('x').na¦me", "pathlib.PurePath.name"),
        ("try: ...\nexcept KeyError as e:\n    e.ar¦gs", "BaseException.args"),
        ("import threading\nthreading.Timer(1, f).sta¦rt()", "threading.Thread.start"),
        ("bytearray().jo¦in(x)", "bytes.join"),
        ("from unittest.case import TestCase\nTest¦Case", "unittest.TestCase"),
        ("import typing\ntyping.Mat¦ch", "re.Match"),
        (
            "from unittest import mock\nm = mock.MagicMock()\nm.assert_called_o¦nce()",
            "unittest.mock.Mock.assert_called_once",
        ),
        ("import asyncio\nasyncio.get_event_loop().create_ta¦sk(x)", "asyncio.loop.create_task"),
        (
            "try:\n    import tomllib as t\nexcept OSError:\n    import tomli as t\nt.lo¦ads(x)",
            "tomllib.loads",
        ),
        (
            "import argparse as a\ng = a.ArgumentParser().add_argument_group()\ng.add_arg¦ument()",
            "argparse.ArgumentParser.add_argument",
        ),
        (
            "from x.y import Base\nclass T(Base):\n    def f(self): self.assertI¦n(1)",
            "unittest.TestCase.assertIn",
        ),
    ],
)
def test_candidates_include_where_documentation_may_list_it(
    code: str, also: str, at_mark: Any
) -> None:
    symbol = at_mark(code)
    assert symbol is not None
    assert also in symbol.candidates


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from . import x\nx.¦y", ("pkg.x.y",)),
        ("from ..other import x\n¦x()", ("other.x",)),
        ("from .sub import x\n¦x()", ("pkg.sub.x",)),
        ("class A:\n    def own(self): ...\n    def f(self): self.o¦wn()", ("pkg.mod.A.own",)),
        ("def own(): ...\no¦wn()", ("pkg.mod.own",)),
        ("def own(): ...\nval = 1\nv¦al", None),
    ],
)
def test_a_known_module_name_resolves_relative_imports_and_own_definitions(
    code: str, expected: tuple[str, ...] | None, at_mark: Any
) -> None:
    symbol = at_mark(code, module="pkg.mod", own_definitions=True)
    assert (symbol.candidates if symbol else None) == expected


def test_own_definitions_stay_silent_by_default(at_mark: Any) -> None:
    assert at_mark("def own(): ...\no¦wn()", module="pkg.mod") is None


def test_span(at_mark: Any) -> None:
    symbol = at_mark("import os\nx = 'é𝄞', os.path . jo¦in('a')")
    assert symbol is not None
    assert symbol.name == "join"
    assert (symbol.start, symbol.end) == ((1, 20), (1, 24))


@pytest.mark.parametrize("language", ["javascript", "go", "java", "c", "cpp", "rust"])
def test_own_definitions_of_other_languages(language: str, at_mark: Any) -> None:
    code = {
        "javascript": "function own() {}\now¦n();",
        "go": "package p\nfunc own() {}\nfunc f() { ow¦n() }",
        "java": "package p;\nclass own { ow¦n x; }",
        "c": "int own(void) { return 1; }\nint f(void) { return ow¦n(); }",
        "cpp": "int own() { return 1; }\nint f() { return ow¦n(); }",
        "rust": "fn own() {}\nfn f() { ow¦n(); }",
    }[language]
    assert at_mark(code, language) is None
    symbol = at_mark(code, language, own_definitions=True)
    assert symbol is not None
    assert symbol.candidates[-1] == "own"
