"""Doc comments of JavaScript and TypeScript."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

JAVASCRIPT = {
    "functions and classes": (
        """
        /** Area of it. */
        export function area(a, b = 1) { return a; }
        /** Round. */
        export default class Circle extends Shape {
          /** Make one. */
          constructor(r) {}
          /** Grow. */
          static async *grow(by) {}
          /** Hidden. */
          #secret = 1;
          /** Hidden. */
          _old() {}
        }
        """,
        found("area shapes.area", (1, 2), "Area of it.", "function area(a, b = 1)"),
        found("Circle shapes.Circle", (3, 4), "Round.", "class Circle extends Shape"),
        found("Circle.constructor shapes.Circle.constructor", (5, 6)),
        found("Circle.grow shapes.Circle.grow", (7, 8), "static async *grow(by)"),
    ),
    "arrows, objects and CommonJS": (
        """
        /** Twice. */
        const twice = (x) => 2 * x;
        const api = {
          /** Get. */
          get() {},
          deep: {
            /** One. */
            one: 1,
          },
        };
        /** Kept. */
        exports.kept = function () {};
        /** Grown. */
        Circle.prototype.grown = function (by) {};
        module.exports = {
          /** Given. */
          given: (a) => a,
        };
        """,
        found("twice shapes.twice", (1, 2), "Twice.", "const twice = (x) =>"),
        found("api.get shapes.api.get", (4, 5)),
        found("api.deep.one shapes.api.deep.one", (7, 8), "one: 1"),
        found("kept shapes.kept", (11, 12), "exports.kept = function ()"),
        found("Circle.grown shapes.Circle.grown", (13, 14)),
        found("given shapes.given", (16, 17)),
    ),
    "tags": (
        """
        /**
         * Draws a {@link Circle#area circle} on `canvas`.
         *
         * @param {Object} options - What to
         *   draw.
         * @param {number} [options.size=3] how large
         * @returns {Promise<void>} nothing
         * @throws {RangeError} if too large
         * @deprecated
         * @example
         * draw({
         *   size: 1 });
         */
        function draw(options) {}
        """,
        found(
            "draw shapes.draw",
            (2, 14),
            "Draws a circle on `canvas`.",
            "- `options` (`Object`): What to\n  draw.",
            "- `options.size` (default `3`) (`number`): how large",
            "- **Returns** (`Promise<void>`): nothing",
            "- **Throws** (`RangeError`): if too large",
            "```javascript\ndraw({\n  size: 1 });\n```",
            "function draw(options)",
        ),
    ),
    "comments without code": (
        """
        /**
         * Shapes for all.
         * @module shapes
         */

        /**
         * @typedef {Object} Point A place.
         * @property {number} x to the right
         */
        /** @type {number} */
        const typed = 1;
        /** @private */
        function hidden() {}
        function outer() {
          /** Local. */
          function inner() {}
        }
        """,
        found("shapes", (2, 2), "Shapes for all."),
        found("Point shapes.Point", (7, 8), "A place.", "- `x` (`number`): to the right"),
    ),
    "a notice of rights": (
        """
        /** Copyright (c) 2020 Somebody. Licensed under MIT. */
        function f() {}
        """,
    ),
}
TYPESCRIPT = {
    "types": (
        """
        /** A shape. */
        export interface Shape<T = number> {
          /** Its name. */
          readonly name?: string;
          /** Its area. */
          area(scale: T): number;
          /** More. */
          more: {
            /** Deep. */
            deep: T;
          };
        }
        export type Options = Base & {
          /** How large. */
          size: number;
        };
        /** Colors. */
        export enum Color {
          /** Like blood. */
          Red = 1,
          /** Like grass. */
          Green,
        }
        """,
        found("Shape shapes.Shape", (1, 2), "interface Shape<T = number>"),
        found("Shape.name shapes.Shape.name", (3, 4), "readonly name?: string"),
        found("Shape.area shapes.Shape.area", (5, 6), "area(scale: T): number"),
        found("Shape.more shapes.Shape.more", (7, 8)),
        found("Shape.more.deep shapes.Shape.more.deep", (9, 10)),
        found("Options.size shapes.Options.size", (14, 15)),
        found("Color shapes.Color", (17, 18), "enum Color"),
        found("Color.Red shapes.Color.Red", (19, 20), "Red = 1"),
        found("Color.Green shapes.Color.Green", (21, 22), "Green"),
    ),
    "classes": (
        """
        /** Round. */
        @Component({ selector: "x" })
        export abstract class Circle {
          /** How large. */
          @Input() size = 1;
          /** Hidden. */
          private x = 1;
          /** For heirs. */
          protected y = 1;
          /** Of text. */
          f(a: string): void;
          /** Of numbers. */
          f(a: number): void;
          f(a: unknown) {}
          /** To come. */
          abstract g(): void;
        }
        """,
        found("Circle shapes.Circle", (1, 3), "Round.", "abstract class Circle"),
        found("Circle.size shapes.Circle.size", (4, 5)),
        found("Circle.y shapes.Circle.y", (8, 9)),
        found("Circle.f shapes.Circle.f", (10, 11), "Of text.", "f(a: string): void"),
        found("Circle.f shapes.Circle.f", (12, 13), "Of numbers.", "f(a: number): void"),
        found("Circle.g shapes.Circle.g", (15, 16), "abstract g(): void"),
    ),
    "modules and namespaces": (
        """
        declare module "fs" {
          /** Read. */
          function readFile(path: string): void;
        }
        export namespace A.B {
          /** Do. */
          export function f(): void {}
        }
        declare global {
          interface Window {
            /** Ours. */
            ours: string;
          }
        }
        """,
        found("fs.readFile", (2, 3)),
        found("A.B.f shapes.A.B.f", (6, 7)),
        found("Window.ours shapes.Window.ours", (11, 12)),
    ),
}


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(name: str) -> None:
    source, *expected = JAVASCRIPT[name]
    check("lib/shapes.js", source, *expected)


@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str) -> None:
    source, *expected = TYPESCRIPT[name]
    check("src/shapes.ts", source, *expected)


@pytest.mark.parametrize(
    ("path", "symbols"),
    [
        ("lib/area.mjs", "f area.f"),
        ("lib/area/index.js", "f area.f"),
        ("types/area.d.ts", "f area.f"),
        ("Area.tsx", "f Area.f"),
        ("index.js", "f index.f"),
    ],
)
def test_javascript_module_is_named_by_its_path(path: str, symbols: str) -> None:
    check(path, "/** Do. */\nfunction f() {}\n", found(symbols, (1, 2)))


def test_minified_files_document_nothing() -> None:
    check("lib/area.min.js", "/** Do. */\nfunction f() {}\n")
