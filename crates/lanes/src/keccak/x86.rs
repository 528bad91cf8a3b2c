//! By the vector instructions of x86-64.
#![allow(
    unsafe_code,
    reason = "instruction sets are called by name, after the processor was asked"
)]

use core::arch::x86_64::{
    __m128i, __m256i, __m512i, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_loadu_si128,
    _mm_rol_epi64, _mm_set1_epi64x, _mm_storeu_si128, _mm_ternarylogic_epi64, _mm_xor_si128,
    _mm256_andnot_si256, _mm256_castsi256_si128, _mm256_loadu_si256, _mm256_or_si256,
    _mm256_set1_epi64x, _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_si256,
    _mm256_xor_si256, _mm256_zextsi128_si256, _mm512_loadu_si512, _mm512_rol_epi64,
    _mm512_set1_epi64, _mm512_storeu_si512, _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::{ROUND_CONSTANTS, States, plain, round};

/// One state, by the bit instructions that came with AVX2.
pub(super) fn permute_1_by_avx2(states: &mut States<1>) {
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

/// Two states, in one half of what four take.
pub(super) fn permute_2_by_avx2(states: &mut States<2>) {
    assert!(std::is_x86_feature_detected!("avx2"));
    // SAFETY: the processor has what the function needs.
    unsafe { two_by_avx2(states) }
}

/// Eight states, four at a time.
pub(super) fn permute_8_by_avx2(states: &mut States<8>) {
    assert!(std::is_x86_feature_detected!("avx2"));
    // SAFETY: the processor has what the function needs.
    unsafe { eight_by_avx2(states) }
}

/// One state: its words in vectors of their own, for the sake of the instructions.
pub(super) fn permute_1_by_avx512(states: &mut States<1>) {
    assert_avx512();
    // SAFETY: the processor has what the function needs.
    unsafe { one_by_avx512(states) }
}

/// Two states at a time.
pub(super) fn permute_2_by_avx512(states: &mut States<2>) {
    assert_avx512();
    // SAFETY: the processor has what the function needs.
    unsafe { two_by_avx512(states) }
}

/// Eight states at a time.
pub(super) fn permute_8_by_avx512(states: &mut States<8>) {
    assert_avx512();
    // SAFETY: the processor has what the function needs.
    unsafe { eight_by_avx512(states) }
}

fn assert_avx512() {
    assert!(std::is_x86_feature_detected!("avx512f") && std::is_x86_feature_detected!("avx512vl"));
}

#[target_feature(enable = "avx2")]
fn two_by_avx2(states: &mut States<2>) {
    let mut a = [_mm256_set1_epi64x(0); 25];
    for (a, words) in a.iter_mut().zip(&*states) {
        // SAFETY: 16 bytes are there; the load needs no alignment.
        *a = _mm256_zextsi128_si256(unsafe { _mm_loadu_si128(words.as_ptr().cast()) });
    }
    let a = four_by_avx2(a);
    for (words, a) in states.iter_mut().zip(a) {
        // SAFETY: 16 bytes are there; the store needs no alignment.
        unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), _mm256_castsi256_si128(a)) }
    }
}

#[target_feature(enable = "avx2")]
fn eight_by_avx2(states: &mut States<8>) {
    for half in 0..2 {
        let mut a = [_mm256_set1_epi64x(0); 25];
        for (a, words) in a.iter_mut().zip(&*states) {
            if let Some(four) = words.as_chunks::<4>().0.get(half) {
                // SAFETY: 32 bytes are there; the load needs no alignment.
                *a = unsafe { _mm256_loadu_si256(four.as_ptr().cast()) };
            }
        }
        let a = four_by_avx2(a);
        for (words, a) in states.iter_mut().zip(a) {
            if let Some(four) = words.as_chunks_mut::<4>().0.get_mut(half) {
                // SAFETY: 32 bytes are there; the store needs no alignment.
                unsafe { _mm256_storeu_si256(four.as_mut_ptr().cast(), a) }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn four_by_avx2(mut a: [__m256i; 25]) -> [__m256i; 25] {
    macro_rules! turn {
        ($a:expr, $b:expr, $by:literal) => {{
            let word = _mm256_xor_si256($a, $b);
            _mm256_or_si256(_mm256_slli_epi64::<$by>(word), _mm256_srli_epi64::<{ 64 - $by }>(word))
        }};
    }
    #[target_feature(enable = "avx2")]
    fn lead(a: __m256i, b: __m256i) -> __m256i {
        let turned = _mm256_or_si256(_mm256_slli_epi64::<1>(b), _mm256_srli_epi64::<63>(b));
        _mm256_xor_si256(a, turned)
    }
    #[target_feature(enable = "avx2")]
    fn xor5(a: __m256i, b: __m256i, c: __m256i, d: __m256i, e: __m256i) -> __m256i {
        _mm256_xor_si256(_mm256_xor_si256(_mm256_xor_si256(_mm256_xor_si256(a, b), c), d), e)
    }
    #[target_feature(enable = "avx2")]
    fn chi(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        _mm256_xor_si256(a, _mm256_andnot_si256(b, c))
    }

    for constant in ROUND_CONSTANTS {
        let constant = _mm256_set1_epi64x(constant.cast_signed());
        round!(a, constant, _mm256_xor_si256, xor5, lead, turn, chi);
    }
    a
}

/// A permutation of as many states as `$vector` has words.
macro_rules! by_avx512 {
    (
        $name:ident, $states:ty, $vector:ty, $load:expr, $store:expr,
        $all:path, $xor:path, $ternary:ident, $rotate:ident
    ) => {
        #[target_feature(enable = "avx512f,avx512vl")]
        fn $name(states: &mut $states) {
            macro_rules! turn {
                ($a:expr, $b:expr, $by:literal) => {
                    $rotate::<$by>($xor($a, $b))
                };
            }
            #[target_feature(enable = "avx512f,avx512vl")]
            fn lead(a: $vector, b: $vector) -> $vector {
                $xor(a, $rotate::<1>(b))
            }
            #[target_feature(enable = "avx512f,avx512vl")]
            fn xor5(a: $vector, b: $vector, c: $vector, d: $vector, e: $vector) -> $vector {
                // 0x96: the exclusive or of three.
                $ternary::<0x96>($ternary::<0x96>(a, b, c), d, e)
            }
            #[target_feature(enable = "avx512f,avx512vl")]
            fn chi(a: $vector, b: $vector, c: $vector) -> $vector {
                // 0xd2: a ⊕ (¬b ∧ c).
                $ternary::<0xd2>(a, b, c)
            }

            let mut a = [$all(0); 25];
            for (a, words) in a.iter_mut().zip(&*states) {
                *a = $load(words);
            }
            for constant in ROUND_CONSTANTS {
                let constant = $all(constant.cast_signed());
                round!(a, constant, $xor, xor5, lead, turn, chi);
            }
            for (words, a) in states.iter_mut().zip(a) {
                $store(words, a);
            }
        }
    };
}

by_avx512!(
    one_by_avx512,
    States<1>,
    __m128i,
    |[word]: &[u64; 1]| _mm_cvtsi64_si128(word.cast_signed()),
    |[word]: &mut [u64; 1], a| *word = _mm_cvtsi128_si64(a).cast_unsigned(),
    _mm_set1_epi64x,
    _mm_xor_si128,
    _mm_ternarylogic_epi64,
    _mm_rol_epi64
);
by_avx512!(
    two_by_avx512,
    States<2>,
    __m128i,
    // SAFETY: 16 bytes are there; the load needs no alignment.
    |words: &[u64; 2]| unsafe { _mm_loadu_si128(words.as_ptr().cast()) },
    // SAFETY: 16 bytes are there; the store needs no alignment.
    |words: &mut [u64; 2], a| unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), a) },
    _mm_set1_epi64x,
    _mm_xor_si128,
    _mm_ternarylogic_epi64,
    _mm_rol_epi64
);
by_avx512!(
    eight_by_avx512,
    States<8>,
    __m512i,
    // SAFETY: 64 bytes are there; the load needs no alignment.
    |words: &[u64; 8]| unsafe { _mm512_loadu_si512(words.as_ptr().cast()) },
    // SAFETY: 64 bytes are there; the store needs no alignment.
    |words: &mut [u64; 8], a| unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), a) },
    _mm512_set1_epi64,
    _mm512_xor_si512,
    _mm512_ternarylogic_epi64,
    _mm512_rol_epi64
);
