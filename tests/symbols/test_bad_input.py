"""Projects that are broken, circular or far too deep: the answer is unknown, and comes soon."""

from __future__ import annotations

import pytest
from tests.languages.projects import meaning

MANY = 300


def chain_of_imports(length: int) -> dict[str, str]:
    files = {f"pkg/m{i}.py": f"from pkg.m{i + 1} import *\n" for i in range(length)}
    return files | {"pkg/__init__.py": "", f"pkg/m{length}.py": "class Last: ...\n"}


def chain_of_classes(length: int) -> str:
    classes = (f"class C{i}(C{i - 1}): ...\n" for i in range(1, length))
    return "class C0:\n    def first(self): ...\n" + "".join(classes)


CIRCLES = {
    "modules that take all from each other": (
        {"a.py": "from b import *\n", "b.py": "from a import *\n"},
        "use.py",
        "from a import Thing\nThi¦ng\n",
    ),
    "a name that two modules take from each other": (
        {"a.py": "from b import x\n", "b.py": "from a import x\n"},
        "use.py",
        "import a\na.x¦x\n".replace("x¦x", "¦x"),
    ),
    "a module that takes itself": ({"a.py": "from a import *\n"}, "use.py", "import a\na.thi¦ng\n"),
    "a class that inherits itself": (
        {"a.py": "class A(A): ...\n"},
        "use.py",
        "import a\na.A().x¦y\n",
    ),
    "barrels in a circle": (
        {"a.ts": "export * from './b'\n", "b.ts": "export * from './c'\nexport * from './a'\n"},
        "use.ts",
        "import { thing } from './a'\nthi¦ng()\n",
    ),
    "a renamed export in a circle": (
        {"a.ts": "export { y as x } from './b'\n", "b.ts": "export { x as y } from './a'\n"},
        "use.ts",
        "import { x } from './a'\n¦x()\n",
    ),
    "types that extend each other": (
        {"a.ts": "export interface A extends B {}\nexport interface B extends A {}\n"},
        "use.ts",
        "import { A } from './a'\nfunction f(a: A) { a.th¦ing }\n",
    ),
    "aliases in a circle": (
        {"a.hpp": "struct T;\nusing A = struct B;\ntypedef A B;\n"},
        "a.cpp",
        '#include "a.hpp"\nvoid f(B b) { b.th¦ing(); }\n',
    ),
    "modules that use all of each other": (
        {"src/lib.rs": "pub mod a;\npub mod b;\n", "src/a.rs": "pub use crate::b::*;\n"}
        | {"src/b.rs": "pub use crate::a::*;\n"},
        "src/main.rs",
        "mod a; mod b;\nuse crate::a::thing;\nfn f() { thi¦ng(); }\n",
    ),
    "types embedded in each other": (
        {"p/a.go": "package p\n\ntype A struct {\n\tB\n}\n\ntype B struct {\n\tA\n}\n"},
        "p/b.go",
        "package p\n\nfunc f(a A) { a.Thi¦ng() }\n",
    ),
    "a name that comes from two places": (
        {
            "a.py": "class X: ...\n",
            "b.py": "class X: ...\n",
            "c.py": "from a import *\nfrom b import *\n",
        },
        "use.py",
        "from c import X\n¦X()\n",
    ),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_or_a_conflict_ends_in_unknown(name: str) -> None:
    files, path, code = CIRCLES[name]
    answer = meaning(files | {path: code})
    assert answer in ("none", "unknown") or ":" not in answer, answer


def test_imports_through_many_modules_end() -> None:
    files = chain_of_imports(5)
    assert meaning(files | {"use.py": "from pkg.m0 import Last\nLa¦st\n"}) == "pkg/m5.py:1"
    answer = meaning(chain_of_imports(MANY) | {"use.py": "from pkg.m0 import Last\nLa¦st\n"})
    assert ":" not in answer or answer == f"pkg/m{MANY}.py:1"


@pytest.mark.parametrize("length", [20, MANY, 20 * MANY])
def test_deep_inheritance_ends(length: int) -> None:
    use = {"use.py": f"from deep import C{length - 1}\nC{length - 1}().fi¦rst()\n"}
    answer = meaning({"deep.py": chain_of_classes(length)} | use)
    assert answer == "deep.py:2" or (length > 20 and ":" not in answer), answer


@pytest.mark.parametrize(
    "code", ["class A(", "import ", "from . import", "export { a as", "use a::{", "x." * 9999]
)
@pytest.mark.parametrize(
    "suffix", [".py", ".ts", ".go", ".rs", ".java", ".kt", ".cpp", ".cs", ".php", ".rb"]
)
def test_half_typed_neighbours_do_no_harm(suffix: str, code: str) -> None:
    files = {
        f"lib{suffix}": code,
        "a.py": "def fine():\n    pass\n",
        "use.py": "import a\na.fi¦ne()\n",
    }
    assert meaning(files) == "a.py:1"
