//! Eight elements at a time, by AVX-512 with IFMA: multiplication of 52-bit limbs.
#![allow(
    unsafe_code,
    reason = "instruction sets are called by name, after the processor was asked"
)]
#![expect(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined: closures and `map` would be functions without it"
)]

use core::arch::x86_64::{
    __m512i, __mmask8, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask,
    _mm512_loadu_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_loadu_epi64,
    _mm512_mask_set1_epi64, _mm512_mullo_epi64, _mm512_set1_epi64, _mm512_setzero_si512,
    _mm512_slli_epi64, _mm512_srli_epi64, _mm512_storeu_si512, _mm512_sub_epi64,
};
use core::ops::{Add, Mul, Sub};

use super::element::Element;
use super::formula::Formula;
use super::plain::{FOLD, FOLD_LIMB, FOUR_P, LIMB, Limbs, TOP};
use super::{Elements, Points};

/// Whether the processor has what this needs.
pub(super) fn is_usable() -> bool {
    std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512dq")
        && std::is_x86_feature_detected!("avx512ifma")
}

/// Computes the formula in all lanes at once.
pub(super) fn run<F: Formula<I, O>, const I: usize, const O: usize>(
    inputs: [&Elements; I],
) -> [Elements; O] {
    assert!(is_usable());
    // SAFETY: the processor has what the function needs.
    unsafe { compute::<F, I, O>(inputs) }
}

#[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
fn compute<F: Formula<I, O>, const I: usize, const O: usize>(
    inputs: [&Elements; I],
) -> [Elements; O] {
    let mut elements = [Eight([word(0); 5]); I];
    for (Eight(limbs), Elements(input)) in elements.iter_mut().zip(inputs) {
        for (limb, words) in limbs.iter_mut().zip(input) {
            // SAFETY: 64 bytes are there; the load needs no alignment.
            *limb = unsafe { _mm512_loadu_si512(words.as_ptr().cast()) };
        }
    }
    let mut outputs = [Elements::ZERO; O];
    for (Elements(output), Eight(limbs)) in outputs.iter_mut().zip(F::apply(elements)) {
        for (words, limb) in output.iter_mut().zip(limbs) {
            // SAFETY: 64 bytes are there; the store needs no alignment.
            unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), limb) }
        }
    }
    outputs
}

/// As [`super::lookup::each`].
pub(super) fn lookup_each<const N: usize>(table: &[Points; N], index: &[u64; 8]) -> Points {
    assert!(is_usable());
    // SAFETY: the processor has what the function needs.
    unsafe { scan_each(table, index) }
}

/// As [`super::lookup::shared`].
pub(super) fn lookup_shared<const N: usize>(
    table: &[[Limbs; 2]; N],
    index: &[u64; 8],
) -> [Elements; 2] {
    assert!(is_usable());
    // SAFETY: the processor has what the function needs.
    unsafe { scan_shared(table, index) }
}

#[target_feature(enable = "avx512f")]
fn scan_each<const N: usize>(table: &[Points; N], index: &[u64; 8]) -> Points {
    let mut found = Points::IDENTITY;
    let masks = masks::<N>(index);
    for limb in 0..5 {
        scan_row(&mut found.x, table.iter().map(|entry| &entry.x), limb, &masks);
        scan_row(&mut found.y, table.iter().map(|entry| &entry.y), limb, &masks);
        scan_row(&mut found.z, table.iter().map(|entry| &entry.z), limb, &masks);
    }
    found
}

/// One limb of one coordinate.
#[target_feature(enable = "avx512f")]
fn scan_row<'a>(
    found: &mut Elements,
    entries: impl Iterator<Item = &'a Elements>,
    limb: usize,
    masks: &[__mmask8],
) {
    let Some(found) = found.0.get_mut(limb) else { return };
    // SAFETY: 64 bytes are there; the load needs no alignment.
    let mut row = unsafe { _mm512_loadu_si512(found.as_ptr().cast()) };
    for (entry, mask) in entries.zip(masks) {
        let Some(entry) = entry.0.get(limb) else { return };
        // SAFETY: as above.
        row = unsafe { _mm512_mask_loadu_epi64(row, *mask, entry.as_ptr().cast()) };
    }
    // SAFETY: 64 bytes are there; the store needs no alignment.
    unsafe { _mm512_storeu_si512(found.as_mut_ptr().cast(), row) }
}

#[target_feature(enable = "avx512f")]
fn scan_shared<const N: usize>(table: &[[Limbs; 2]; N], index: &[u64; 8]) -> [Elements; 2] {
    let mut rows = [[_mm512_setzero_si512(); 5]; 2];
    for (entry, mask) in table.iter().zip(masks::<N>(index)) {
        for (rows, entry) in rows.iter_mut().zip(entry) {
            for (row, limb) in rows.iter_mut().zip(entry) {
                *row = _mm512_mask_set1_epi64(*row, mask, limb.cast_signed());
            }
        }
    }
    let mut found = [Elements::ZERO; 2];
    for (found, rows) in found.iter_mut().zip(rows) {
        for (words, row) in found.0.iter_mut().zip(rows) {
            // SAFETY: 64 bytes are there; the store needs no alignment.
            unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), row) }
        }
    }
    found
}

/// Where the index is 1, 2, and so on.
#[target_feature(enable = "avx512f")]
fn masks<const N: usize>(index: &[u64; 8]) -> [__mmask8; N] {
    // SAFETY: 64 bytes are there; the load needs no alignment.
    let index = unsafe { _mm512_loadu_si512(index.as_ptr().cast()) };
    let mut masks = [0; N];
    for (number, mask) in (1..).zip(&mut masks) {
        *mask = _mm512_cmpeq_epi64_mask(index, _mm512_set1_epi64(number));
    }
    masks
}

/// Eight elements. Exists only inside of [`compute`], and so only where the processor has what it needs.
#[derive(Clone, Copy)]
struct Eight([__m512i; 5]);

impl Element for Eight {
    #[inline(always)]
    fn all(element: Limbs) -> Self {
        let [a, b, c, d, e] = element;
        Self([word(a), word(b), word(c), word(d), word(e)])
    }

    #[inline(always)]
    fn square(self) -> Self {
        let [a, b, c, d, e] = self.0;
        let mut twice = Columns::new();
        twice.add::<0, 1>(a, b);
        twice.add::<0, 2>(a, c);
        twice.add::<0, 3>(a, d);
        twice.add::<0, 4>(a, e);
        twice.add::<1, 2>(b, c);
        twice.add::<1, 3>(b, d);
        twice.add::<1, 4>(b, e);
        twice.add::<2, 3>(c, d);
        twice.add::<2, 4>(c, e);
        twice.add::<3, 4>(d, e);
        let mut columns = twice.doubled();
        columns.add::<0, 0>(a, a);
        columns.add::<1, 1>(b, b);
        columns.add::<2, 2>(c, c);
        columns.add::<3, 3>(d, d);
        columns.add::<4, 4>(e, e);
        columns.reduce()
    }

    #[inline(always)]
    fn times<const N: u64>(self) -> Self {
        let [a, b, c, d, e] = self.0;
        let n = word(N);
        Self(carry([times(a, n), times(b, n), times(c, n), times(d, n), times(e, n)]))
    }

    /// Nothing to do: multiplication takes no more than 52 bits of a limb, so every result is settled at once.
    #[inline(always)]
    fn settle(self) -> Self {
        self
    }
}

impl Add for Eight {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (self.0, other.0);
        Self(carry([add(a, f), add(b, g), add(c, h), add(d, i), add(e, j)]))
    }
}

impl Sub for Eight {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (self.0, other.0);
        let [p, q, r, s, t] = FOUR_P;
        Self(carry([
            subtract(add(a, word(p)), f),
            subtract(add(b, word(q)), g),
            subtract(add(c, word(r)), h),
            subtract(add(d, word(s)), i),
            subtract(add(e, word(t)), j),
        ]))
    }
}

impl Mul for Eight {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (self.0, other.0);
        let mut columns = Columns::new();
        columns.add::<0, 0>(a, f);
        columns.add::<0, 1>(a, g);
        columns.add::<0, 2>(a, h);
        columns.add::<0, 3>(a, i);
        columns.add::<0, 4>(a, j);
        columns.add::<1, 0>(b, f);
        columns.add::<1, 1>(b, g);
        columns.add::<1, 2>(b, h);
        columns.add::<1, 3>(b, i);
        columns.add::<1, 4>(b, j);
        columns.add::<2, 0>(c, f);
        columns.add::<2, 1>(c, g);
        columns.add::<2, 2>(c, h);
        columns.add::<2, 3>(c, i);
        columns.add::<2, 4>(c, j);
        columns.add::<3, 0>(d, f);
        columns.add::<3, 1>(d, g);
        columns.add::<3, 2>(d, h);
        columns.add::<3, 3>(d, i);
        columns.add::<3, 4>(d, j);
        columns.add::<4, 0>(e, f);
        columns.add::<4, 1>(e, g);
        columns.add::<4, 2>(e, h);
        columns.add::<4, 3>(e, i);
        columns.add::<4, 4>(e, j);
        columns.reduce()
    }
}

/// A product before its reduction: column k counts 2^(52·k) and is below 2^57.
struct Columns([__m512i; 10]);

impl Columns {
    #[inline(always)]
    fn new() -> Self {
        Self([word(0); 10])
    }

    /// Adds the product of limbs I and J.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "both places are constants below 10")]
    fn add<const I: usize, const J: usize>(&mut self, a: __m512i, b: __m512i) {
        self.0[I + J] = add_low(self.0[I + J], a, b);
        self.0[I + J + 1] = add_high(self.0[I + J + 1], a, b);
    }

    #[inline(always)]
    fn doubled(self) -> Self {
        let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] = self.0;
        Self([
            add(c0, c0),
            add(c1, c1),
            add(c2, c2),
            add(c3, c3),
            add(c4, c4),
            add(c5, c5),
            add(c6, c6),
            add(c7, c7),
            add(c8, c8),
            add(c9, c9),
        ])
    }

    #[inline(always)]
    fn reduce(self) -> Eight {
        let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] = self.0;
        let limb = word(LIMB);
        // What is above 2^260, in limbs: multiplication takes 52 bits of a word.
        let c6 = add(c6, above(c5));
        let c7 = add(c7, above(c6));
        let c8 = add(c8, above(c7));
        let c9 = add(c9, above(c8));
        let [c5, c6, c7, c8] = [and(c5, limb), and(c6, limb), and(c7, limb), and(c8, limb)];

        let fold = word(FOLD_LIMB);
        let l0 = add_low(c0, c5, fold);
        let l1 = add_low(add_high(c1, c5, fold), c6, fold);
        let l2 = add_low(add_high(c2, c6, fold), c7, fold);
        let l3 = add_low(add_high(c3, c7, fold), c8, fold);
        let l4 = add_low(add_high(c4, c8, fold), c9, fold);

        // What is above 2^256.
        let beyond = add_high(word(0), c9, fold);
        // SAFETY: see `Eight`.
        let beyond = unsafe { add(_mm512_slli_epi64::<4>(beyond), _mm512_srli_epi64::<48>(l4)) };
        let fold = word(FOLD);
        let l0 = add_low(l0, beyond, fold);
        let l1 = add_high(l1, beyond, fold);
        Eight(ripple([l0, l1, l2, l3, and(l4, word(TOP))]))
    }
}

/// Reduces limbs below 2^63.
#[inline(always)]
fn carry([l0, l1, l2, l3, l4]: [__m512i; 5]) -> [__m512i; 5] {
    // SAFETY: see `Eight`.
    let beyond = unsafe { _mm512_srli_epi64::<48>(l4) };
    ripple([add_low(l0, beyond, word(FOLD)), l1, l2, l3, and(l4, word(TOP))])
}

/// Limbs of 52 bits from words of up to 63.
#[inline(always)]
fn ripple([l0, l1, l2, l3, l4]: [__m512i; 5]) -> [__m512i; 5] {
    let limb = word(LIMB);
    let l1 = add(l1, above(l0));
    let l2 = add(l2, above(l1));
    let l3 = add(l3, above(l2));
    let l4 = add(l4, above(l3));
    [and(l0, limb), and(l1, limb), and(l2, limb), and(l3, limb), l4]
}

#[inline(always)]
fn word(word: u64) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_set1_epi64(word.cast_signed()) }
}

#[inline(always)]
fn add(a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_add_epi64(a, b) }
}

#[inline(always)]
fn subtract(a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_sub_epi64(a, b) }
}

#[inline(always)]
fn times(a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_mullo_epi64(a, b) }
}

#[inline(always)]
fn and(a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_and_si512(a, b) }
}

/// What is above a limb.
#[inline(always)]
fn above(a: __m512i) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_srli_epi64::<52>(a) }
}

/// `sum + a·b mod 2^52`
#[inline(always)]
fn add_low(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_madd52lo_epu64(sum, a, b) }
}

/// `sum + ⌊a·b / 2^52⌋`
#[inline(always)]
fn add_high(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: see `Eight`.
    unsafe { _mm512_madd52hi_epu64(sum, a, b) }
}
