//! Products of polynomials over GF(2): bit i is the coefficient of X^i, words and halves go from low to high.

#[cfg(target_arch = "aarch64")]
mod aarch64;
mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::width::Width;

/// `Σ a·b` over the pairs: 256 bits, not reduced.
///
/// One call for many pairs: what the processor has is asked once.
pub fn inner_product<'a>(pairs: impl Iterator<Item = (&'a [u64; 2], &'a [u64; 2])>) -> [u128; 2] {
    match Width::usable() {
        #[cfg(target_arch = "x86_64")]
        Width::Avx2 | Width::Avx512 => x86::inner_product(pairs),
        #[cfg(target_arch = "aarch64")]
        Width::Neon | Width::Sha3 => aarch64::inner_product(pairs),
        Width::Portable => sum(pairs, plain::multiply),
    }
}

/// The sum of the products, by whatever multiplies two words.
#[expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]
#[inline(always)]
fn sum<'a>(
    pairs: impl Iterator<Item = (&'a [u64; 2], &'a [u64; 2])>,
    multiply: impl Fn(u64, u64) -> u128,
) -> [u128; 2] {
    let (mut low, mut high) = (0, 0);
    for (&[a0, a1], &[b0, b1]) in pairs {
        let middle = multiply(a0, b1) ^ multiply(a1, b0);
        low ^= multiply(a0, b0) ^ (middle << 64);
        high ^= multiply(a1, b1) ^ (middle >> 64);
    }
    [low, high]
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    /// From the definition, bit by bit.
    fn by_definition(a: u64, b: u64) -> u128 {
        (0..64).filter(|i| (b >> i) & 1 == 1).fold(0, |sum, i| sum ^ (u128::from(a) << i))
    }

    fn pairs() -> Vec<([u64; 2], [u64; 2])> {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let mut element = || [rng.next_u64(), rng.next_u64()];
        let edges = [[0; 2], [u64::MAX; 2], [1, 0], [0, 1 << 63]];
        let edges = edges.iter().flat_map(|&a| edges.map(|b| (a, b)));
        let random: Vec<_> = (0..200).map(|_| (element(), element())).collect();
        edges.chain(random).collect()
    }

    #[test]
    fn products_are_those_of_the_definition() {
        let pairs = pairs();
        for (a, b) in &pairs {
            let one = || core::iter::once((a, b));
            let expected = sum(one(), by_definition);
            assert_eq!(sum(one(), plain::multiply), expected);
            assert_eq!(inner_product(one()), expected);
        }
        let all = || pairs.iter().map(|(a, b)| (a, b));
        assert_eq!(inner_product(all()), sum(all(), by_definition));
    }
}
