// Copyright (c) 2020 Acme
using System;

namespace Acme.Shapes;

/// <summary>
/// A circle with <c>List&lt;string&gt; x</c> and <see cref="Shape.Area(int, int)">the area</see>.
/// See <see cref="T:System.Collections.Generic.List{T}"/>, <see langword="null"/> &amp;
/// <see href="https://x.y/">site</see>.
/// <para>Second paragraph with <c>a &lt; b</c>.</para>
/// </summary>
/// <remarks>
/// <list type="number">
///   <item><description>one</description></item>
///   <item><term>two</term><description>deux</description></item>
/// </list>
/// <code>
/// var circle = new Circle&lt;Unit&gt;(1);
///   circle.Area();
/// </code>
/// </remarks>
/// <typeparam name="T">the unit</typeparam>
[Serializable, Ann(X = 1)]
public sealed class Circle<T> : Shape, IArea where T : Unit
{
    /// <summary>The limit.</summary>
    public const int Limit = 3, Other = 4;

    /// <summary>hidden</summary>
    private int x;

    /// <summary>Makes one.</summary>
    /// <param name="r">the radius,
    ///     in meters</param>
    /// <exception cref="ArgumentException">if negative</exception>
    public Circle(double r) : base(r) { }

    /// <inheritdoc cref="Shape.Area"/>
    public override double Area(string unit, int scale) => 0;

    /// <summary>Scales it.</summary>
    /// <example>
    /// <code>circle.Scale(2);</code>
    /// </example>
    /// <seealso cref="Area"/>
    public Circle<T> Scale(
        int by,
        bool twice = false)
    {
        return this;
    }

    /// <summary>How large, see <paramref name="x"/>.</summary>
    /// <value>In meters.</value>
    public double Size { get; private set; }

    /// Plain text.
    public event EventHandler? Changed;
}

/// <summary>Kinds.</summary>
public enum Kind
{
    /// <summary>First.</summary>
    A = 1,
    /** <summary>Second.</summary> */
    B,
}

/// <summary>A point.</summary>
public record Point(int X, int Y);

/// <summary>Makes circles.</summary>
/// <returns>one</returns>
public delegate Circle<T> Maker<T>(double r);
