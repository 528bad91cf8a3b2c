//! GF(2^128): polynomials modulo X^128 + X^7 + X^2 + X + 1, bit i the coefficient of X^i.

/// A field element as its low and its high half.
pub(super) type Element = [u64; 2];

/// The field element of a sum of products: 256 bits, low half first.
pub(super) fn reduce([low, high]: [u128; 2]) -> u128 {
    // X^128 = X^7 + X^2 + X + 1; what this pushes beyond X^127 has degree below 7 and takes a second turn.
    let beyond = (high >> 127) ^ (high >> 126) ^ (high >> 121);
    let folded = high ^ beyond;
    low ^ folded ^ (folded << 1) ^ (folded << 2) ^ (folded << 7)
}

#[cfg(test)]
mod tests {
    use quorate_lanes::carryless::inner_product;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::{Element, reduce};
    use crate::testing::{array, vectors};

    fn product(a: Element, b: Element) -> u128 {
        reduce(inner_product(core::iter::once((&a, &b))))
    }

    fn join([low, high]: Element) -> u128 {
        u128::from(high) << 64 | u128::from(low)
    }

    /// The same from the definition, bit by bit.
    fn by_definition(a: Element, b: Element) -> u128 {
        let mut power = join(a);
        let mut product = 0;
        for i in 0..128 {
            product ^= power * ((join(b) >> i) & 1);
            power = (power << 1) ^ (0x87 * (power >> 127));
        }
        product
    }

    #[test]
    fn products_are_the_recorded_ones() {
        let element = |value| {
            let bytes: [u8; 16] = array(value);
            let (halves, _) = bytes.as_chunks();
            [u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])]
        };
        for case in vectors("primitives")["gf128"].as_array().unwrap() {
            let ab = product(element(&case["a"]), element(&case["b"]));
            assert_eq!(ab.to_le_bytes(), array(&case["ab"]));
        }
    }

    #[test]
    fn products_agree_with_the_definition() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let all = [u64::MAX, u64::MAX];
        let top = [0, 1 << 63];
        let mut factors = vec![[0, 0], [1, 0], [2, 0], all, top];
        factors.extend((0..50).map(|_| [rng.next_u64(), rng.next_u64()]));
        for &a in &factors {
            for &b in &factors {
                assert_eq!(product(a, b), by_definition(a, b), "{a:x?} {b:x?}");
            }
        }
    }

    #[test]
    fn sums_reduce_as_the_sum_of_their_products() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let pairs = [(); 20].map(|()| [(); 2].map(|()| [rng.next_u64(), rng.next_u64()]));
        let expected = pairs.iter().fold(0, |sum, &[a, b]| sum ^ product(a, b));
        assert_eq!(reduce(inner_product(pairs.iter().map(|[a, b]| (a, b)))), expected);
    }
}
