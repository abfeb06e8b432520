"""XML doc comments of C#."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import check, found

CSHARP = {
    "types and members": (
        """
        namespace Acme.Core;

        /// <summary>Round.</summary>
        [Serializable]
        public sealed class Circle<T> : Shape
        {
            /// <summary>Limits.</summary>
            public const int Least = 1, Most = 2;
            /// <summary>Hidden.</summary>
            int x;
            /// <summary>Makes one.</summary>
            public Circle(int r) : base(r) { }
            /// <summary>Its area.</summary>
            [Pure]
            public double Area<U>(
                U unit) => 0;
            /// <summary>Its size.</summary>
            /// <value>In meters.</value>
            public int Size { get; protected set; }
            /// <summary>Its name.</summary>
            public string Name { get { return ""; } }
            /// <summary>Happens.</summary>
            public event EventHandler Done, Gone;
            /// <summary>Colors.</summary>
            public enum Color
            {
                /// <summary>Like blood.</summary>
                Red = 1,
                Green
            }
            /// <summary>Hidden.</summary>
            internal class Inner
            {
                /// <summary>Hidden.</summary>
                public int Y;
            }
            /// <inheritdoc/>
            public override string ToString() => "";
            /// <summary>Hidden.</summary>
            void IShape.Draw() { }
        }
        """,
        found("Acme.Core.Circle", (3, 5), "Round.", "public sealed class Circle<T> : Shape"),
        found("Acme.Core.Circle.Least Acme.Core.Circle.Most", (7, 8)),
        found("Acme.Core.Circle.Circle", (11, 12), "public Circle(int r) : base(r)"),
        found("Acme.Core.Circle.Area", (13, 16), "public double Area<U>(U unit)"),
        found(
            "Acme.Core.Circle.Size", (17, 19), "**Value:** In meters.", "{ get; protected set; }"
        ),
        found("Acme.Core.Circle.Name", (20, 21), "public string Name"),
        found("Acme.Core.Circle.Done Acme.Core.Circle.Gone", (22, 23)),
        found("Acme.Core.Circle.Color", (24, 25), "public enum Color"),
        found("Acme.Core.Circle.Color.Red", (27, 28), "Red = 1"),
    ),
    "text": (
        """
        /// <summary>
        /// A <c>List&lt;T&gt;</c> of <see cref="T:Acme.Item{T}"/>, see <see langword="null"/>
        /// &amp; <paramref name="x"/>.
        /// <para>Second.</para>
        /// </summary>
        /// <remarks>
        /// <list type="bullet">
        /// <item><description>one</description></item>
        /// <item><term>two</term><description>deux</description></item>
        /// </list>
        /// <code>
        /// f(a &lt; b);
        /// </code>
        /// </remarks>
        /// <typeparam name="T">the type</typeparam>
        /// <param name="x">the x,
        ///   in meters</param>
        /// <returns><c>true</c> if so</returns>
        /// <exception cref="System.IO.IOException">if not</exception>
        /// <seealso cref="Other"/>
        /// <example>
        /// <code>
        /// Draws(1);
        /// </code>
        /// </example>
        public delegate bool Draws<T>(int x);
        """,
        found(
            "Draws",
            (2, 26),
            "A `List<T>` of `Acme.Item<T>`, see `null`\n& `x`.",
            "Second.",
            "- one",
            "- **two** deux",
            "```\nf(a < b);\n```",
            "- `T`: the type",
            "- `x`: the x,\n  in meters",
            "- **Returns:** `true` if so",
            "- **Throws** `System.IO.IOException`: if not",
            "- **See:** Other",
            "- **Example:**",
            "Draws(1);",
            "public delegate bool Draws<T>(int x)",
        ),
    ),
    "namespaces, records and interfaces": (
        """
        namespace Acme
        {
            namespace Core
            {
                /// <summary>A point.</summary>
                /// <param name="X">the x</param>
                public record Point(int X);
                /** <summary>Draws.</summary> */
                public interface IDraws
                {
                    /// <summary>Once.</summary>
                    void Draw();
                }
            }
        }
        """,
        found(
            "Acme.Core.Point Acme.Core.Point.X",
            (5, 7),
            "A point.",
            "- `X`: the x",
            "public record Point(int X)",
        ),
        found("Acme.Core.IDraws", (8, 9), "Draws.", "public interface IDraws"),
        found("Acme.Core.IDraws.Draw", (11, 12), "Once.", "void Draw()"),
    ),
    "conditions that cut through declarations": (
        """
        public class Parted
        {
            /// <summary>Runs.</summary>
            public void Run()
        #if NEW
            {
        #else
            {
                int x;
        #endif
            }
            /// <summary>Stops.</summary>
            public void Stop() { }
        }
        """,
        found("Parted.Run", (3, 4), "Runs.", "public void Run()"),
        found("Parted.Stop", (12, 13), "Stops."),
    ),
}


@pytest.mark.parametrize("name", CSHARP)
def test_csharp(name: str) -> None:
    source, *expected = CSHARP[name]
    check("src/Circle.cs", source, *expected)
