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
