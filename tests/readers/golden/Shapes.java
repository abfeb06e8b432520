/*
 * Copyright (c) 2020 Acme
 */
package com.acme;

import java.util.*;

/**
 * A circle with {@code List<String> x} and {@link Shape#area(int, int) the area}.
 * See {@link java.util.List} and <b>bold</b> &amp; <a href="http://x.y/">site</a>.
 *
 * <p>Second paragraph with <code>a &lt; b</code>.
 * <pre>{@code
 *   Circle c = new Circle(1);
 *   @Override
 *   if (a < b) { c.area(); }
 * }</pre>
 * <ul>
 *   <li>one
 *   <li>two
 * </ul>
 *
 * @param <T> the unit
 * @author Me
 * @since 1.2
 * @see Shape
 */
@Ann(x = 1)
public final class Circle<T extends Unit> extends Shape implements Area {
    /** The limit. */
    public static final int LIMIT = 3, OTHER = 4;
    /** hidden */
    private int x;
    /** Makes one.
     * @param r the radius,
     *     in meters
     * @throws IllegalArgumentException if negative
     */
    public Circle(double r) throws E { }
    /**
     * {@inheritDoc}
     *
     * @return the area, see {@link #scale}
     * @deprecated use {@link #other()}
     */
    @Override
    @Deprecated
    public double area(
        String unit,
        int scale) {
        return 0; }
    /** Colors. */
    public enum Color {
        /** red */ RED(1),
        /** green */
        GREEN;
        /** code */
        int code() { return 1; }
    }
    /** R. */
    public record R(int a, String b) { /** compact */ public R {} }
    /** An. */
    public @interface An { /** v */ String value() default ""; }
    interface I { /** k */ int K = 1; /** n */ void n(); }
}
class Undoc { static class Deep { /** deep */ void m() {} } }

/// Markdown of Java 23, with `code` and {@link Circle}.
///
/// - one
/// - two
///
/// @param x the x
record Marked(int x) {}

/**
 * Table:
 * <table>
 *  <tr><th>a</th><th>b</th></tr>
 *  <tr><td>1</td><td>{@code 2}</td></tr>
 * </table>
 * @hidden
 */
class Hidden {}

/** Sloppy: Map<String, Integer> and a < b && c > d.
 * <ol><li>First.
 *  <li>Second.</ol>
 * @return {@code
 *     null} never
 */
interface Sloppy extends Comparable<Sloppy> {}
