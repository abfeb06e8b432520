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


def test_an_instance_in_a_heading_is_one_of_the_type_with_that_word() -> None:
    files = {
        "web/db.ts": "export class AsyncClient { get() {} }\nexport class Pool { get() {} }\n",
        "docs/a.md": "# Guide\n\n## `client.get()`\n\nAsks.\n",
    }
    use = "import {{ AsyncClient, Pool }} from './db'\nnew {}().ge¦t()\n"
    assert documented(files | {"web/app.ts": use.format("AsyncClient")}) == ["docs/a.md:3"]
    assert documented(files | {"web/app.ts": use.format("Pool")}) == []


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
