"""Doc comments of Go."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

GO = {
    "comments behind constants and fields": (
        """
        package pump

        const (
        \tLeast = 4 // Least keeps the water moving.
        \t// Most is above.
        \tMost = 60 // not this one
        \tNext = 5 // Next goes on
        \t         // on another line.
        )

        type Pump struct {
        \tDepth int // Depth counts.
        \t// Width is above.
        \tWidth int
        }
        """,
        found("pump.Least", (4, 4), "Least = 4", "Least keeps the water moving."),
        found("pump.Most", (5, 6), "Most is above.", "Most = 60"),
        found("pump.Next", (7, 8), "Next = 5", "Next goes on\non another line."),
        found("pump.Pump.Depth", (12, 12), "Depth int", "Depth counts."),
        found("pump.Pump.Width", (13, 14), "Width is above.", "Width int"),
    ),
    "package, types and methods": (
        """
        // Copyright 2020 Somebody.

        // Package shapes draws.
        package shapes

        // Circle is round.
        type Circle[T any] struct {
        \t// Size in meters.
        \tSize float64
        \t// hidden is hidden.
        \thidden int
        }

        // Area is its area.
        //
        //go:noinline
        func (c *Circle[T]) Area(unit string) (float64, error) { return 0, nil }

        // area is hidden.
        func (c *circle) Area() {}

        // lower is hidden.
        func lower() {}

        // Far from anything.

        func Bare() {}
        """,
        found("shapes", (3, 4), "Package shapes draws.", "package shapes"),
        found("shapes.Circle", (6, 7), "Circle is round.", "type Circle[T any] struct\n"),
        found("shapes.Circle.Size", (8, 9), "Size float64"),
        found(
            "shapes.Circle.Area", (14, 17), "func (c *Circle[T]) Area(unit string) (float64, err"
        ),
    ),
    "groups": (
        """
        package shapes

        // Colors of shapes.
        const (
        \tRed = iota
        \tGreen
        \tblue
        )

        // Modes of drawing.
        var (
        \t// Fast is fast.
        \tFast, Faster = 1, 2
        \tSlow = 3
        )

        type (
        \t// Shape has an area.
        \tShape interface {
        \t\t// Area is that area.
        \t\tArea() float64
        \t}
        )
        """,
        found("shapes.Red shapes.Green", (3, 8), "Colors of", "const (\n\tRed = iota\n\tGreen\n"),
        found("shapes.Slow", (10, 10), "Modes of drawing."),
        found("shapes.Fast shapes.Faster", (12, 13), "Fast is fast.", "Fast, Faster = 1, 2"),
        found("shapes.Shape", (18, 19), "Shape interface"),
        found("shapes.Shape.Area", (20, 21), "Area() float64"),
    ),
    "text": (
        """
        package shapes

        // F does [Circle.Area] of map[string]int.
        //
        // # Title
        //
        // Call it:
        //
        //\tF()
        //\tG()
        //
        // Or:
        //   - one
        //     goes on
        //   - two
        func F() {}
        """,
        found(
            "shapes.F",
            (3, 16),
            "F does `Circle.Area` of map[string]int.",
            "**Title**",
            "```\nF()\nG()\n```",
            "- one\n  goes on\n\n- two",
        ),
    ),
}


@pytest.mark.parametrize("name", GO)
def test_go(name: str) -> None:
    source, *expected = GO[name]
    check("shapes/a.go", source, *expected)


def test_tests_of_go_document_nothing() -> None:
    check("a_test.go", "package a\n\n// F does.\nfunc F() {}\n")
