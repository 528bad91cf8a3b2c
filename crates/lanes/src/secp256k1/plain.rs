//! One element at a time, in safe Rust, for every processor. Constant time wherever integer multiplication is.

#![expect(
    clippy::inline_always,
    reason = "a formula is one function: calls would cost as much as what they call"
)]

use core::ops::{Add, Mul, Sub};

use super::Elements;
use super::element::Element;
use super::formula::Formula;

/// One element, `Σ limb_i·2^(52·i)`: the first four limbs are below 2^52, the last is at most 2^48 + 2^12. So a number
/// below p has one form, and one more if it is small enough to have p added.
pub type Limbs = [u64; 5];

/// Bits of a limb.
pub(super) const BITS: u32 = 52;
/// A whole limb.
pub(super) const LIMB: u64 = (1 << BITS) - 1;
/// The last limb of a number below 2^256.
pub(super) const TOP: u64 = (1 << 48) - 1;
/// `2^256 mod p`
pub(super) const FOLD: u64 = (1 << 32) + 977;
/// `2^260 mod p`
pub(super) const FOLD_LIMB: u64 = FOLD << 4;
/// `4·p`, in limbs of which each is at least as large as those of magnitude 3.
pub(super) const FOUR_P: Limbs = [4 * (LIMB + 1 - FOLD), 4 * LIMB, 4 * LIMB, 4 * LIMB, 4 * TOP];

/// Computes the formula lane by lane.
pub(super) fn run<F: Formula<I, O>, const I: usize, const O: usize>(
    inputs: [&Elements; I],
) -> [Elements; O] {
    let mut outputs = [Elements::ZERO; O];
    for lane in 0..8 {
        let computed = F::apply(inputs.map(|input| One(input.lane(lane))));
        for (output, One(element)) in outputs.iter_mut().zip(computed) {
            output.set(lane, element);
        }
    }
    outputs
}

/// One element.
#[derive(Clone, Copy)]
struct One(Limbs);

impl Element for One {
    fn all(element: Limbs) -> Self {
        Self(element)
    }

    #[inline(always)]
    fn square(self) -> Self {
        let [a, b, c, d, e] = self.0;
        let (a2, b2, c2, d2) = (2 * a, 2 * b, 2 * c, 2 * d);
        reduce([
            times(a, a),
            times(a2, b),
            times(a2, c) + times(b, b),
            times(a2, d) + times(b2, c),
            times(a2, e) + times(b2, d) + times(c, c),
            times(b2, e) + times(c2, d),
            times(c2, e) + times(d, d),
            times(d2, e),
            times(e, e),
        ])
    }

    #[inline(always)]
    fn times<const N: u64>(self) -> Self {
        let [a, b, c, d, e] = self.0;
        Self([a * N, b * N, c * N, d * N, e * N])
    }

    #[inline(always)]
    fn settle(self) -> Self {
        Self(carry(self.0))
    }
}

impl Add for One {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (self.0, other.0);
        Self([a + f, b + g, c + h, d + i, e + j])
    }
}

impl Sub for One {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (self.0, other.0);
        let [p, q, r, s, t] = FOUR_P;
        Self([a + p - f, b + q - g, c + r - h, d + s - i, e + t - j])
    }
}

impl Mul for One {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (self.0, other.0);
        reduce([
            times(a, f),
            times(a, g) + times(b, f),
            times(a, h) + times(b, g) + times(c, f),
            times(a, i) + times(b, h) + times(c, g) + times(d, f),
            times(a, j) + times(b, i) + times(c, h) + times(d, g) + times(e, f),
            times(b, j) + times(c, i) + times(d, h) + times(e, g),
            times(c, j) + times(d, i) + times(e, h),
            times(d, j) + times(e, i),
            times(e, j),
        ])
    }
}

/// Reduces a product of nine columns, each below 2^112.
#[inline(always)]
fn reduce([c0, c1, c2, c3, c4, c5, c6, c7, c8]: [u128; 9]) -> One {
    // Carries go one column up and no further until the end: every line is ready as soon as the columns are.
    // What is above 2^260.
    let h5 = limb(c5);
    let h6 = limb(c6) + above(c5);
    let h7 = limb(c7) + above(c6);
    let h8 = limb(c8) + above(c7);
    let h9 = above(c8);
    let c0 = c0 + times(h5, FOLD_LIMB);
    let c1 = c1 + times(h6, FOLD_LIMB);
    let c2 = c2 + times(h7, FOLD_LIMB);
    let c3 = c3 + times(h8, FOLD_LIMB);
    let c4 = c4 + times(h9, FOLD_LIMB);

    // What is above 2^256.
    let folded = times(low(c4 >> 48), FOLD);
    let l0 = limb(c0) + limb(folded);
    let l1 = limb(c1) + above(c0) + above(folded);
    let l2 = limb(c2) + above(c1);
    let l3 = limb(c3) + above(c2);
    let l4 = (low(c4) & TOP) + above(c3);
    One(carry([l0, l1, l2, l3, l4]))
}

/// Reduces limbs below 2^63.
#[inline(always)]
fn carry([l0, l1, l2, l3, l4]: Limbs) -> Limbs {
    let l0 = l0 + (l4 >> 48) * FOLD;
    let l1 = l1 + (l0 >> BITS);
    let l2 = l2 + (l1 >> BITS);
    let l3 = l3 + (l2 >> BITS);
    let l4 = (l4 & TOP) + (l3 >> BITS);
    [l0 & LIMB, l1 & LIMB, l2 & LIMB, l3 & LIMB, l4]
}

#[inline(always)]
fn times(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

/// The lowest limb of a column.
#[inline(always)]
fn limb(column: u128) -> u64 {
    low(column) & LIMB
}

/// What is above the lowest limb of a column.
#[inline(always)]
fn above(column: u128) -> u64 {
    low(column >> BITS)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the lower half is what is meant"
)]
#[inline(always)]
fn low(wide: u128) -> u64 {
    wide as u64
}

/// Reduces below p.
fn canonical(element: Limbs) -> Limbs {
    // Below 2^256 now.
    let element = carry(element);
    // Adding 2^256 − p reaches 2^256 exactly if the number is at least p.
    let [l0, rest @ ..] = element;
    let mut over = l0 + FOLD;
    let mut less = [over & LIMB, 0, 0, 0, 0];
    for (less, limb) in less.iter_mut().skip(1).zip(rest) {
        over = (over >> BITS) + limb;
        *less = over & LIMB;
    }
    let [_, _, _, _, top] = &mut less;
    *top = over & TOP;
    let mask = (over >> 48).wrapping_neg();
    let mut reduced = element;
    for (limb, less) in reduced.iter_mut().zip(less) {
        *limb ^= (*limb ^ less) & mask;
    }
    reduced
}

/// From 32 bytes, big-endian.
pub(super) fn from_bytes(bytes: &[u8; 32]) -> Limbs {
    let [w3, w2, w1, w0] = words(bytes);
    [
        w0 & LIMB,
        (w0 >> 52 | w1 << 12) & LIMB,
        (w1 >> 40 | w2 << 24) & LIMB,
        (w2 >> 28 | w3 << 36) & LIMB,
        w3 >> 16,
    ]
}

/// Whether 32 bytes, big-endian, are a number below p: all ones, or all zeros.
pub(super) fn is_below_p(bytes: &[u8; 32]) -> u64 {
    let [w3, w2, w1, w0] = words(bytes);
    let (_, over) = w0.overflowing_add(FOLD);
    let (_, over) = w1.overflowing_add(over.into());
    let (_, over) = w2.overflowing_add(over.into());
    let (_, over) = w3.overflowing_add(over.into());
    u64::from(over).wrapping_sub(1)
}

/// 32 bytes, big-endian, below p.
pub(super) fn to_bytes(element: Limbs) -> [u8; 32] {
    let [l0, l1, l2, l3, l4] = canonical(element);
    let words = [l4 << 16 | l3 >> 36, l3 << 28 | l2 >> 24, l2 << 40 | l1 >> 12, l1 << 52 | l0];
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_be_bytes();
    }
    bytes
}

/// All ones if the element is zero, all zeros if not.
pub(super) fn is_zero(element: Limbs) -> u64 {
    let any = canonical(element).iter().fold(0, |any, limb| any | limb);
    // A limb has no highest bit.
    (any.wrapping_sub(1) >> 63).wrapping_neg()
}

/// All ones if the element, below p, is odd, all zeros if not.
pub(super) fn is_odd(element: Limbs) -> u64 {
    let [l0, ..] = canonical(element);
    (l0 & 1).wrapping_neg()
}

/// 32 bytes, big-endian, as words, the highest first.
fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    words
}
