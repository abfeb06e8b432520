"""What a symbol's candidates and identities hold. See also test_cases.py."""

from __future__ import annotations

from typing import Any

import pytest
from tests.languages.projects import graph_of

from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.symbols.facts import read_facts
from askdocs_indexer.symbols.resolution import symbol_in
from askdocs_indexer.symbols.view import View


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
        ("class A:\n    def own(self): ...\n    def f(self): self.o¦wn()", ("A", "own")),
        ("class A:\n    def own(self): ...\nA().own¦ed", ("A", "owned")),
        ("def own(): ...\no¦wn()", ("own",)),
        ("val = 1\nv¦al", ("val",)),
        ("def f():\n    val = 1\n    v¦al", None),
        ("def f():\n    def own(): ...\n    o¦wn()", None),
        ("def f():\n    class A:\n        def own(self): ...\n    A().o¦wn()", None),
    ],
)
def test_what_the_file_itself_declares_belongs_to_its_module(
    code: str, expected: tuple[str, ...] | None, at_mark: Any
) -> None:
    symbol = at_mark(code, path="src/pkg/mod.py")
    identities = [identity.names for identity in symbol.identities] if symbol else []
    assert identities == ([("src", "pkg", "mod", *expected)] if expected else [])


def test_the_text_in_hand_counts_before_what_is_saved() -> None:
    graph = graph_of(
        {
            "crane.py": "class Hoist:\n    def lower(self): ...\n",
            "use.py": "import crane\ndef made() -> 'crane.Hoist': ...\n",
        }
    )
    text = "import use\nclass Hoist:\n    def lift(self): ...\nuse.made().lift()\n"
    symbol = symbol_in(Parsed(text, "python", "crane.py"), 3, 13, graph)
    assert symbol is not None
    declared = View(graph, "crane.py", read_facts("crane.py", text)).declared
    assert [identity.names for identity in symbol.identities] == [("crane", "Hoist", "lift")]
    assert [row.line for _, row in declared(symbol.identities[0].names)] == [3]


def test_span(at_mark: Any) -> None:
    symbol = at_mark("import os\nx = 'é𝄞', os.path . jo¦in('a')")
    assert symbol is not None
    assert symbol.name == "join"
    assert (symbol.start, symbol.end) == ((1, 20), (1, 24))
