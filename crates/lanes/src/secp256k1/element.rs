//! What the formulas are written in.

use core::ops::{Add, Mul, Sub};

use super::plain::Limbs;

/// A field element, or several side by side. Every result has limbs as [`Limbs`] says.
pub(super) trait Element:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// The same element everywhere.
    fn all(element: Limbs) -> Self;

    /// a²
    fn square(self) -> Self;

    /// `N·a`, N at most 32.
    fn times<const N: u64>(self) -> Self;

    /// a, squared that often.
    #[expect(
        clippy::inline_always,
        reason = "is compiled once for each instruction set of its callers"
    )]
    #[inline(always)]
    fn square_times(self, count: usize) -> Self {
        let mut power = self;
        for _ in 0..count {
            power = power.square();
        }
        power
    }
}
