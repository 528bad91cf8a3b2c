//! By PMULL.
#![allow(
    unsafe_code,
    reason = "instruction sets are called by name, after the processor was asked"
)]

use core::arch::aarch64::vmull_p64;

use super::sum;

/// `Σ a·b` over the pairs.
pub(super) fn inner_product<'a>(
    pairs: impl Iterator<Item = (&'a [u64; 2], &'a [u64; 2])>,
) -> [u128; 2] {
    assert!(std::arch::is_aarch64_feature_detected!("aes"));
    // SAFETY: the processor has what the function needs.
    unsafe { multiplying(pairs) }
}

// Named for AES, with which it came.
#[target_feature(enable = "neon,aes")]
fn multiplying<'a>(pairs: impl Iterator<Item = (&'a [u64; 2], &'a [u64; 2])>) -> [u128; 2] {
    sum(pairs, |a, b| vmull_p64(a, b))
}
