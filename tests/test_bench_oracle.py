"""The verdicts of the benchmark that holds askdocs against language servers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.bench.bench_oracle import judged, verdict
from tests.bench.language_servers import Place
from tests.bench.oracle_project import Project, Use

ROOT = Path("/project")
HIVE = """package hive

// Box holds frames.
type Box struct {
	Lid
	Depth int
}

// Open lets air in.
func (l *Lid) Open() {}

type Lid struct{}

func (b *Box) Lift() {}

func (b *Box) Open() {}

// Smoke calms.
func Smoke(box *Box) {}
"""
MAIN = """package main

import "example.org/bees/hive"

func main() {
	box := hive.Box{}
	hive.Smoke(&box)
}
"""
PAGE = "# Bees\n\n## `hive.Lid`\n\nIt keeps the rain out.\n"
PROJECT = Project(
    ROOT,
    {
        "go.mod": "module example.org/bees\n",
        "hive/hive.go": HIVE,
        "main.go": MAIN,
        "README.md": PAGE,
    },
)
BOX, SMOKE, LID, LIFT, OPEN, LOCAL = (
    Place(ROOT / path, line, column)
    for path, line, column in (
        ("hive/hive.go", 4, 5),
        ("hive/hive.go", 19, 5),
        ("hive/hive.go", 12, 5),
        ("hive/hive.go", 14, 14),
        ("hive/hive.go", 16, 14),
        ("main.go", 6, 1),
    )
)
OUTSIDE = Place(Path("/usr/lib/go/fmt.go"), 3, 5)


def chunks(*places: str) -> frozenset[str]:
    """Return the chunks that begin at `path:line`."""
    return frozenset(
        one.id for one in PROJECT.chunks.values() if f"{one.path}:{one.start_line}" in places
    )


@pytest.mark.parametrize(
    ("name", "defined", "shown", "expected"),
    [
        ("Box", [BOX], ["hive/hive.go:3"], "agree"),
        ("Box", [BOX], [], "silent"),
        ("Box", [BOX], ["hive/hive.go:18"], "wrong"),
        ("Smoke", [BOX, SMOKE], ["hive/hive.go:18"], "agree"),
        ("Lid", [LID], ["README.md:3"], "agree"),
        ("Lid", [LID], [], "silent"),
        ("Lift", [LIFT], [], "agree"),
        ("Lift", [LIFT], ["hive/hive.go:9"], "extra"),
        ("Open", [OPEN], [], "agree"),
        ("Open", [OPEN], ["hive/hive.go:9"], "related"),
        ("box", [LOCAL], [], "agree"),
        ("box", [LOCAL], ["hive/hive.go:3"], "extra"),
        ("Println", [OUTSIDE], [], "agree"),
        ("Println", [OUTSIDE], ["README.md:3"], "outside"),
        ("Println", [OUTSIDE], ["hive/hive.go:9"], "extra"),
        ("Println", [], [], "open"),
        ("Println", [BOX], ["README.md:3"], "open"),
    ],
)
def test_the_verdict(name: str, defined: list[Place], shown: list[str], expected: str) -> None:
    use = Use("main.go", 6, 1, name, "go")
    assert verdict(PROJECT, use, chunks(*shown), defined).verdict == expected


class FakeServer:
    """Knows where some names are defined."""

    def __init__(self, known: dict[str, Place]) -> None:
        self.known = known

    async def of(
        self, path: Path, language: str, text: str, uses: Sequence[tuple[int, int]]
    ) -> list[list[Place] | None]:
        lines = text.split("\n")
        named = (lines[line][column:] for line, column in uses)
        return [
            next(([place] for name, place in self.known.items() if rest.startswith(name)), None)
            for rest in named
        ]


async def test_uses_are_drawn_from_every_file_and_held_against_the_server() -> None:
    uses = PROJECT.uses(["go"], 1000, seed=1)
    assert PROJECT.uses(["go"], 1000, seed=1) == uses
    assert {use.path for use in PROJECT.uses(["go"], 2, seed=1)} == {"hive/hive.go", "main.go"}
    assert {use.path for use in PROJECT.uses(["go"], 9, 1, under="hive")} == {"hive/hive.go"}
    server = FakeServer({"Box": BOX, "box": LOCAL, "Smoke": SMOKE})
    found = await judged(PROJECT, [use for use in uses if use.path == "main.go"], server)
    by_name = {one.use.name: one.verdict for one in found}
    assert by_name == {"main": "open", "hive": "open", "box": "agree"} | dict.fromkeys(
        ("Box", "Smoke"), "agree"
    )
    assert str(next(one for one in found if one.use.name == "Smoke")) == (
        "main.go:7:7 Smoke: server -> hive/hive.go:19, askdocs -> hive/hive.go:18"
    )
