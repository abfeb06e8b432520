"""The symbol graph: whatever the order in which files come and go, it is that of a clean build."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from askdocs_indexer.languages.facts import (
    Declaration,
    FileFacts,
    Import,
    Term,
    dumped,
    loaded,
)
from askdocs_indexer.symbols.facts import read_facts
from askdocs_indexer.symbols.graph import SymbolGraph

VERSIONS: Mapping[str, tuple[str, ...]] = {
    "go.mod": ("module example.org/bees\n", "module example.org/wasps\n"),
    "hive/box.go": (
        "package hive\n\ntype Box struct {\n\tFrames int\n}\n\nfunc (b *Box) Smoke() {}\n",
        "package hive\n\ntype Box struct {\n\tLid\n}\n",
        "package nest\n\nfunc New() {}\n",
    ),
    "hive/lid.go": (
        "package hive\n\ntype Lid struct{}\n\nfunc (l Lid) Open() {}\n",
        'package hive\n\nimport . "example.org/bees/tool"\n\nfunc (b *Box) Lift() {}\n',
    ),
    "main.go": (
        'package main\n\nimport "example.org/bees/hive"\n\nvar first = hive.New()\n',
        "package main\n",
        "",
    ),
    "tool/smoker.go": ("package tool\n\nfunc Puff() {}\n",),
    "app/__init__.py": ("from .core import *\n__all__ = ['App']\n", "from .core import App as A\n"),
    "app/core.py": ("class App:\n    def run(self): ...\n", "class Base: ...\n", "class App("),
    "web/index.ts": ("export * from './pond'\n", "export { Pond as P } from './pond'\n"),
    "web/pond.ts": ("export class Pond { feed() {} }\n", "export default class {}\n"),
    "package.json": ('{"name": "kit", "main": "web/index.ts"}', "{"),
    "src/lib.rs": (
        "pub mod a;\npub use a::Gate;\n",
        "pub struct Gate;\nimpl Gate { fn go() {} }\n",
    ),
    "src/a.rs": ("pub struct Gate { pub lift: u8 }\n", "pub trait Gate { fn lift(&self); }\n"),
    "inc/urn.hpp": ("namespace pots { struct Urn { int size; }; }\n", "#define POTS 3\n"),
    "inc/urn.cpp": ('#include "urn.hpp"\nint pots::f() { return 1; }\n', "static int f() {}\n"),
    "lib/Box.java": ("package lib;\nclass Box { void open() {} }\n", "package lib;\n"),
    "lib/Crate.kt": ("package lib\nclass Crate : Box()\n", "package lib\nfun pack() {}\n"),
    "lib/Shelf.cs": ("namespace Lib { partial class Shelf { int Size; } }\n", "class Shelf {}\n"),
    "lib/jar.php": ("<?php\nnamespace Lib;\nclass Jar { function open() {} }\n", "<?php\n"),
    "lib/tin.rb": ("module Lib\n  class Tin\n    def open; end\n  end\nend\n", "class Tin; end\n"),
}


def state(graph: SymbolGraph) -> dict[str, dict[str, Any]]:
    """Return all tables of a graph; one that lost its last symbol is like one that never was."""
    tables = {name: vars(graph.family(name)) for name in graph.families()}
    return {name: table for name, table in tables.items() if any(table.values())}


def clean(files: Mapping[str, str]) -> SymbolGraph:
    graph = SymbolGraph()
    for path in sorted(files):
        graph.put(path, read_facts(path, files[path]))
    return graph


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_edits_ends_in_the_graph_of_a_clean_build(seed: int) -> None:
    chance = random.Random(seed)
    graph, files = SymbolGraph(), {}
    for _ in range(150):
        path = chance.choice(list(VERSIONS))
        if chance.random() < 0.3:
            files.pop(path, None)
            graph.put(path, None)
        else:
            files[path] = chance.choice(VERSIONS[path])
            graph.put(path, read_facts(path, files[path]))
    assert state(graph) == state(clean(files))
    for path in files:
        graph.put(path, None)
    assert state(graph) == {}
    assert len(graph) == 0


def test_facts_that_stay_the_same_change_nothing() -> None:
    graph = clean({path: versions[0] for path, versions in VERSIONS.items()})
    generation = graph.generation
    graph.put("main.go", read_facts("main.go", VERSIONS["main.go"][0]))
    assert graph.generation == generation
    graph.put("main.go", read_facts("main.go", VERSIONS["main.go"][1]))
    assert graph.generation == generation + 1


FACTS = FileFacts(
    "python",
    ("src", "acme"),
    (
        Declaration((), "module", 1),
        Declaration(
            ("Client", "get"),
            "function",
            7,
            (Term(("list",), (Term(("Response",)), Term(()))), Term(("None",))),
            None,
            (Term(("Base",)),),
            (None, Term(("str",))),
            is_public=False,
        ),
        Declaration(("LIMIT",), "value", 9, value=Term(("make", "()"))),
    ),
    (Import("x", ".y", ("z",), ("Client",), is_exported=True), Import("*", "q")),
    ("Client",),
    (("name", "acme"),),
)


@pytest.mark.parametrize(
    "facts",
    [FACTS, FileFacts("go", ()), FileFacts("npm", ("a",), package=(("name", "@a/b"),)), None],
)
def test_stored_facts_are_the_same_facts(facts: FileFacts | None) -> None:
    assert loaded(dumped(facts)) == facts


@pytest.mark.parametrize("text", ["{", "[]", "[1,2]", '["go",[],[[1]],[],null,[]]', "null"])
def test_damaged_facts_are_told(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        loaded(text)
