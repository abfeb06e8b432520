"""Doc comments of Java."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

JAVA = {
    "types and members": (
        """
        package com.acme;

        /** Round. */
        @Entity(name = "circle")
        public final class Circle<T> extends Shape {
            /** Limits. */
            public static final int LEAST = 1, MOST = 2;
            /** Hidden. */
            private int x;
            /** Makes one. */
            public Circle(int r) {}
            /** Its area. */
            @Override
            public <U> double area(
                U unit) { return 0; }
            /** Colors. */
            enum Color {
                /** Like blood. */
                RED(1),
                GREEN;
                /** As a number. */
                int code() { return 1; }
            }
            /** A pair. */
            public record Pair(int a, int b) {}
            @interface Mark {
                /** Its value. */
                String value() default "";
            }
        }
        """,
        found("com.acme.Circle", (3, 5), "public final class Circle<T> extends Shape"),
        found("com.acme.Circle.LEAST com.acme.Circle.MOST", (6, 7)),
        found("com.acme.Circle.Circle", (10, 11), "public Circle(int r)"),
        found("com.acme.Circle.area", (12, 15), "Its area.", "public <U> double area(U unit)"),
        found("com.acme.Circle.Color", (16, 17), "enum Color"),
        found("com.acme.Circle.Color.RED", (18, 19), "RED(1)"),
        found("com.acme.Circle.Color.code", (21, 22)),
        found("com.acme.Circle.Pair", (24, 25), "public record Pair(int a, int b)"),
        found("com.acme.Circle.Mark.value", (27, 28), 'String value() default ""'),
    ),
    "text": (
        """
        /**
         * Draws {@code List<T>} on a {@link Canvas#on(int, int) canvas}
         * &amp; <b>more</b>, see {@link #area}.
         *
         * <p>Second.
         * <pre>{@code
         * @Override
         * f(a < b);
         * }</pre>
         * <ul><li>one
         * <li>two</ul>
         *
         * @param <T> the type
         * @param x the x,
         *     in meters
         * @return {@code true} if so
         * @throws IOException if not
         */
        interface Draws {}
        """,
        found(
            "Draws",
            (2, 19),
            "Draws `List<T>` on a `canvas`\n& **more**, see `area`.",
            "Second.",
            "```\n@Override\nf(a < b);\n```",
            "- one",
            "- two",
            "- `<T>`: the type",
            "- `x`: the x,\n  in meters",
            "- **Returns:** `true` if so",
            "- **Throws** `IOException`: if not",
        ),
    ),
    "Markdown": (
        """
        /// Draws *it*, see {@link Canvas}.
        ///
        /// - one
        ///
        /// @param x the x
        record Draws(int x) {}
        """,
        found("Draws", (1, 6), "Draws *it*, see `Canvas`.", "- one", "- `x`: the x"),
    ),
    "a package": (
        """
        /** Shapes for all. */
        package com.acme;
        """,
        found("com.acme", (1, 2), "Shapes for all."),
    ),
}


@pytest.mark.parametrize("name", JAVA)
def test_java(name: str) -> None:
    source, *expected = JAVA[name]
    check("src/main/java/com/acme/Circle.java", source, *expected)
