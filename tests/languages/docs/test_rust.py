"""Doc comments of Rust."""

from __future__ import annotations

import pytest
from tests.languages.docs.check import Found, check, found

RUST = {
    "modules, types and functions": (
        """
        //! About the module.

        /// A circle.
        #[derive(Debug)]
        /// Really.
        pub struct Circle<T: Unit> {
            /// Its size.
            pub size: T,
            /// Hidden.
            x: u8,
        }
        /// An area.
        #[inline]
        pub const fn area<'a>(x: &'a u8) -> u8
        where
            u8: Copy,
        {
            0
        }
        pub mod inner {
            //! About the inner one.
            /// Does.
            pub fn f() {}
        }
        mod hidden {
            /// Hidden.
            pub fn f() {}
        }
        """,
        found("m", (1, 1), "About the module."),
        found("m::Circle", (3, 6), "A circle.", "Really.", "pub struct Circle<T: Unit>\n"),
        found("m::Circle::size", (7, 8), "pub size: T"),
        found("m::area", (12, 16), "pub const fn area<'a>(x: &'a u8) -> u8 where u8: Copy\n"),
        found("m::inner", (21, 21)),
        found("m::inner::f", (22, 23)),
    ),
    "lines under conditions": (
        """
        /// Opens it.
        ///
        #[cfg_attr(feature = "lid", doc = "```")]
        #[cfg_attr(not(feature = "lid"), doc = "```ignore")]
        /// # use lid;
        /// open(lid);
        /// ```
        pub fn open() {}
        """,
        found("m::open", (1, 8), "Opens it.", "```rust\nopen(lid);\n```"),
    ),
    "implementations and traits": (
        """
        /// Has an area.
        pub trait Shape {
            /// It.
            fn area(&self) -> f64;
            /// Of what.
            type Unit;
        }
        impl<T> Circle<T> {
            /// Makes one.
            pub fn new() -> Self {}
            /// Hidden.
            fn hidden() {}
            /// Hidden from others.
            pub(crate) fn inside() {}
        }
        impl fmt::Display for geo::Circle<u8> {
            /// Shows it.
            fn fmt(&self) {}
        }
        struct Private;
        impl Private {
            /// Hidden.
            pub fn f() {}
        }
        """,
        found("m::Shape", (1, 2), "pub trait Shape"),
        found("m::Shape::area", (3, 4), "fn area(&self) -> f64"),
        found("m::Shape::Unit", (5, 6), "type Unit"),
        found("m::Circle::new", (9, 10), "pub fn new() -> Self"),
        found("m::Circle::fmt", (17, 18)),
    ),
    "enumerations, attributes and macros": (
        """
        #[doc = "Colors."]
        pub enum Color {
            /// Like blood.
            Red(u8),
            /// Named.
            Named {
                /// The name.
                name: u8,
            },
        }
        /// Makes.
        #[macro_export]
        macro_rules! make { () => {} }
        /// Hidden.
        macro_rules! hidden { () => {} }
        /// Hidden.
        #[doc(hidden)]
        pub fn hidden() {}
        extern "C" {
            /// From C.
            pub fn c(x: i32);
        }
        """,
        found("m::Color", (1, 2), "Colors.", "pub enum Color"),
        found("m::Color::Red", (3, 4), "Red(u8)"),
        found("m::Color::Named", (5, 6)),
        found("m::Color::Named::name", (7, 8)),
        found("make", (11, 13), "Makes.", "macro_rules! make"),
        found("m::c", (20, 21), "pub fn c(x: i32)"),
    ),
    "texts of other files": (
        """
        #![doc = include_str!("../README.md")]
        #[doc = include_str!("gate.md")]
        pub fn gate() {}
        /// Shuts.
        #[doc = concat!("a", "b")]
        pub fn shut() {}
        #[doc = r#"Opens "wide"."#]
        pub fn open() {}
        """,
        found("m::shut", (4, 6), "Shuts.", "pub fn shut()"),
        found("m::open", (7, 8), 'Opens "wide".', "pub fn open()"),
    ),
    "text": (
        """
        /** Does.
         *
         * # Examples
         *
         * ```no_run
         * # use m;
         * f();
         * ```
         */
        pub fn f() {}
        """,
        found("m::f", (1, 10), "Does.", "**Examples**", "```rust\nf();\n```", "pub fn f()"),
    ),
}


def in_crate(one: Found) -> Found:
    """Add the names that begin with the crate."""
    (name,) = one.symbols
    return Found((name, f"crate::{name}", f"my_shapes::{name}"), one.lines, one.parts)


@pytest.mark.parametrize("name", RUST)
def test_rust(name: str) -> None:
    source, *expected = RUST[name]
    check("crates/my-shapes/src/m.rs", source, *map(in_crate, expected))


@pytest.mark.parametrize(
    ("path", "symbols"),
    [
        ("src/lib.rs", "f crate::f"),
        ("src/main.rs", "f crate::f"),
        ("src/a/b.rs", "a::b::f crate::a::b::f"),
        ("src/a/mod.rs", "a::f crate::a::f"),
        ("src/bin/tool.rs", "f crate::f"),
        ("x/src/a.rs", "a::f crate::a::f x::a::f"),
        ("tests/it.rs", "it::f crate::it::f"),
    ],
)
def test_rust_module_is_named_by_its_path(path: str, symbols: str) -> None:
    check(path, "/// Does.\npub fn f() {}\n", found(symbols, (1, 2)))
