//! By the SHA-3 instructions of 64-bit ARM.
#![allow(
    unsafe_code,
    reason = "instruction sets are called by name, after the processor was asked"
)]

use core::arch::aarch64::{
    uint64x2_t, vbcaxq_u64, vdupq_n_u64, veor3q_u64, veorq_u64, vld1q_u64, vrax1q_u64, vst1q_u64,
    vxarq_u64,
};

use super::{ROUND_CONSTANTS, States, round};

/// Two states at a time.
pub(super) fn permute_2(states: &mut States<2>) {
    assert!(std::arch::is_aarch64_feature_detected!("sha3"));
    // SAFETY: the processor has what the function needs.
    unsafe { two(states) }
}

/// Eight states, two at a time.
pub(super) fn permute_8(states: &mut States<8>) {
    assert!(std::arch::is_aarch64_feature_detected!("sha3"));
    // SAFETY: the processor has what the function needs.
    unsafe { eight(states) }
}

#[target_feature(enable = "neon,sha3")]
fn two(states: &mut States<2>) {
    let mut a = [vdupq_n_u64(0); 25];
    for (a, words) in a.iter_mut().zip(&*states) {
        // SAFETY: 16 bytes are there, and aligned as words are.
        *a = unsafe { vld1q_u64(words.as_ptr()) };
    }
    let a = permute(a);
    for (words, a) in states.iter_mut().zip(a) {
        // SAFETY: 16 bytes are there, and aligned as words are.
        unsafe { vst1q_u64(words.as_mut_ptr(), a) }
    }
}

#[target_feature(enable = "neon,sha3")]
fn eight(states: &mut States<8>) {
    for quarter in 0..4 {
        let mut a = [vdupq_n_u64(0); 25];
        for (a, words) in a.iter_mut().zip(&*states) {
            if let Some(two) = words.as_chunks::<2>().0.get(quarter) {
                // SAFETY: 16 bytes are there, and aligned as words are.
                *a = unsafe { vld1q_u64(two.as_ptr()) };
            }
        }
        let a = permute(a);
        for (words, a) in states.iter_mut().zip(a) {
            if let Some(two) = words.as_chunks_mut::<2>().0.get_mut(quarter) {
                // SAFETY: 16 bytes are there, and aligned as words are.
                unsafe { vst1q_u64(two.as_mut_ptr(), a) }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "neon,sha3")]
fn permute(mut a: [uint64x2_t; 25]) -> [uint64x2_t; 25] {
    macro_rules! turn {
        ($a:expr, $b:expr, $by:literal) => {
            // Rotates to the right.
            vxarq_u64::<{ 64 - $by }>($a, $b)
        };
    }
    #[target_feature(enable = "neon,sha3")]
    fn xor5(
        a: uint64x2_t,
        b: uint64x2_t,
        c: uint64x2_t,
        d: uint64x2_t,
        e: uint64x2_t,
    ) -> uint64x2_t {
        veor3q_u64(veor3q_u64(a, b, c), d, e)
    }
    #[target_feature(enable = "neon,sha3")]
    fn chi(a: uint64x2_t, b: uint64x2_t, c: uint64x2_t) -> uint64x2_t {
        // a ⊕ (c ∧ ¬b)
        vbcaxq_u64(a, c, b)
    }

    for constant in ROUND_CONSTANTS {
        let constant = vdupq_n_u64(constant);
        round!(a, constant, veorq_u64, xor5, vrax1q_u64, turn, chi);
    }
    a
}
