//! GF(2^128): polynomials modulo X^128 + X^7 + X^2 + X + 1, bit i the coefficient of X^i.
//!
//! Constant time wherever integer multiplication is, which holds for the 64-bit processors in use.

/// A field element as its low and its high half.
pub(super) type Element = [u64; 2];

/// A sum of products that is not reduced yet: 256 bits, low half first.
#[derive(Default)]
pub(super) struct Sum {
    low: u128,
    high: u128,
}

impl Sum {
    /// Adds `a·b`.
    pub(super) fn add_product(&mut self, [a0, a1]: Element, [b0, b1]: Element) {
        let middle = carryless(a0, b1) ^ carryless(a1, b0);
        self.low ^= carryless(a0, b0) ^ (middle << 64);
        self.high ^= carryless(a1, b1) ^ (middle >> 64);
    }

    /// The sum as a field element.
    pub(super) fn reduce(&self) -> u128 {
        // X^128 = X^7 + X^2 + X + 1; what this pushes beyond X^127 has degree below 7 and takes a second turn.
        let beyond = (self.high >> 127) ^ (self.high >> 126) ^ (self.high >> 121);
        let folded = self.high ^ beyond;
        self.low ^ folded ^ (folded << 1) ^ (folded << 2) ^ (folded << 7)
    }
}

/// Every fifth bit, from bit 0.
const EVERY_FIFTH: u128 = {
    let mut bits = 0;
    let mut i = 0;
    while i < 128 {
        bits |= 1 << i;
        i += 5;
    }
    bits
};
/// Every fifth bit of a factor.
const OF_FACTOR: u64 = 0x1084_2108_4210_8421;

/// The product of two polynomials over GF(2), by integer multiplication of factors with holes: of bits five apart
/// at most 13 meet in one place of a product, so that no carry reaches the next place.
fn carryless(a: u64, b: u64) -> u128 {
    let [a0, a1, a2, a3, a4] = split(a);
    let [b0, b1, b2, b3, b4] = split(b);
    let times = |a: u64, b: u64| u128::from(a) * u128::from(b);

    let c0 = times(a0, b0) ^ times(a1, b4) ^ times(a2, b3) ^ times(a3, b2) ^ times(a4, b1);
    let c1 = times(a0, b1) ^ times(a1, b0) ^ times(a2, b4) ^ times(a3, b3) ^ times(a4, b2);
    let c2 = times(a0, b2) ^ times(a1, b1) ^ times(a2, b0) ^ times(a3, b4) ^ times(a4, b3);
    let c3 = times(a0, b3) ^ times(a1, b2) ^ times(a2, b1) ^ times(a3, b0) ^ times(a4, b4);
    let c4 = times(a0, b4) ^ times(a1, b3) ^ times(a2, b2) ^ times(a3, b1) ^ times(a4, b0);

    (c0 & EVERY_FIFTH)
        | (c1 & (EVERY_FIFTH << 1))
        | (c2 & (EVERY_FIFTH << 2))
        | (c3 & (EVERY_FIFTH << 3))
        | (c4 & (EVERY_FIFTH << 4))
}

/// The bits at the places that are 0, 1, 2, 3 and 4 modulo 5.
fn split(factor: u64) -> [u64; 5] {
    [0, 1, 2, 3, 4].map(|shift| factor & (OF_FACTOR << shift))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::{Element, Sum};
    use crate::testing::{array, vectors};

    fn product(a: Element, b: Element) -> u128 {
        let mut sum = Sum::default();
        sum.add_product(a, b);
        sum.reduce()
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
        let mut sum = Sum::default();
        let mut expected = 0;
        for _ in 0..20 {
            let [a, b] = [0; 2].map(|_: u64| [rng.next_u64(), rng.next_u64()]);
            sum.add_product(a, b);
            expected ^= product(a, b);
        }
        assert_eq!(sum.reduce(), expected);
    }
}
