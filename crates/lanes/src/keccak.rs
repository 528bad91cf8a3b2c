//! Keccak-f\[1600\] (FIPS 202, 3.2 to 3.4).

#[cfg(target_arch = "aarch64")]
mod aarch64;
mod plain;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::width::Width;

/// `W` states side by side: word i of state l is `[i][l]`, and word `x + 5·y` is lane (x, y) of the standard.
pub type States<const W: usize> = [[u64; W]; 25];

/// States that can be permuted together.
pub trait Permute {
    /// Applies the permutation to every state.
    fn permute(&mut self);
}

impl Permute for States<1> {
    fn permute(&mut self) {
        match Width::usable() {
            #[cfg(target_arch = "x86_64")]
            Width::Avx512 => x86::permute_1_by_avx512(self),
            #[cfg(target_arch = "x86_64")]
            Width::Avx2 => x86::permute_1_by_avx2(self),
            #[cfg(target_arch = "aarch64")]
            Width::Neon | Width::Sha3 => plain::permute(self),
            Width::Portable => plain::permute(self),
        }
    }
}

impl Permute for States<2> {
    fn permute(&mut self) {
        match Width::usable() {
            #[cfg(target_arch = "x86_64")]
            Width::Avx512 => x86::permute_2_by_avx512(self),
            #[cfg(target_arch = "x86_64")]
            Width::Avx2 => x86::permute_2_by_avx2(self),
            #[cfg(target_arch = "aarch64")]
            Width::Sha3 => aarch64::permute_2(self),
            #[cfg(target_arch = "aarch64")]
            Width::Neon => plain::permute_one_by_one(self),
            Width::Portable => plain::permute_one_by_one(self),
        }
    }
}

impl Permute for States<8> {
    fn permute(&mut self) {
        match Width::usable() {
            #[cfg(target_arch = "x86_64")]
            Width::Avx512 => x86::permute_8_by_avx512(self),
            #[cfg(target_arch = "x86_64")]
            Width::Avx2 => x86::permute_8_by_avx2(self),
            #[cfg(target_arch = "aarch64")]
            Width::Sha3 => aarch64::permute_8(self),
            #[cfg(target_arch = "aarch64")]
            Width::Neon => plain::permute_one_by_one(self),
            Width::Portable => plain::permute_one_by_one(self),
        }
    }
}

/// The constants of ι, one a round.
const ROUND_CONSTANTS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// One round, written once for every kind of word. `$a` holds 25 words; the operations are expressions or macros of
/// words: exclusive or of two and of five; `$lead`, a ⊕ (b rotated to the left by one); `$turn`, a ⊕ b rotated to the left
/// by a constant; and `$chi`, a ⊕ (¬b ∧ c).
///
/// Word by word instead of in loops, and row by row: the words stay in registers, and nothing is indexed.
macro_rules! round {
    (
        $a:ident, $constant:expr, $xor:path, $xor5:path, $lead:path, $turn:ident, $chi:path
    ) => {{
        let [
            a00,
            a01,
            a02,
            a03,
            a04,
            a05,
            a06,
            a07,
            a08,
            a09,
            a10,
            a11,
            a12,
            a13,
            a14,
            a15,
            a16,
            a17,
            a18,
            a19,
            a20,
            a21,
            a22,
            a23,
            a24,
        ] = $a;

        // θ
        let c0 = $xor5(a00, a05, a10, a15, a20);
        let c1 = $xor5(a01, a06, a11, a16, a21);
        let c2 = $xor5(a02, a07, a12, a17, a22);
        let c3 = $xor5(a03, a08, a13, a18, a23);
        let c4 = $xor5(a04, a09, a14, a19, a24);
        let d0 = $lead(c4, c1);
        let d1 = $lead(c0, c2);
        let d2 = $lead(c1, c3);
        let d3 = $lead(c2, c4);
        let d4 = $lead(c3, c0);

        // θ's last step, ρ, π and χ. By π, word (x, y) goes to (y, 2x + 3y).
        let [e00, e01, e02, e03, e04] = $crate::keccak::row!(
            $chi,
            $xor(a00, d0),
            $turn!(a06, d1, 44),
            $turn!(a12, d2, 43),
            $turn!(a18, d3, 21),
            $turn!(a24, d4, 14),
        );
        let [e05, e06, e07, e08, e09] = $crate::keccak::row!(
            $chi,
            $turn!(a03, d3, 28),
            $turn!(a09, d4, 20),
            $turn!(a10, d0, 3),
            $turn!(a16, d1, 45),
            $turn!(a22, d2, 61),
        );
        let [e10, e11, e12, e13, e14] = $crate::keccak::row!(
            $chi,
            $turn!(a01, d1, 1),
            $turn!(a07, d2, 6),
            $turn!(a13, d3, 25),
            $turn!(a19, d4, 8),
            $turn!(a20, d0, 18),
        );
        let [e15, e16, e17, e18, e19] = $crate::keccak::row!(
            $chi,
            $turn!(a04, d4, 27),
            $turn!(a05, d0, 36),
            $turn!(a11, d1, 10),
            $turn!(a17, d2, 15),
            $turn!(a23, d3, 56),
        );
        let [e20, e21, e22, e23, e24] = $crate::keccak::row!(
            $chi,
            $turn!(a02, d2, 62),
            $turn!(a08, d3, 55),
            $turn!(a14, d4, 39),
            $turn!(a15, d0, 41),
            $turn!(a21, d1, 2),
        );

        // ι
        let e00 = $xor(e00, $constant);

        $a = [
            e00, e01, e02, e03, e04, e05, e06, e07, e08, e09, e10, e11, e12, e13, e14, e15, e16,
            e17, e18, e19, e20, e21, e22, e23, e24,
        ];
    }};
}
use round;

/// χ on one row.
macro_rules! row {
    ($chi:path, $b0:expr, $b1:expr, $b2:expr, $b3:expr, $b4:expr $(,)?) => {{
        let [b0, b1, b2, b3, b4] = [$b0, $b1, $b2, $b3, $b4];
        [$chi(b0, b1, b2), $chi(b1, b2, b3), $chi(b2, b3, b4), $chi(b3, b4, b0), $chi(b4, b0, b1)]
    }};
}
use row;

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    /// The permutation of an independent implementation.
    fn expected(state: &[u64; 25]) -> [u64; 25] {
        let mut state = *state;
        keccak::Keccak::new().with_f1600(|permute| permute(&mut state));
        state
    }

    fn states<const W: usize>(rng: &mut ChaCha20Rng) -> States<W> {
        core::array::from_fn(|_| core::array::from_fn(|_| rng.next_u64()))
    }

    fn edges<const W: usize>() -> [States<W>; 3] {
        [[[0; W]; 25], [[u64::MAX; W]; 25], [[0x8000_0000_0000_0001; W]; 25]]
    }

    /// Every state comes out as the independent implementation has it.
    fn compare<const W: usize>(before: &States<W>, permute: impl Fn(&mut States<W>)) {
        let mut after = *before;
        permute(&mut after);
        for lane in 0..W {
            let of = |states: &States<W>| states.map(|words| words[lane]);
            assert_eq!(of(&after), expected(&of(before)), "state {lane}");
        }
    }

    fn compare_all<const W: usize>(permute: impl Fn(&mut States<W>)) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for before in edges().into_iter().chain((0..100).map(|_| states(&mut rng))) {
            compare(&before, &permute);
        }
    }

    #[test]
    fn the_plain_permutation_is_keccak() {
        compare_all::<1>(plain::permute);
        compare_all::<2>(plain::permute_one_by_one);
        compare_all::<8>(plain::permute_one_by_one);
    }

    #[test]
    fn what_this_processor_uses_is_keccak() {
        compare_all::<1>(Permute::permute);
        compare_all::<2>(Permute::permute);
        compare_all::<8>(Permute::permute);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_instruction_set_of_this_processor_is_keccak() {
        if Width::usable() >= Width::Avx2 {
            compare_all::<1>(x86::permute_1_by_avx2);
            compare_all::<2>(x86::permute_2_by_avx2);
            compare_all::<8>(x86::permute_8_by_avx2);
        }
        if Width::usable() >= Width::Avx512 {
            compare_all::<1>(x86::permute_1_by_avx512);
            compare_all::<2>(x86::permute_2_by_avx512);
            compare_all::<8>(x86::permute_8_by_avx512);
        }
        println!("compared up to {:?}", Width::usable());
    }

    #[cfg(target_arch = "aarch64")]
    #[test]
    fn every_instruction_set_of_this_processor_is_keccak() {
        if Width::usable() >= Width::Sha3 {
            compare_all::<2>(aarch64::permute_2);
            compare_all::<8>(aarch64::permute_8);
        }
        println!("compared up to {:?}", Width::usable());
    }
}
