//! The endomorphism of secp256k1: `λ·(x, y) = (β·x, y)`. A multiple of a point is the sum of two multiples by numbers of
//! half the length (Gallant, Lambert, Vanstone: Faster point multiplication on elliptic curves with efficient
//! endomorphisms, 2001).

use k256::Scalar;
use k256::elliptic_curve::bigint::U256;
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::scalar::IsHigh;
use quorate_lanes::secp256k1::{Limbs, Mask};
use subtle::ConditionallySelectable;
use zeroize::{Zeroize, Zeroizing};

use crate::curve;

/// λ, a cube root of one modulo the order.
const LAMBDA: U256 =
    U256::from_be_hex("5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72");
/// β, the cube root of one modulo p that goes with it: 52 bits a limb.
pub(super) const BETA: Limbs = [
    0x9_6c28_7195_01ee,
    0x7_512f_5899_5c13,
    0xc_3434_e99c_f049,
    0x0_7106_e644_79ea,
    0x0_7ae9_6a2b_657c,
];

/// The short vectors (a, −b) and (a', b') of the lattice of all (x, y) with `x + λ·y = 0`: b and b'.
const B: U256 = U256::from_u128(0xe443_7ed6_010e_8828_6f54_7fa9_0abf_e4c3);
const B2: U256 = U256::from_u128(0x3086_d221_a7d4_6bcd_e86c_90e4_9284_eb15);
/// `2^384·b'/n` and `2^384·b/n`, rounded.
const G1: U256 =
    U256::from_be_hex("3086d221a7d46bcde86c90e49284eb153daa8a1471e8ca7fe893209a45dbb031");
const G2: U256 =
    U256::from_be_hex("e4437ed6010e88286f547fa90abfe4c4221208ac9df506c61571b4ae8ac47f71");

/// Eight numbers below 2^128 with their signs.
#[derive(Default)]
pub(super) struct Halves {
    pub(super) magnitude: [u128; 8],
    /// All ones where it is negative, all zeros elsewhere.
    pub(super) negative: Mask,
}

/// `(x, y)` with `x + λ·y = k`, in constant time.
pub(super) fn split(scalars: [&Scalar; 8]) -> Zeroizing<[Halves; 2]> {
    let mut halves = Zeroizing::new([Halves::default(), Halves::default()]);
    for (lane, k) in scalars.into_iter().enumerate() {
        for (half, number) in halves.iter_mut().zip(split_one(k)) {
            let negative = number.is_high();
            let [_, magnitude] = words(&Scalar::conditional_select(&number, &-number, negative));
            let places = half.magnitude.get_mut(lane).zip(half.negative.get_mut(lane));
            if let Some((place, sign)) = places {
                *place = magnitude;
                *sign = u64::from(negative.unwrap_u8()).wrapping_neg();
            }
        }
    }
    halves
}

fn split_one(k: &Scalar) -> [Scalar; 2] {
    let number = U256::from_be_slice(&curve::scalar_bytes(k));
    let y = rounded(&number, &G1) * scalar(&B) - rounded(&number, &G2) * scalar(&B2);
    [*k - y * scalar(&LAMBDA), y]
}

/// `k·g / 2^384`, rounded.
fn rounded(k: &U256, g: &U256) -> Scalar {
    let (_, above) = k.widening_mul(g);
    scalar(&(above >> 128_u32).wrapping_add(&((above >> 127_u32) & U256::ONE)))
}

fn scalar(number: &U256) -> Scalar {
    <Scalar as Reduce<U256>>::reduce(number)
}

/// The high and the low half.
fn words(scalar: &Scalar) -> [u128; 2] {
    let mut words = [0; 2];
    for (word, bytes) in words.iter_mut().zip(curve::scalar_bytes(scalar).as_chunks().0) {
        *word = u128::from_be_bytes(*bytes);
    }
    words
}

impl Zeroize for Halves {
    fn zeroize(&mut self) {
        self.magnitude.zeroize();
        self.negative.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use k256::elliptic_curve::PrimeField;

    use super::*;
    use crate::testing::scalars;

    #[test]
    fn halves_are_short_and_add_up_to_the_scalar() {
        let lambda = scalar(&LAMBDA);
        for eight in scalars(22).as_chunks::<8>().0 {
            let halves = split(eight.each_ref());
            for (lane, k) in eight.iter().enumerate() {
                let [x, y] = halves.each_ref().map(|half| {
                    let magnitude = Scalar::from_u128(half.magnitude[lane]);
                    if half.negative[lane] == 0 { magnitude } else { -magnitude }
                });
                assert_eq!(x + lambda * y, *k);
            }
        }
    }
}
