"""Doc comments of Kotlin."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

KOTLIN = {
    "types and members": (
        """
        package com.acme

        /** Round. */
        @Entity(name = "circle")
        public open class Circle<T>(
            /** How far it reaches. */
            val radius: Int,
            plain: Int,
        ) : Shape(plain), Drawn {
            /** Its color. */
            var color: String = "red"
                private set
            /** Hidden. */
            private val x = 1
            /** Its edge. */
            val edge get() = 2 * radius
            /** Made late. */
            val late by lazy {
                1
            }
            /** From a pair. */
            constructor(pair: Pair<Int, Int>) : this(pair.first)
            /** Its area. */
            @Override
            override fun <U> area(
                unit: U,
            ): Double { return 0.0 }
            /** All of them. */
            companion object {
                /** The largest. */
                const val MOST = 2
                /** Makes one. */
                fun of(radius: Int) = Circle<Int>(radius)
            }
            /** Colors. */
            enum class Color(val code: Int) {
                /** Like blood. */
                RED(1),
                /** Like grass. */
                GREEN(2);
            }
        }
        """,
        found("com.acme.Circle", (3, 5), "Round.", "public open class Circle<T>"),
        found("com.acme.Circle.radius", (6, 7), "val radius: Int"),
        found("com.acme.Circle.color", (10, 11), 'var color: String = "red"'),
        found("com.acme.Circle.edge", (15, 16), "val edge"),
        found("com.acme.Circle.late", (17, 18), "val late"),
        found("com.acme.Circle.Circle", (21, 22), "constructor(pair: Pair<Int, Int>)"),
        found(
            "com.acme.Circle.area", (23, 27), "Its area.", "override fun <U> area(unit: U): Double"
        ),
        found("com.acme.Circle.Companion", (28, 29), "companion object"),
        found("com.acme.Circle.Companion.MOST", (30, 31), "const val MOST = 2"),
        found("com.acme.Circle.Companion.of", (32, 33), "fun of(radius: Int)"),
        found("com.acme.Circle.Color", (35, 36), "enum class Color(val code: Int)"),
        found("com.acme.Circle.Color.RED", (37, 38), "RED(1)"),
        found("com.acme.Circle.Color.GREEN", (39, 40), "GREEN(2)"),
    ),
    "a file's own": (
        """
        package com.acme

        /** Draws. */
        fun draw() {}
        /** Draws one. */
        fun Shape.draw(on: Canvas): Unit = on.draw(this)
        /** Its size. */
        val Shape.size: Int get() = 1
        /** Many. */
        typealias Shapes = List<Shape>
        /** The only one. */
        object Canvas { /** Wipes. */ fun wipe() {} }
        /** Can be drawn. */
        fun interface Drawn { /** Goes. */ fun go() }
        /** @suppress */
        fun hidden() {}
        // Plain.
        fun plain() {}
        """,
        found("com.acme.draw", (3, 4), "Draws.", "fun draw()"),
        found("com.acme.draw", (5, 6), "Draws one.", "fun Shape.draw(on: Canvas): Unit"),
        found("com.acme.size", (7, 8), "val Shape.size: Int"),
        found("com.acme.Shapes", (9, 10), "typealias Shapes = List<Shape>"),
        found("com.acme.Canvas com.acme.Canvas.wipe", (11, 12)),
        found("com.acme.Drawn com.acme.Drawn.go", (13, 14)),
    ),
    "text": (
        """
        /**
         * Draws *it* on a [Canvas.on] or [another one][Canvas], like `list[index]`.
         *
         * See [the guide](https://acme.org).
         *
         * ```
         * draw(shapes[first])
         * ```
         *
         * @param T the type
         * @param[x] the x,
         *   in meters
         * @property size how large
         * @constructor Makes a [Draws].
         * @receiver what is drawn
         * @return `true` if so
         * @throws IOException if not
         * @sample com.acme.sample
         */
        interface Draws
        """,
        found(
            "Draws",
            (2, 20),
            "Draws *it* on a `Canvas.on` or another one, like `list[index]`.",
            "See [the guide](https://acme.org).",
            "```\ndraw(shapes[first])\n```",
            "- `T`: the type",
            "- `x`: the x,\n  in meters",
            "- `size`: how large",
            "- **Constructor:** Makes a `Draws`.",
            "- **Receiver:** what is drawn",
            "- **Returns:** `true` if so",
            "- **Throws** `IOException`: if not",
        ),
    ),
}


@pytest.mark.parametrize("name", KOTLIN)
def test_kotlin(name: str) -> None:
    source, *expected = KOTLIN[name]
    check("src/main/kotlin/com/acme/Circle.kt", source, *expected)
