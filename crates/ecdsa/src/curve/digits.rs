//! Scalars as signed digits, of eight at a time.

use k256::Scalar;
use quorate_lanes::secp256k1::Mask;
use zeroize::Zeroize;

use crate::curve;

/// `Σ digit_i·2^(WINDOW·i)`, N digits, each between `1 − 2^(WINDOW − 1)` and `2^(WINDOW − 1)`, of eight numbers. Wiped
/// when it goes.
pub(super) struct Digits<const WINDOW: usize, const N: usize>([Digit; N]);

/// A digit of each of the eight numbers.
#[derive(Clone, Copy)]
pub(super) struct Digit {
    /// Its magnitude.
    pub(super) magnitude: [u64; 8],
    /// All ones where it is negative, all zeros elsewhere.
    pub(super) negative: Mask,
}

impl Digit {
    /// Where it is zero.
    pub(super) fn is_zero(&self) -> Mask {
        // A magnitude has no highest bit.
        self.magnitude.map(|magnitude| (magnitude.wrapping_sub(1) >> 63).wrapping_neg())
    }
}

impl<const WINDOW: usize, const N: usize> Digits<WINDOW, N> {
    /// The digits of the scalars, in constant time. They need `WINDOW·N > 256`.
    pub(super) fn new(scalars: [&Scalar; 8]) -> Self {
        Self::of(scalars.map(|scalar| {
            let mut halves = [0; 2];
            let bytes = curve::scalar_bytes(scalar);
            for (half, bytes) in halves.iter_mut().rev().zip(bytes.as_chunks().0) {
                *half = u128::from_be_bytes(*bytes);
            }
            halves
        }))
    }

    /// The digits of numbers that are given as their low and their high half, in constant time.
    pub(super) fn of(numbers: [[u128; 2]; 8]) -> Self {
        let mut digits = [Digit { magnitude: [0; 8], negative: [0; 8] }; N];
        for (lane, [mut low, mut high]) in numbers.into_iter().enumerate() {
            let mut carry = 0;
            for digit in &mut digits {
                let window = lowest(low, WINDOW) + carry;
                low = low >> WINDOW | high << (128 - WINDOW);
                high >>= WINDOW;
                // One more in the next digit where this one would be above the half.
                carry = (window + (1 << (WINDOW - 1)) - 1) >> WINDOW;
                let negative = carry.wrapping_neg();
                let opposite = (1 << WINDOW) - window;
                let places = digit.magnitude.get_mut(lane).zip(digit.negative.get_mut(lane));
                if let Some((magnitude, sign)) = places {
                    *magnitude = window ^ ((window ^ opposite) & negative);
                    *sign = negative;
                }
            }
        }
        Self(digits)
    }

    /// The digits, the lowest first.
    pub(super) fn iter(&self) -> core::slice::Iter<'_, Digit> {
        self.0.iter()
    }
}

/// The lowest bits of a number.
fn lowest(number: u128, bits: usize) -> u64 {
    let [byte, ..] = number.to_le_bytes();
    u64::from(byte) & ((1 << bits) - 1)
}

impl<const WINDOW: usize, const N: usize> Drop for Digits<WINDOW, N> {
    fn drop(&mut self) {
        for Digit { magnitude, negative } in &mut self.0 {
            magnitude.zeroize();
            negative.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use k256::elliptic_curve::PrimeField;

    use super::*;
    use crate::testing::scalars;

    fn value<const WINDOW: usize, const N: usize>(
        digits: &Digits<WINDOW, N>,
        lane: usize,
    ) -> Scalar {
        let base = Scalar::from_u128(1 << WINDOW);
        digits.iter().rev().fold(Scalar::ZERO, |sum, digit| {
            assert!(digit.magnitude[lane] <= 1 << (WINDOW - 1));
            let magnitude = Scalar::from(digit.magnitude[lane]);
            sum * base + if digit.negative[lane] == 0 { magnitude } else { -magnitude }
        })
    }

    #[test]
    fn digits_add_up_to_their_number() {
        for eight in scalars(21).as_chunks::<8>().0 {
            let four = Digits::<4, 65>::new(eight.each_ref());
            let five = Digits::<5, 52>::new(eight.each_ref());
            for (lane, scalar) in eight.iter().enumerate() {
                assert_eq!([value(&four, lane), value(&five, lane)], [*scalar; 2]);
            }
        }
    }
}
