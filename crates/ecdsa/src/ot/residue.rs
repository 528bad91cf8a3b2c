//! Arithmetic modulo the group order n on numbers that need not be below n, and sums of products that are reduced once
//! instead of term by term.
//!
//! Constant time: no branch and no address depends on a number.

use k256::Scalar;
use zeroize::Zeroize;

use super::Word;
use crate::curve::{reduce, scalar_bytes};

/// 2^256 − n: what a carry out of 256 bits amounts to.
const CARRY: [u64; 4] = [0x402d_a173_2fc9_bebf, 0x4551_2319_50b7_5fc4, 1, 0];

/// `1 − 2^256`: it and the complement of a number are, together, the number negated.
pub(super) const BESIDE_COMPLEMENT: Residue = Residue([
    0x7fa4_bd19_a06c_8283,
    0x755d_b9cd_5e91_4077,
    0xffff_ffff_ffff_fffd,
    0xffff_ffff_ffff_ffff,
]);

/// A residue modulo n, as any number below 2^256 that leaves it: lowest limb first.
#[derive(Clone, Copy, Default, Zeroize)]
pub(super) struct Residue([u64; 4]);

/// A residue modulo n, as the number below n: lowest limb first.
#[derive(Clone, Copy)]
pub(super) struct Reduced([u64; 4]);

impl Residue {
    /// `red` of the word, without reducing it.
    #[inline]
    pub(super) fn of(word: &Word) -> Self {
        let mut limbs = [0; 4];
        for (limb, bytes) in limbs.iter_mut().rev().zip(word.as_chunks().0) {
            *limb = u64::from_be_bytes(*bytes);
        }
        Self(limbs)
    }

    /// The number where the mask is all ones, zero where it is all zeros.
    #[inline]
    pub(super) fn masked(self, mask: u64) -> Self {
        Self(self.0.map(|limb| limb & mask))
    }

    /// `2^256 − 1` less the number.
    #[inline]
    pub(super) fn complement(self) -> Self {
        Self(self.0.map(|limb| !limb))
    }

    /// The sum of a few: [`Sum`] is for many, and for products.
    #[inline]
    pub(super) fn sum<const N: usize>(terms: [Self; N]) -> Reduced {
        const { assert!(N <= 4, "so that no limb of a multiple of CARRY is full") }
        let (mut sum, mut carries) = ([0; 4], 0);
        for Self(term) in terms {
            let carry;
            (sum, carry) = add(sum, term);
            carries += u64::from(carry);
        }
        let carries = core::hint::black_box(carries);
        let (sum, carry) = add(sum, CARRY.map(|limb| limb.wrapping_mul(carries)));
        Reduced::of(sum, u64::from(carry))
    }
}

impl Reduced {
    /// Of a number below 2n, whose limbs above the lowest four are `over`.
    #[inline]
    fn of(number: [u64; 4], over: u64) -> Self {
        let (less, carry) = add(number, CARRY);
        Self(choose(number, less, over | u64::from(carry)))
    }

    /// The number, big-endian.
    #[inline]
    pub(super) fn word(self) -> Word {
        let mut word = [0; 32];
        for (bytes, limb) in word.as_chunks_mut().0.iter_mut().rev().zip(self.0) {
            *bytes = limb.to_be_bytes();
        }
        word
    }

    pub(super) fn scalar(self) -> Scalar {
        reduce(&self.word())
    }
}

impl From<Reduced> for Residue {
    fn from(Reduced(limbs): Reduced) -> Self {
        Self(limbs)
    }
}

impl From<&Scalar> for Residue {
    fn from(scalar: &Scalar) -> Self {
        Self::of(&scalar_bytes(scalar))
    }
}

/// A sum of at most 2^32 residues and products of residues.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum([u64; 9]);

impl Sum {
    #[inline]
    pub(super) fn add(&mut self, Residue([a, b, c, d]): Residue) {
        self.add_wide([a, b, c, d, 0, 0, 0, 0]);
    }

    #[inline]
    pub(super) fn add_product(&mut self, Residue(a): Residue, Residue(b): Residue) {
        let [b_0, b_1, b_2, b_3] = b;
        let (p_0, rest) = add_multiple([0; 4], a, b_0);
        let (p_1, rest) = add_multiple(rest, a, b_1);
        let (p_2, rest) = add_multiple(rest, a, b_2);
        let (p_3, [p_4, p_5, p_6, p_7]) = add_multiple(rest, a, b_3);
        self.add_wide([p_0, p_1, p_2, p_3, p_4, p_5, p_6, p_7]);
    }

    #[inline]
    fn add_wide(&mut self, wide: [u64; 8]) {
        let [limbs @ .., top] = &mut self.0;
        let mut carry = false;
        for (limb, other) in limbs.iter_mut().zip(wide) {
            (*limb, carry) = limb.carrying_add(other, carry);
        }
        *top = top.wrapping_add(u64::from(carry));
    }

    #[inline]
    pub(super) fn reduce(self) -> Reduced {
        // Below 2^544; then below 2^418, 2^291, and 2^256 + 2^165.
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let [a, b, c, d, e, f, g, _] = fold([a, b, c, d], [e, f, g, h, i, 0, 0, 0]);
        let [a, b, c, d, e, ..] = fold([a, b, c, d], [e, f, g, 0, 0, 0, 0, 0]);
        let [a, b, c, d, e, ..] = fold([a, b, c, d], [e, 0, 0, 0, 0, 0, 0, 0]);
        Reduced::of([a, b, c, d], e)
    }
}

/// `low + 2^256·high`, with the carry in place of 2^256.
#[inline]
fn fold([a, b, c, d]: [u64; 4], high: [u64; 8]) -> [u64; 8] {
    let [k_0, k_1, ..] = CARRY;
    let mut sum = [a, b, c, d, 0, 0, 0, 0];
    let mut carry = 0;
    for (limb, high) in sum.iter_mut().zip(high) {
        (*limb, carry) = high.carrying_mul_add(k_0, *limb, carry);
    }
    let mut carry = 0;
    for (limb, high) in sum.iter_mut().skip(1).zip(high) {
        (*limb, carry) = high.carrying_mul_add(k_1, *limb, carry);
    }
    let mut carry = false;
    for (limb, high) in sum.iter_mut().skip(2).zip(high) {
        (*limb, carry) = limb.carrying_add(high, carry);
    }
    sum
}

/// The lowest limb, and the others, of `sum + number·limb`.
#[inline]
fn add_multiple(sum: [u64; 4], number: [u64; 4], limb: u64) -> (u64, [u64; 4]) {
    let ([s_0, s_1, s_2, s_3], [n_0, n_1, n_2, n_3]) = (sum, number);
    let (low, carry) = n_0.carrying_mul_add(limb, s_0, 0);
    let (a, carry) = n_1.carrying_mul_add(limb, s_1, carry);
    let (b, carry) = n_2.carrying_mul_add(limb, s_2, carry);
    let (c, carry) = n_3.carrying_mul_add(limb, s_3, carry);
    (low, [a, b, c, carry])
}

/// The sum, and whether it carries.
#[inline]
fn add(mut a: [u64; 4], b: [u64; 4]) -> ([u64; 4], bool) {
    let mut carry = false;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, carry) = a.carrying_add(b, carry);
    }
    (a, carry)
}

/// `b` when told so by a one, otherwise `a`. Which of the two is hidden from the compiler, which else makes branches of
/// masks.
#[inline]
fn choose(mut a: [u64; 4], b: [u64; 4], when: u64) -> [u64; 4] {
    let mask = core::hint::black_box(when).wrapping_neg();
    for (a, b) in a.iter_mut().zip(b) {
        *a ^= (*a ^ b) & mask;
    }
    a
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    /// 0 and 2^256 − 1, around n, around each limb, and at random.
    fn words() -> Vec<Word> {
        let minus_one = scalar_bytes(&-Scalar::ONE);
        let mut words = vec![[0; 32], [0xff; 32], minus_one];
        for more in [1, 2] {
            let mut word = minus_one;
            word[31] += more;
            words.push(word);
        }
        for limb in 0..4 {
            let mut word = [0; 32];
            word[8 * limb + 7] = 1;
            words.push(word);
            word[8 * limb..][..8].fill(0xff);
            words.push(word);
            words.push(word.map(|byte| !byte));
        }
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        words.extend((0..20).map(|_| {
            let mut word = [0; 32];
            rng.fill_bytes(&mut word);
            word
        }));
        words
    }

    #[test]
    fn words_reduce_as_scalars_do() {
        for word in words() {
            let (residue, scalar) = (Residue::of(&word), reduce(&word));
            let reduced = Residue::sum([residue]);
            assert_eq!(reduced.word(), scalar_bytes(&scalar));
            assert_eq!(reduced.scalar(), scalar);
            for residue in [Residue::from(reduced), (&scalar).into(), residue.masked(u64::MAX)] {
                assert_eq!(Residue::sum([residue]).scalar(), scalar);
            }
            assert_eq!(Residue::sum([residue.masked(0)]).word(), [0; 32]);
            let negated = [residue.complement(), BESIDE_COMPLEMENT];
            assert_eq!(Residue::sum(negated).scalar(), -scalar);
        }
    }

    #[test]
    fn sums_and_products_are_those_of_scalars() {
        let words = words();
        for a in &words {
            for b in &words {
                let (x, y) = (reduce(a), reduce(b));
                let (a, b) = (Residue::of(a), Residue::of(b));
                assert_eq!(Residue::sum([a, b]).scalar(), x + y);
                assert_eq!(Residue::sum([a, b, a]).scalar(), x + y + x);
                assert_eq!(Residue::sum([a, b, b, b]).scalar(), x + y + y + y);
                let mut sum = Sum::default();
                sum.add_product(a, b);
                assert_eq!(sum.reduce().scalar(), x * y);
                sum.add(a);
                assert_eq!(sum.reduce().word(), scalar_bytes(&(x * y + x)));
            }
        }
    }

    #[test]
    fn a_long_sum_reduces_as_its_terms_do() {
        let (mut sum, mut expected) = (Sum::default(), Scalar::ZERO);
        for a in words() {
            for b in words() {
                sum.add_product(Residue::of(&a), Residue::of(&b));
                expected += reduce(&a) * reduce(&b);
                assert_eq!(sum.reduce().scalar(), expected);
            }
        }
        // The largest sum that there can be, and just above what fewer limbs would hold.
        for top in [1, u64::from(u32::MAX)] {
            for limb in [0, 1, u64::MAX] {
                let mut sum = [limb; 9];
                sum[8] = top;
                let two_to_64 = Residue::sum([Residue([0, 1, 0, 0])]).scalar();
                let horner = sum
                    .iter()
                    .rev()
                    .fold(Scalar::ZERO, |sum, &limb| sum * two_to_64 + Scalar::from(limb));
                assert_eq!(Sum(sum).reduce().scalar(), horner);
            }
        }
    }
}
