"""Which documentation belongs to a symbol."""

from __future__ import annotations

import pytest
from tests.symbols.documented import documented, link_at

HIVE = """package hive

// Box holds frames.
type Box struct {
	// Frames counts.
	Frames int
}

// Smoke calms.
func (b *Box) Smoke() {}

// Super is a box on top.
type Super struct {
	Box
}

func (s *Super) Lift() {}

type Lid interface {
	// Open lets air in.
	Open()
}
"""
PAGE = """# Bees

## `Box`

A home.

### `Box.Smoke()`

Use little of it.

## `hive.Super`

On top.

## `delay`

A setting.
"""


def main(code: str) -> str:
    return f'package main\n\nimport "example.org/bees/hive"\n\nvar delay = 5\n\n{code}\n'


def project(code: str, **more: str) -> dict[str, str]:
    files = {"go.mod": "module example.org/bees\n", "hive/hive.go": HIVE, "main.go": main(code)}
    return files | {path.replace("__", "/").replace("_", "."): text for path, text in more.items()}


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("var b hive.B¦ox", ["docs/bees.md:3", "hive/hive.go:3"]),
        ("var b = hive.Box{}\n\nfunc f() { b.Smo¦ke() }", ["docs/bees.md:7", "hive/hive.go:9"]),
        ("var b = hive.Sup¦er{}", ["docs/bees.md:11", "hive/hive.go:12"]),
        ("func f(s hive.Super) { s.Smo¦ke() }", ["docs/bees.md:7", "hive/hive.go:9"]),
        ("func f(s hive.Super) { s.Li¦ft() }", []),
        ("func f(b hive.Box) { _ = b.Fra¦mes }", ["hive/hive.go:5"]),
        ("func f() { _ = del¦ay }", []),
    ],
)
def test_pages_and_comments(code: str, places: list[str]) -> None:
    assert documented(project(code, docs__bees_md=PAGE)) == places


def test_of_two_packages_with_one_name_a_page_means_the_nearer() -> None:
    files = {
        "east/tool/t.go": "package tool\n\nfunc Sweep() {}\n",
        "west/tool/t.go": "package tool\n\nfunc Sweep() {}\n",
        "west/README.md": "# West\n\n## `tool.Sweep()`\n\nFrom the west.\n",
        "go.mod": "module example.org/broom\n",
    }
    code = 'package main\n\nimport "example.org/broom/{}/tool"\n\nfunc main() {{ tool.Swe¦ep() }}\n'
    assert documented(files | {"main.go": code.format("west")}) == ["west/README.md:3"]
    assert documented(files | {"main.go": code.format("east")}) == []


def test_names_from_outside_need_more_than_a_bare_heading() -> None:
    code = 'package main\n\nimport "strings"\n\nfunc main() { strings.Jo¦in(nil, "") }\n'
    bare = {"docs/cli.md": "# Commands\n\n## `Join`\n\nJoins the party.\n"}
    assert documented({"main.go": code} | bare) == []
    whole = {"docs/s.md": "# Strings\n\n## `strings.Join(list, by)`\n\nJoins texts.\n"}
    assert documented({"main.go": code} | whole) == ["docs/s.md:3"]
    other = {"docs/js.rst": "P\n=\n\n.. js:function:: strings.Join(a)\n\n   Of a page.\n"}
    assert documented({"main.go": code} | other) == []


def test_what_a_method_overrides_documents_it() -> None:
    code = "type Wax struct {\n\thive.Lid\n}\n\nfunc (w Wax) Op¦en() {}"
    link, chunks = link_at(project(code))
    assert link is not None
    assert link.is_overridden
    assert [chunks[one].start_line for one in link.chunk_ids] == [20]


LAMP = "# Settings\n\n## `Lamp`\n\nA lamp, or where it stands.\n"


@pytest.mark.parametrize(
    ("files", "is_documented"),
    [
        ({"watch/__init__.py": "from ._l import *\n", "watch/_l.py": "class Lamp: ...\n"}, True),
        ({"src/watch.py": "class Lamp: ...\n"}, True),
        ({"watch.py": "class Lamp: ...\n", "pyproject.toml": "[project]\nname='watch'\n"}, True),
        ({"watch.py": "class Lamp: ...\n"}, False),
        (
            {
                "watch/__init__.py": "class Lamp: ...\n",
                "clock/__init__.py": "class Lamp: ...\n",
            },
            False,
        ),
        (
            {
                "watch/__init__.py": "class Lamp: ...\n",
                "tests/__init__.py": "class Lamp: ...\n",
            },
            True,
        ),
    ],
)
def test_a_bare_heading_means_what_one_package_exports(
    files: dict[str, str], is_documented: bool
) -> None:
    use = {"use.py": "from watch import Lamp\n\nLa¦mp()\n", "docs/settings.md": LAMP}
    assert documented(files | use) == (["docs/settings.md:3"] if is_documented else [])


def test_a_page_about_a_factory_tells_of_options_and_of_what_it_gives() -> None:
    page = (
        "# `createPond`\n\nMakes one.\n\n## Parameters\n\n### `depth`\n\nHow deep.\n\n"
        "## Methods\n\n- `feed`: gives food\n- `clean`: takes it out\n"
    )
    lib = (
        "export interface Options { depth: number }\n"
        "export interface Pond { feed(): void }\n"
        "export function createPond(options: Options): Pond { return null }\n"
    )
    files = {"web/pond.ts": lib, "docs/pond.md": page}
    use = "import { createPond } from './pond'\nconst p = createPond({ depth: 3 })\np.feed()\n"

    def at(mark: str) -> list[str]:
        return documented(files | {"web/app.ts": use.replace(mark.replace("¦", ""), mark)})

    assert at("createPo¦nd({") == ["docs/pond.md:1"]
    assert at("{ dep¦th") == ["docs/pond.md:7"]
    assert at("p.fe¦ed") == ["docs/pond.md:11"]


INSTANCES = {
    "TypeScript": (
        "web/db.ts",
        "export class {0} {{ {1}() {{}} }}\n",
        "web/app.ts",
        "import {{ {0} }} from './db'\nnew {0}().{1}()\n",
    ),
    "Python": (
        "acme/__init__.py",
        "class {0}:\n    def {1}(self): ...\n",
        "use.py",
        "from acme import {0}\n\n{0}().{1}()\n",
    ),
    "PHP": (
        "src/Db.php",
        "<?php\nnamespace Acme;\nclass {0} {{ public function {1}() {{}} }}\n",
        "use.php",
        "<?php\nuse Acme\\{0};\n(new {0}())->{1}();\n",
    ),
    "Ruby": (
        "lib/db.rb",
        "class {0}\n  def {1}\n  end\nend\n",
        "use.rb",
        "{0}.new.{1}\n",
    ),
    "Java": (
        "a/{0}.java",
        "package a;\npublic class {0} {{ public void {1}() {{}} }}\n",
        "b/Use.java",
        "package b;\nclass Use {{ void f(a.{0} p) {{ p.{1}(); }} }}\n",
    ),
    "Rust": (
        "src/lib.rs",
        "pub struct {0};\nimpl {0} {{ pub fn {1}(&self) {{}} }}\n",
        "src/main.rs",
        "fn f(p: acme::{0}) {{ p.{1}(); }}\n",
    ),
}


@pytest.mark.parametrize("language", INSTANCES)
@pytest.mark.parametrize(
    ("kind", "page", "line"),
    [
        ("AsyncClient", "# Guide\n\n## `client.fetch()`\n\nAsks.\n", 3),
        ("AsyncClient", "# Guide\n\n## `async_client.fetch()`\n\nAsks.\n", 3),
        ("AsyncClient", "# Guide\n\n## `asyncClient.fetch()`\n\nAsks.\n", 3),
        ("AsyncClient", "# Guide\n\n## `$client->fetch()`\n\nAsks.\n", 3),
        ("Context", "# Guide\n\n## `c.fetch()`\n\nAsks.\n", 3),
        ("Context", "# Guide\n\n## `ctx.fetch()`\n\nAsks.\n", 3),
        ("AsyncClient", "# AsyncClient\n\n## .fetch(url)\n\nAsks.\n", 3),
        ("AsyncClient", "# Client\n\n## `.fetch(url)`\n\nAsks.\n", 3),
        ("Context", "# Guide\n\n## `client.fetch()`\n\nAsks.\n", 0),
        ("Context", "# Guide\n\n## `.fetch()`\n\nAsks.\n", 0),
        ("Context", "# Guide\n\n## `x.fetch()`\n\nAsks.\n", 0),
    ],
)
def test_an_instance_in_a_heading_is_one_of_the_type_with_that_word(
    language: str, kind: str, page: str, line: int
) -> None:
    path, library, use_path, use = INSTANCES[language]
    marked = use.format(kind, "fetch").replace(".fetch", ".fet¦ch").replace(">fetch", ">fet¦ch")
    files = {
        "Cargo.toml": "[package]\nname = 'acme'\n",
        path.format(kind): library.format(kind, "fetch"),
        "docs/a.md": page,
        use_path: marked,
    }
    assert documented(files) == ([f"docs/a.md:{line}"] if line else [])


@pytest.mark.parametrize(
    ("heading", "lines"),
    [
        ("queryClient.get()", {"QueryClient": 3}),
        ("client.get()", {"Client": 3}),
        ("c.get()", {}),
        ("pool.get()", {"Pool": 3}),
    ],
)
def test_an_instance_in_a_heading_is_one_of_the_nearest_type(
    heading: str, lines: dict[str, int]
) -> None:
    kinds = ("Client", "QueryClient", "Cache", "Pool")
    files = {
        "web/db.ts": "".join(f"export class {kind} {{ get() {{}} }}\n" for kind in kinds),
        "web/example/db.ts": "export class MyPool { get() {} }\n",
        "docs/a.md": f"# Guide\n\n## `{heading}`\n\nAsks.\n",
    }
    for kind in kinds:
        use = f"import {{ {kind} }} from './db'\nnew {kind}().ge¦t()\n"
        expected = [f"docs/a.md:{lines[kind]}"] if kind in lines else []
        assert documented(files | {"web/app.ts": use}) == expected, kind


def test_a_go_method_declared_apart_from_its_type_goes_by_its_receiver() -> None:
    files = {
        "go.mod": "module example.org/bees\n",
        "hive/hive.go": "package hive\n\ntype Context struct{}\n",
        "hive/json.go": "package hive\n\nfunc (c *Context) JSON() {}\n",
        "docs/a.md": "# Guide\n\n## `c.JSON()`\n\nWrites.\n",
        "main.go": main("func f(c *hive.Context) { c.JS¦ON() }"),
    }
    assert documented(files) == ["docs/a.md:3"]


CALLBACKS = """
export interface Making { add(): void; take(): void }
export interface Part { tags: string[]; name: string }
export interface Options { name: string; depth: number; parts: (build: Builder) => object }
export interface Builder { part(part: Part): object }
export function buildPond() {
  return function createPond(options: Options, make: (make: Making) => void): void {}
}
export const createPond = buildPond()
export function other(make: (make: Making) => void): void {}
"""
CALLBACK_PAGE = """# `createPond`

Makes one.

### `name`

Of the pond.

### `tags`

Of a part.

### `make.add`

Adds.
"""


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("createPond({}, (make) => make.ad¦d())", 13),
        ("createPond({}, (make) => { if (make) make.ad¦d() })", 13),
        ("createPond({}, (making) => making.ad¦d())", 0),
        ("createPond({}, (make) => make.ta¦ke())", 0),
        ("other((make) => make.ad¦d())", 0),
        ("const mine = buildPond()\nmine({}, (make) => make.ad¦d())", 13),
        ("createPond({ na¦me: '' })", 5),
        ("createPond({ parts: (build) => ({ a: build.part({ ta¦gs: [] }) }) })", 9),
        ("createPond({ parts: (build) => ({ a: build.part({ na¦me: '' }) }) })", 0),
        ("createPond({ parts: (build) => ({ ta¦gs: build.part({}) }) })", 0),
        ("createPond({ parts: () => other({ ta¦gs: [] }) })", 0),
    ],
)
def test_a_page_about_a_function_tells_of_what_its_callbacks_are_given(
    code: str, line: int
) -> None:
    files = {
        "web/pond.ts": CALLBACKS,
        "docs/pond.md": CALLBACK_PAGE,
        "web/app.ts": f"import {{ buildPond, createPond, other }} from './pond'\n{code}\n",
    }
    assert documented(files) == ([f"docs/pond.md:{line}"] if line else [])


TITLED = "export interface Options {{ {0}: () => void; name: string }}\n{1}\n"


@pytest.mark.parametrize(
    ("path", "page", "more", "line"),
    [
        ("docs/api/makeDefaultPond.md", "# `makeDefaultPond`\n\nA list.\n", "", 1),
        ("docs/guide/ponds.md", "# `makeDefaultPond`\n\nA list.\n", "", 0),
        ("docs/api/ponds.md", "# Ponds\n\n## `makeDefaultPond`\n\nA list.\n", "", 0),
        (
            "docs/api/ponds.md",
            "# `makeDefaultPond`\n\nA list.\n",
            "export function makeDefaultPond() {}",
            0,
        ),
        (
            "docs/api/ponds.md",
            "# `makeDefaultPond`\n\nA list.\n",
            "export interface Other { makeDefaultPond: () => void }",
            0,
        ),
    ],
)
@pytest.mark.parametrize(
    ("declared", "use"),
    [
        ("makeDefaultPond", "const o: Options = { makeDefau¦ltPond: null }"),
        ("ponds: (makeDefaultPond: string) => void; use", "f({ ponds: (makeDefaultPond) => 1 })"),
    ],
)
def test_an_api_page_may_be_about_a_member_as_a_whole(
    path: str, page: str, more: str, line: int, declared: str, use: str
) -> None:
    use = use.replace("(makeDefaultPond)", "(makeDefau¦ltPond)")
    files = {
        "web/makeDefaultPond.ts": TITLED.format(
            declared, f"export function f(o: Options) {{}}\n{more}"
        ),
        path: page,
        "web/app.ts": f"import {{ Options, f }} from './makeDefaultPond'\n{use}\n",
    }
    assert documented(files) == ([f"{path}:{line}"] if line else [])


def test_what_a_package_hands_on_from_outside_goes_by_its_bare_name() -> None:
    files = {
        "package.json": '{"name": "kit", "main": "src/index.ts"}',
        "src/index.ts": "export { createSelector } from 'reselect'\n",
        "docs/api.md": "# `createSelector`\n\nMakes one.\n\n# `other`\n\nNot ours.\n",
        "src/a.ts": "import { createSelector } from 'reselect'\ncreateSel¦ector()\n",
    }
    assert documented(files) == ["docs/api.md:1"]
    assert documented(files | {"src/a.ts": "import { other } from 'x'\noth¦er()\n"}) == []


def test_a_function_beside_a_module_of_its_name_has_its_own_comment() -> None:
    files = {
        "Cargo.toml": "[package]\nname = 'lamp'\n",
        "src/lib.rs": "pub mod burn;\n\n/// Burns until the oil is gone.\npub fn burn() {}\n",
        "src/burn.rs": "//! How it burns.\n\n/// Slowly.\npub fn slow() {}\n",
    }
    call = {"src/main.rs": "fn main() { lamp::bu¦rn(); lamp::burn::slow(); }\n"}
    assert documented(files | call) == ["src/lib.rs:3"]
    module = {"src/main.rs": "fn main() { lamp::burn(); lamp::bu¦rn::slow(); }\n"}
    assert documented(files | module) == ["src/burn.rs:1"]


def test_the_comment_of_a_package_documents_it() -> None:
    files = {
        "go.mod": "module example.org/bees\n",
        "hive/a.go": "package hive\n",
        "hive/doc.go": "// Package hive keeps bees.\npackage hive\n",
        "main.go": 'package main\n\nimport "example.org/bees/hive"\n\nvar b = hi¦ve.Box{}\n',
    }
    assert documented(files) == ["hive/doc.go:1"]


def test_a_module_is_not_the_function_that_it_is_called_like() -> None:
    files = {"web/door.ts": "/** Opens it. */\nexport function door() {}\n"}
    use = "import * as D from './door'\nD.door()\n"
    assert documented(files | {"web/a.ts": use.replace("D.do", "D.do¦")}) == ["web/door.ts:1"]
    assert documented(files | {"web/a.ts": use.replace("\nD", "\n¦D")}) == []


@pytest.mark.parametrize(
    ("declaration", "use"),
    [
        ("typedef enum {\n  RED,\n  GREEN\n} color_t;", "col¦or_t c;"),
        ("typedef struct color_s {\n  int red;\n  int green;\n} color_t;", "col¦or_t c;"),
        ("typedef union\n{\n  int red;\n} color_t;", "col¦or_t c;"),
        (
            "extern struct {\n  int red;\n  int green;\n} color;",
            "int f(void) { return col¦or.red; }",
        ),
    ],
)
def test_a_name_behind_the_body_of_its_type_has_the_comment_before_it(
    declaration: str, use: str
) -> None:
    header = f"/**\n * What a lamp shines in.\n */\n\n{declaration}\n"
    files = {"lamp.h": header, "main.c": f'#include "lamp.h"\n{use}\n'}
    assert documented(files) == ["lamp.h:2"]
