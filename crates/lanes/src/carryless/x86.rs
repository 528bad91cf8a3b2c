//! By PCLMULQDQ.
#![allow(
    unsafe_code,
    reason = "instruction sets are called by name, after the processor was asked"
)]

use core::arch::x86_64::{_mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_extract_epi64};

use super::sum;

/// `Σ a·b` over the pairs.
pub(super) fn inner_product<'a>(
    pairs: impl Iterator<Item = (&'a [u64; 2], &'a [u64; 2])>,
) -> [u128; 2] {
    assert!(std::is_x86_feature_detected!("pclmulqdq") && std::is_x86_feature_detected!("sse4.1"));
    // SAFETY: the processor has what the function needs.
    unsafe { multiplying(pairs) }
}

#[target_feature(enable = "pclmulqdq,sse4.1")]
fn multiplying<'a>(pairs: impl Iterator<Item = (&'a [u64; 2], &'a [u64; 2])>) -> [u128; 2] {
    sum(pairs, |a, b| {
        let word = |word: u64| _mm_cvtsi64_si128(word.cast_signed());
        let product = _mm_clmulepi64_si128::<0>(word(a), word(b));
        let [low, high] = [_mm_extract_epi64::<0>(product), _mm_extract_epi64::<1>(product)];
        u128::from(high.cast_unsigned()) << 64 | u128::from(low.cast_unsigned())
    })
}
