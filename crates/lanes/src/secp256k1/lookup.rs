//! Reading tables of points without saying which: every entry is read, and all but one are masked away.

#[cfg(target_arch = "x86_64")]
use super::ifma;
use super::plain::Limbs;
use super::{Elements, Points};
use crate::width::Width;

/// Lane l of entry `index[l] − 1`, or the identity where the index is 0.
pub(super) fn each<const N: usize>(table: &[Points; N], index: &[u64; 8]) -> Points {
    match Width::usable() {
        #[cfg(target_arch = "x86_64")]
        Width::Avx512 if ifma::is_usable() => ifma::lookup_each(table, index),
        #[cfg(target_arch = "x86_64")]
        Width::Avx2 | Width::Avx512 => x86::each(table, index),
        _ => scan_each(table, index),
    }
}

/// Entry `index[l] − 1` in lane l, or zeros where the index is 0.
pub(super) fn shared<const N: usize>(table: &[[Limbs; 2]; N], index: &[u64; 8]) -> [Elements; 2] {
    match Width::usable() {
        #[cfg(target_arch = "x86_64")]
        Width::Avx512 if ifma::is_usable() => ifma::lookup_shared(table, index),
        #[cfg(target_arch = "x86_64")]
        Width::Avx2 | Width::Avx512 => x86::shared(table, index),
        _ => scan_shared(table, index),
    }
}

#[expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]
#[inline(always)]
fn scan_each<const N: usize>(table: &[Points; N], index: &[u64; 8]) -> Points {
    let masks = masks::<N>(index);
    let mut found = Points { x: Elements::ZERO, y: Elements::ZERO, z: Elements::ZERO };
    let [one, ..] = &mut found.y.0;
    *one = mask(index, 0);
    for one in one {
        *one &= 1;
    }
    for limb in 0..5 {
        scan_row(&mut found.x, table, |entry| &entry.x, limb, &masks);
        scan_row(&mut found.y, table, |entry| &entry.y, limb, &masks);
        scan_row(&mut found.z, table, |entry| &entry.z, limb, &masks);
    }
    found
}

/// One limb of one coordinate.
#[expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]
#[inline(always)]
fn scan_row<const N: usize>(
    found: &mut Elements,
    table: &[Points; N],
    coordinate: impl Fn(&Points) -> &Elements,
    limb: usize,
    masks: &[[u64; 8]; N],
) {
    let Some(found) = found.0.get_mut(limb) else { return };
    let mut row = *found;
    for (entry, masks) in table.iter().zip(masks) {
        if let Some(entry) = coordinate(entry).0.get(limb) {
            for ((word, entry), mask) in row.iter_mut().zip(entry).zip(masks) {
                *word |= entry & mask;
            }
        }
    }
    *found = row;
}

#[expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]
#[inline(always)]
fn scan_shared<const N: usize>(table: &[[Limbs; 2]; N], index: &[u64; 8]) -> [Elements; 2] {
    let mut found = [Elements::ZERO; 2];
    for (entry, mask) in table.iter().zip(masks::<N>(index)) {
        for (found, entry) in found.iter_mut().zip(entry) {
            for (found, limb) in found.0.iter_mut().zip(entry) {
                for (found, mask) in found.iter_mut().zip(&mask) {
                    *found |= limb & mask;
                }
            }
        }
    }
    found
}

/// All ones where the index is 1, 2, and so on.
#[expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]
#[inline(always)]
fn masks<const N: usize>(index: &[u64; 8]) -> [[u64; 8]; N] {
    let mut masks = [[0; 8]; N];
    for (number, masks) in (1..).zip(&mut masks) {
        *masks = mask(index, number);
    }
    masks
}

/// All ones where the index is this number. Both are below 2^63.
#[expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]
#[inline(always)]
fn mask(index: &[u64; 8], number: u64) -> [u64; 8] {
    let mut mask = *index;
    for lane in &mut mask {
        *lane = ((*lane ^ number).wrapping_sub(1) >> 63).wrapping_neg();
    }
    mask
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(
        unsafe_code,
        reason = "instruction sets are called by name, after the processor was asked"
    )]

    use super::super::plain::Limbs;
    use super::super::{Elements, Points};
    use super::{scan_each, scan_shared};

    pub(super) fn each<const N: usize>(table: &[Points; N], index: &[u64; 8]) -> Points {
        #[target_feature(enable = "avx2")]
        fn compiled<const N: usize>(table: &[Points; N], index: &[u64; 8]) -> Points {
            scan_each(table, index)
        }
        assert!(std::is_x86_feature_detected!("avx2"));
        // SAFETY: the processor has what the function needs.
        unsafe { compiled(table, index) }
    }

    pub(super) fn shared<const N: usize>(
        table: &[[Limbs; 2]; N],
        index: &[u64; 8],
    ) -> [Elements; 2] {
        #[target_feature(enable = "avx2")]
        fn compiled<const N: usize>(table: &[[Limbs; 2]; N], index: &[u64; 8]) -> [Elements; 2] {
            scan_shared(table, index)
        }
        assert!(std::is_x86_feature_detected!("avx2"));
        // SAFETY: the processor has what the function needs.
        unsafe { compiled(table, index) }
    }
}
