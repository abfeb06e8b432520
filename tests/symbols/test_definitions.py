"""What an identifier stands for by the definition that another language server gives for it."""

from __future__ import annotations

import pytest
from tests.languages.projects import graph_of

from askdocs_indexer.languages.facts import FileFacts
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.registry import language_of
from askdocs_indexer.symbols.definitions import (
    DefinitionSpan,
    Occurrence,
    Position,
    defined,
    occurrence_in,
)
from askdocs_indexer.symbols.facts import read_facts
from askdocs_indexer.symbols.graph import SymbolGraph

MARKS = "¦»«"


def position(text: str, mark: str) -> Position:
    before = text.split(mark, maxsplit=1)[0]
    before = "".join(letter for letter in before if letter not in MARKS)
    return before.count("\n"), len(before.rpartition("\n")[2])


def use_of(marked: dict[str, str]) -> tuple[Occurrence | None, dict[str, str], SymbolGraph]:
    """Return the identifier at ¦ in a project; files with absolute paths lie outside of it."""
    files = {
        path: "".join(letter for letter in text if letter not in MARKS)
        for path, text in marked.items()
    }
    path = next(path for path, text in marked.items() if "¦" in text)
    graph = graph_of({name: text for name, text in files.items() if _is_source(name)})
    parsed = Parsed(files[path], str(language_of(path)), path)
    return occurrence_in(parsed, *position(marked[path], "¦"), graph), files, graph


def _is_source(path: str) -> bool:
    return not path.startswith("/") and "dist/" not in path and "node_modules/" not in path


def by_definition(marked: dict[str, str]) -> Symbol | None:
    """Return what the identifier at ¦ stands for by the definition at », or from » to «."""
    use, files, graph = use_of(marked)
    assert use is not None
    path = next(path for path, text in marked.items() if "»" in text)
    start = position(marked[path], "»")
    end = position(marked[path], "«") if "«" in marked[path] else start
    span = DefinitionSpan(Parsed(files[path], str(language_of(path)), path), start, end)

    def read(name: str) -> FileFacts | None:
        return read_facts(name, files[name]) if name in files else None

    return defined(use, span, graph, read)


def meaning(marked: dict[str, str]) -> list[str]:
    symbol = by_definition(marked)
    if symbol is None:
        return ["nothing"]
    names = [".".join(identity.names) for identity in symbol.identities]
    return [*names, *symbol.candidates] or ["local"]


CLIENT = "class Client:\n    @staticmethod\n    def »get(self, url):\n        pass\n"
CALL = "import maker\n\nclient = maker.make()\nclient.g¦et()\n"
HTTPX = "/v/lib/python3.11/site-packages/httpx"


@pytest.mark.parametrize(
    "declaration",
    [
        CLIENT,
        CLIENT.replace("»", "").replace("def", "»def"),
        CLIENT.replace("»", "").replace("@", "»@"),
        CLIENT.replace("»get", "»get«"),
        CLIENT.replace("»", "").replace("@", "»@").replace("pass", "pass«"),
    ],
)
def test_a_name_and_the_start_of_its_declaration_mean_the_same(declaration: str) -> None:
    assert meaning({"acme/client.py": declaration, "app.py": CALL}) == ["acme.client.Client.get"]


def test_the_span_of_a_declaration_that_begins_with_another_name_means_its_own() -> None:
    header = "struct Pin { int x; };\n»Pin make_pin(int x)« { return Pin(); }\n"
    files = {"pin.cpp": header, "main.cpp": "int main() { mak¦e_pin(1); }\n"}
    assert meaning(files) == ["make_pin"]


def test_an_import_is_followed() -> None:
    files = {
        "acme/__init__.py": "from acme.client import »Client\n",
        "acme/client.py": "class Client:\n    pass\n",
        "app.py": "import unknown\n\nunknown.Cli¦ent\n",
    }
    assert meaning(files) == ["acme.client.Client"]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("def make(»pool):\n    pass\n", "local"),
        ("def make():\n    »pool = 1\n", "local"),
        ("\n»# pool\n", "nothing"),
        ("print(»'pool')\n", "nothing"),
        ("x = 1\n\n»\n", "nothing"),
    ],
)
def test_locals_and_what_is_no_declaration(definition: str, expected: str) -> None:
    assert meaning({"a.py": definition, "app.py": "import b\n\nb.po¦ol\n"}) == [expected]


@pytest.mark.parametrize("cursor", ["imp¦ort a", "a = 'te¦xt'", "# te¦xt", "x = 1¦2"])
def test_other_tokens_than_identifiers_stand_for_nothing(cursor: str) -> None:
    assert use_of({"app.py": f"{cursor}\n"})[0] is None


def test_the_start_of_a_file_means_the_module() -> None:
    files = {"acme/client.py": "»class Other:\n    pass\n", "app.py": "from acme import cl¦ient\n"}
    assert meaning(files) == ["acme.client"]
    files["app.py"] = "import b\n\nb.Oth¦er\n"
    assert meaning(files) == ["acme.client.Other"]


def test_the_owner_of_a_constructor_is_meant_as_well() -> None:
    files = {
        "a.ts": "export class Cage {\n  »constructor() {}\n}\n",
        "app.ts": "import { all } from './b'\n\nnew all.Ca¦ge()\n",
    }
    assert meaning(files) == ["a.Cage.constructor", "a.Cage"]


def test_our_own_look_up_stays_where_both_agree() -> None:
    files = {
        "a.py": "class Pool:\n    def »__init__(self): ...\n",
        "app.py": "import a\n\na.Po¦ol()\n",
    }
    assert meaning(files) == ["a.Pool"]


def test_our_own_look_up_gives_way_where_it_differs() -> None:
    files = {
        "a.py": "class A:\n    def run(self): ...\n",
        "b.py": "class B:\n    def »run(self): ...\n",
        "app.py": "from a import A\n\nA().ru¦n()\n",
    }
    assert meaning(files) == ["b.B.run"]


def test_a_function_takes_an_argument_under_any_name() -> None:
    files = {"a.py": "def »make(**more): ...\n", "app.py": "import a\n\na.make(siz¦e=1)\n"}
    assert meaning(files) == ["local"]


def test_another_family_of_languages_says_nothing() -> None:
    files = {"a.go": "package a\n\nfunc »Make() {}\n", "app.py": "import a\n\na.Ma¦ke()\n"}
    assert meaning(files) == ["nothing"]


# -- outside of the workspace -----------------------------------------------------------------


def test_a_package_and_those_around_it_that_hand_a_name_on() -> None:
    files = {
        f"{HTTPX}/__init__.py": "from ._client import Client\nfrom ._other import get\n",
        f"{HTTPX}/_client.py": CLIENT,
        "app.py": CALL,
    }
    assert meaning(files) == ["httpx._client.Client.get", "httpx.Client.get"]
    files[f"{HTTPX}/__init__.py"] = "from ._other import Client\n"
    assert meaning(files) == ["httpx._client.Client.get"]
    files[f"{HTTPX}/__init__.py"] = "from ._client import *\n"
    assert meaning(files) == ["httpx._client.Client.get", "httpx.Client.get"]


def test_the_name_by_which_code_imports_it_is_known_too() -> None:
    files = {"/l/python3.11/typeshed/stdlib/posixpath.pyi": "def »join(a, b): ...\n"}
    files["app.py"] = "from os.path import join\n\njo¦in('a')\n"
    assert meaning(files) == ["posixpath.join", "os.path.join"]


PATHS = [
    ("/usr/lib/python3.11/asyncio/tasks.py", "asyncio.tasks.Box.open"),
    ("/usr/lib/python3/dist-packages/apt/cache.py", "apt.cache.Box.open"),
    ("/x/typeshed-fallback/stdlib/os/path.pyi", "os.path.Box.open"),
    ("/x/typeshed-fallback/stubs/requests/requests/api.pyi", "requests.api.Box.open"),
    ("/x/typeshed/stdlib/3.7/queue.pyi", "queue.Box.open"),
    ("/x/bundled/stubs/pandas/core.pyi", "pandas.core.Box.open"),
    ("/v/site-packages/pandas-stubs/core.pyi", "pandas.core.Box.open"),
    ("/v/site-packages/jedi/third_party/typeshed/stdlib/3/abc.pyi", "abc.Box.open"),
    ("/home/me/box.py", "nothing"),
]


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_modules_of_python_by_their_paths(path: str, expected: str) -> None:
    box = "class Box:\n    def »open(self): ...\n"
    assert meaning({path: box, "app.py": "import b\n\nb.op¦en\n"}) == [expected]


SCRIPTS = [
    ("/p/node_modules/pond/dist/index.d.ts", "pond.Box.open"),
    ("/p/node_modules/@a/pond/lib/query/index.d.ts", "@a/pond/query.Box.open"),
    ("/p/node_modules/.pnpm/pond@1.0.0/node_modules/pond/index.d.ts", "pond.Box.open"),
    ("/p/node_modules/@types/react/index.d.ts", "react.Box.open"),
    ("/p/node_modules/@types/babel__core/index.d.ts", "@babel/core.Box.open"),
    ("/p/node_modules/@types/node/fs/promises.d.ts", "fs/promises.Box.open"),
    ("/p/node_modules/typescript/lib/lib.es5.d.ts", "Box.open"),
    ("/p/other/index.d.ts", "nothing"),
]


@pytest.mark.parametrize(("path", "expected"), SCRIPTS)
def test_packages_of_scripts_by_their_paths(path: str, expected: str) -> None:
    box = "export interface Box {\n  »open(): void\n}\n"
    files = {path: box, "app.ts": "import { b } from './b'\n\nb.op¦en()\n"}
    assert meaning(files)[0] == expected


@pytest.mark.parametrize(
    "built", ["packages/core/dist/index.d.ts", "node_modules/@a/core/dist/index.d.ts"]
)
def test_a_built_copy_of_the_workspaces_own_package_is_that_package(built: str) -> None:
    files = {
        "packages/core/package.json": '{"name": "@a/core", "types": "dist/index.d.ts"}',
        "packages/core/src/index.ts": "export interface Box {\n  open(): void\n}\n",
        built: "export interface Box {\n  »open(): void\n}\n",
        "app.ts": "import { b } from './b'\n\nb.op¦en()\n",
    }
    assert meaning(files) == ["packages.core.src.index.Box.open"]


def test_an_installed_copy_of_the_workspaces_own_code_is_that_code() -> None:
    files = {
        "src/acme/client.py": CLIENT.replace("»", ""),
        "/v/site-packages/acme/client.py": CLIENT,
        "app.py": CALL,
    }
    assert meaning(files) == ["src.acme.client.Client.get"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/g/pkg/mod/example.org/!bees@v1.2.0/hive/a.go", "example.org/Bees/hive.Box.Open"),
        ("/usr/lib/go-1.22/src/net/http/a.go", "net/http.Box.Open"),
        ("/usr/local/go/src/net/http/a.go", "net/http.Box.Open"),
        ("/g/pkg/mod/golang.org/toolchain@v0.0.1-go1.24.0.x/src/io/a.go", "io.Box.Open"),
        ("/w/vendor/example.org/hive/a.go", "example.org/hive.Box.Open"),
        ("/w/a.go", "nothing"),
    ],
)
def test_packages_of_go_by_their_paths(path: str, expected: str) -> None:
    box = "package hive\n\ntype Box struct{}\n\nfunc (b Box) »Open() {}\n"
    main = 'package main\n\nimport "b"\n\nfunc main() { b.X.Op¦en() }\n'
    assert meaning({path: box, "main.go": main})[0] == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/c/registry/src/index.crates.io-1/bee-hive-1.2.0/src/lib.rs", "bee_hive::Hive::open"),
        ("/c/registry/src/index.crates.io-1/hive-1.2.0/src/a/mod.rs", "hive::a::Hive::open"),
        ("/t/lib/rustlib/src/rust/library/alloc/src/vec/mod.rs", "std::vec::Hive::open"),
        ("/w/src/lib.rs", "nothing"),
    ],
)
def test_crates_of_rust_by_their_paths(path: str, expected: str) -> None:
    hive = "pub struct Hive;\n\nimpl Hive {\n    pub fn »open(&self) {}\n}\n"
    assert meaning({path: hive, "src/main.rs": "fn main() { b().op¦en(); }\n"})[0] == expected


def test_packages_that_files_name_themselves() -> None:
    box = "package org.acme;\n\npublic class Box {\n  public void »open() {}\n}\n"
    app = "class App {\n  void run(Unknown b) { b.op¦en(); }\n}\n"
    assert meaning({"/s/Box.java": box, "App.java": app})[0] == "org.acme.Box.open"
    assert meaning(
        {"/usr/include/uv.h": "int »uv_run(int mode);\n", "a.c": "int x = uv_r¦un(1);\n"}
    ) == ["uv_run"]


def test_pages_may_know_a_member_by_the_function_that_makes_its_owner() -> None:
    box = "export interface Box {\n  »open(): void\n}\n"
    app = "import { createBox } from 'pond'\n\ncreateBox().op¦en()\n"
    files = {"/p/node_modules/pond/index.d.ts": box, "app.ts": app}
    names = meaning(files)
    assert names[0] == "pond.Box.open"
    assert "pond.createBox.open" in names
    other = {"/p/node_modules/lake/index.d.ts": box, "app.ts": app}
    assert "pond.createBox.open" not in meaning(other)
