//! What the formulas are written in.

use core::ops::{Add, Mul, Sub};

use super::plain::Limbs;

/// A field element, or several side by side.
///
/// Its magnitude m says how large its limbs may be: m times those of [`Limbs`]. A product, a square and what has been
/// settled have magnitude 1; a sum has the sum of both; `N·a` has N times that of a; `a − b` has 4 more than a, and needs
/// 3 or less of b. The magnitudes of two factors multiply to 48 or less. A formula gives magnitude 1 away.
pub(super) trait Element:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// The same element everywhere.
    fn all(element: Limbs) -> Self;

    /// a²
    fn square(self) -> Self;

    /// `N·a`, N at most 32.
    fn times<const N: u64>(self) -> Self;

    /// a, with magnitude 1; from magnitude 200 or less.
    fn settle(self) -> Self;

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
