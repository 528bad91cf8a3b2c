//! By the vector instructions of x86-64.
#![allow(
    unsafe_code,
    reason = "instruction sets are called by name, after the processor was asked"
)]

use core::arch::x86_64::{
    __m256i, __m512i, _mm256_andnot_si256, _mm256_loadu_si256, _mm256_or_si256, _mm256_set1_epi64x,
    _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_si256, _mm256_xor_si256,
    _mm512_loadu_si512, _mm512_rol_epi64, _mm512_set1_epi64, _mm512_storeu_si512,
    _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::{ROUND_CONSTANTS, States, plain, round};

/// One state, by the bit instructions that came with AVX2.
pub(super) fn permute_1(states: &mut States<1>) {
    // BMI1 and BMI2 are older than AVX2, yet a processor may lack them.
    if std::is_x86_feature_detected!("bmi1") && std::is_x86_feature_detected!("bmi2") {
        // SAFETY: the processor has what the function needs.
        unsafe { with_bits(states) }
    } else {
        plain::permute(states);
    }
}

#[target_feature(enable = "bmi1,bmi2")]
fn with_bits(states: &mut States<1>) {
    plain::permute(states);
}

/// Eight states, four at a time.
pub(super) fn permute_8_by_avx2(states: &mut States<8>) {
    assert!(std::is_x86_feature_detected!("avx2"));
    // SAFETY: the processor has what the function needs.
    unsafe { avx2(states) }
}

/// Eight states at a time.
pub(super) fn permute_8_by_avx512(states: &mut States<8>) {
    assert!(std::is_x86_feature_detected!("avx512f"));
    // SAFETY: the processor has what the function needs.
    unsafe { avx512(states) }
}

#[target_feature(enable = "avx2")]
fn avx2(states: &mut States<8>) {
    macro_rules! rotate {
        ($word:expr, $by:literal) => {{
            let word = $word;
            _mm256_or_si256(_mm256_slli_epi64::<$by>(word), _mm256_srli_epi64::<{ 64 - $by }>(word))
        }};
    }
    #[target_feature(enable = "avx2")]
    fn xor5(a: __m256i, b: __m256i, c: __m256i, d: __m256i, e: __m256i) -> __m256i {
        _mm256_xor_si256(_mm256_xor_si256(_mm256_xor_si256(a, b), _mm256_xor_si256(c, d)), e)
    }
    #[target_feature(enable = "avx2")]
    fn chi(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        _mm256_xor_si256(a, _mm256_andnot_si256(b, c))
    }

    for half in 0..2 {
        let mut a = states.each_ref().map(|words| {
            let [low, high] = words.as_chunks::<4>().0 else { return _mm256_set1_epi64x(0) };
            let four = if half == 0 { low } else { high };
            // SAFETY: 32 bytes are there; the load needs no alignment.
            unsafe { _mm256_loadu_si256(four.as_ptr().cast()) }
        });
        for constant in ROUND_CONSTANTS {
            let constant = _mm256_set1_epi64x(constant.cast_signed());
            round!(a, constant, _mm256_xor_si256, xor5, rotate, chi);
        }
        for (words, a) in states.iter_mut().zip(a) {
            if let Some(four) = words.as_chunks_mut::<4>().0.get_mut(half) {
                // SAFETY: 32 bytes are there; the store needs no alignment.
                unsafe { _mm256_storeu_si256(four.as_mut_ptr().cast(), a) }
            }
        }
    }
}

#[target_feature(enable = "avx512f")]
fn avx512(states: &mut States<8>) {
    macro_rules! rotate {
        ($word:expr, $by:literal) => {
            _mm512_rol_epi64::<$by>($word)
        };
    }
    #[target_feature(enable = "avx512f")]
    fn xor5(a: __m512i, b: __m512i, c: __m512i, d: __m512i, e: __m512i) -> __m512i {
        // 0x96: the exclusive or of three.
        _mm512_ternarylogic_epi64::<0x96>(_mm512_ternarylogic_epi64::<0x96>(a, b, c), d, e)
    }
    #[target_feature(enable = "avx512f")]
    fn chi(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // 0xd2: a ⊕ (¬b ∧ c).
        _mm512_ternarylogic_epi64::<0xd2>(a, b, c)
    }

    // SAFETY: 64 bytes are there; the load needs no alignment.
    let mut a = states.each_ref().map(|words| unsafe { _mm512_loadu_si512(words.as_ptr().cast()) });
    for constant in ROUND_CONSTANTS {
        let constant = _mm512_set1_epi64(constant.cast_signed());
        round!(a, constant, _mm512_xor_si512, xor5, rotate, chi);
    }
    for (words, a) in states.iter_mut().zip(a) {
        // SAFETY: 64 bytes are there; the store needs no alignment.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), a) }
    }
}
