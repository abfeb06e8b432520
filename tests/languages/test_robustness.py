"""Code that is huge, deep, broken or strange: a look-up answers or gives None, and never fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from askdocs_indexer.languages.parsing import MAX_BYTES, Parsed
from askdocs_indexer.languages.registry import language_of, languages
from askdocs_indexer.symbols.resolution import symbol_at, symbol_in

DEPTH = 10_000
NAMES = languages()
OWN_SOURCE = Path(language_of.__code__.co_filename).parent / "python" / "references.py"


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize(
    ("line", "character"), [(0, 0), (0, 99), (5, 0), (-1, 0), (0, -1), (10**9, 10**9)]
)
@pytest.mark.parametrize("code", ["", "\n", "\ufeff", "\x00", "\ud800", "a", "é.ü"])
def test_any_position_of_small_code(language: str, line: int, character: int, code: str) -> None:
    symbol = symbol_at(code, language, line, character)
    assert symbol is None or symbol.name in code


@pytest.mark.parametrize(
    "code",
    [
        "(" * DEPTH + "len(1)" + ")" * DEPTH,
        "[" * DEPTH,
        "x" + ".a" * DEPTH,
        "f" + "()" * DEPTH,
        "x = " + "y + " * DEPTH + "''.join",
        "x = " + "-" * DEPTH + "len",
        "".join(f"{' ' * i}if x:\n" for i in range(300)) + " " * 300 + "len(x)",
        "".join(f"{' ' * i}def f{i}():\n" for i in range(300)) + " " * 300 + "len(x)",
        "a: " + "list[" * DEPTH + "len",
        "\n".join(f"x{i} = x{i - 1}" for i in range(1, DEPTH)) + f"\nx{DEPTH - 1}.y",
        "x = [].copy()" + ".copy()" * DEPTH + ".sort",
        "(" * DEPTH + " as x, y" + "\nwith (a as b): b",
        "class A(A):\n    def f(self):\n        return self.f().g",
        "class A(B): ...\nclass B(A): ...\nA().x",
        "def f(): return f()\nf().x",
        "x = x.y.x\nx.y",
        "import ",
        "import a.\nfrom a import ",
        "from  import b",
        "from . import *\nb",
        "import a as \nfrom a import b as ",
    ],
)
def test_deep_or_endless_python(code: str) -> None:
    parsed = Parsed(code, "python")
    last = code.count("\n")
    for line in {0, last}:
        width = len(code.split("\n")[line])
        for character in (0, width // 2, width - 1, width):
            symbol_in(parsed, line, character)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "x" + ".a" * DEPTH),
        ("typescript", "let x: " + "A<" * DEPTH),
        ("go", "package p\nvar x = " + "(" * DEPTH + "len"),
        ("rust", "fn f() { " + "a::" * DEPTH + "b"),
        ("java", "class C { int x = " + "(" * DEPTH + "y"),
        ("java", "class C { void f() { x" + ".a(p -> p" * 1000),
        ("kotlin", "val x = " + "(" * DEPTH + "y"),
        ("kotlin", "val x = " + "a { it" * 1000 + ".y"),
        ("kotlin", "class A { " * 1000 + "val x: y"),
        ("kotlin", "object O { val x = " + "{ " * DEPTH + "y"),
        ("kotlin", 'val x = """' * 1000 + "y"),
        ("c", "int x = " + "(" * DEPTH + "y"),
        ("cpp", "int x = " + "a::" * DEPTH + "y"),
        ("csharp", "class C { int x = " + "(" * DEPTH + "y"),
        ("csharp", "class C { object x = y" + "?.a" * DEPTH),
        ("php", "<?php $x" + "->a" * DEPTH),
        ("php", "<?php " + "f(" * DEPTH + "g"),
        ("ruby", "def f\n" + "g(" * DEPTH + "x"),
        ("ruby", "x" + ".a" * DEPTH),
    ],
)
def test_deep_code_of_other_languages(language: str, code: str) -> None:
    parsed = Parsed(code, language)
    line = code.count("\n")
    symbol_in(parsed, line, len(code.split("\n")[line]))


def test_code_cut_anywhere() -> None:
    code = OWN_SOURCE.read_text("utf-8")
    for cut in range(0, len(code), 97):
        part = code[:cut]
        line = part.count("\n")
        symbol_at(part, "python", line, len(part.rpartition("\n")[2]))


def test_every_name_of_a_real_file_has_its_own_span() -> None:
    code = OWN_SOURCE.read_text("utf-8")
    parsed = Parsed(code, "python")
    found = 0
    for number, line in enumerate(code.split("\n")):
        for character in range(0, len(line), 3):
            symbol = symbol_in(parsed, number, character)
            if symbol is not None:
                found += 1
                assert symbol.start[0] == number
                assert line[symbol.start[1] : symbol.end[1]] == symbol.name
    assert found > 300


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_breaks(newline: str) -> None:
    symbol = symbol_at(f"import os{newline}# é{newline}os.getcwd()", "python", 2, 5)
    if (
        newline == "\r"
    ):  # Python's grammar takes a lone \r for a blank: nothing to find, no failure.
        return
    assert symbol is not None
    assert (symbol.candidates, symbol.start, symbol.end) == (("os.getcwd",), (2, 3), (2, 9))


def test_characters_beyond_the_basic_plane_count_once() -> None:
    symbol = symbol_at("import os; x = '𝄞𝄞', os.getcwd()", "python", 0, 26)
    assert symbol is not None
    assert (symbol.name, symbol.start) == ("getcwd", (0, 24))


def test_a_name_is_found_at_its_end() -> None:
    symbol = symbol_at("len", "python", 0, 3)
    assert symbol is not None
    assert symbol.candidates == ("len",)


def test_too_large_or_unknown_is_none() -> None:
    assert symbol_at("len\n" + "#" * MAX_BYTES, "python", 0, 1) is None
    assert symbol_at("len", "cobol", 0, 1) is None


def test_a_large_file() -> None:
    code = "import os\n" + "def f(x):\n    return os.getcwd()\n" * 40_000
    symbol = symbol_at(code, "python", 79_999, 16)
    assert language_of("x.py") == "python"
    assert symbol is None or symbol.candidates
    symbol = symbol_at(code, "python", 80_000, 16)
    assert symbol is not None
    assert symbol.candidates == ("os.getcwd",)
