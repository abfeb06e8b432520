"""Identities as SCIP writes them."""

from __future__ import annotations

import pytest
from tests.languages.projects import graph_of

from askdocs_indexer.languages.facts import Names
from askdocs_indexer.languages.project import Identity
from askdocs_indexer.symbols.notation import scip
from askdocs_indexer.symbols.view import View

GO = {
    "lib/go.mod": "module example.org/bees\n",
    "lib/hive/box.go": (
        "package hive\n\ntype Box struct {\n\tFrames int\n}\n\nfunc (b *Box) Smoke() {}\n\n"
        "func New() *Box { return nil }\n"
    ),
}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("lib", "hive", "#hive", "Box"), "go example.org/bees . lib/hive/`#hive`/Box#"),
        (("lib", "hive", "#hive", "New"), "go example.org/bees . lib/hive/`#hive`/New()."),
        (
            ("lib", "hive", "#hive", "Box", "Smoke"),
            "go example.org/bees . lib/hive/`#hive`/Box#Smoke().",
        ),
        (
            ("lib", "hive", "#hive", "Box", "Frames"),
            "go example.org/bees . lib/hive/`#hive`/Box#Frames.",
        ),
        (("lib", "hive"), "go . . lib/hive/"),
    ],
)
def test_notation(names: Names, expected: str) -> None:
    view = View(graph_of(GO), "", family="go")
    assert scip(view, Identity("go", names)) == expected
