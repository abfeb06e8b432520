//! Module doc with [`Circle`].
//!
//! # Examples
//!
//! ```
//! # use shapes::Circle;
//! let c = Circle::new(1.0);
//! # assert!(c.area() > 0.0);
//! ```
#![allow(dead_code)]

use std::fmt;

/// A circle.
///
/// - one
///   goes on
/// - two
#[derive(Debug, Clone)]
/// After attribute.
pub struct Circle<T: Unit> {
    /// The radius.
    pub radius: f64,
    /// hidden
    x: u8,
}

/** Block doc.
 * More of it.
 */
#[inline]
pub const fn area<'a, T>(x: &'a T) -> f64
where
    T: Unit,
{
    0.0
}

/// Docs on an impl.
impl<T: Unit> Circle<T> {
    /// Make one.
    ///
    /// # Panics
    ///
    /// If negative.
    pub fn new(r: f64) -> Self { todo!() }
    /// hidden
    fn private(&self) {}
    /// crate only
    pub(crate) fn crate_only(&self) {}
    /// A const.
    pub const PI: f64 = 3.14;
}

impl<T> fmt::Display for Circle<T> {
    /// Show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { Ok(()) }
}
/// Shape trait.
pub trait Shape: Sized {
    /// Area of it.
    fn area(&self) -> f64;
    /// Item type.
    type Item;
}
#[doc = "An enum."]
pub enum Color {
    /// Red one.
    Red,
    /// Rgb.
    Rgb(u8, u8, u8),
    /// Named
    Named {
        /// The name.
        name: String },
}
/// Makes shapes.
#[macro_export]
macro_rules! shape { ($x:expr) => { $x }; }
/// not exported
macro_rules! nope { () => {} }
pub mod inner {
    //! Inner docs.
    /// F of inner.
    pub fn f() {}
}
mod tests {
    /// hidden
    pub fn t() {}
}
#[doc(hidden)]
/// Hidden.
pub fn hid() {}
extern "C" {
    /// C fn.
    pub fn c_fn(x: i32) -> i32;
}
/// tuple
pub struct Tup(pub i32, /** the str */ pub String);
/// Static.
pub static GLOBAL: &str = "x";
struct Priv;
impl Priv {
    /// hidden via type
    pub fn x() {}
}
/// alias
pub type R<T> = Result<T, Error>;
/// union
pub union U { a: u8 }

macro_rules! local { () => {} }

/// Generic over everything.
///
/// ```no_run
/// generic::<u8>();
/// ```
///
/// ```text
/// # not hidden
/// ```
pub async unsafe fn generic<T>() -> impl Iterator<Item = T> {
    /// Hidden: local.
    pub fn local() {}
}

impl<'a> Iterator for &'a mut Tup {
    /// Of a reference.
    type Item = u8;
}
