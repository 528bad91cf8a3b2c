//! Byte strings as strings of bits, lowest bit first, and what a secret bit may do to them: all in constant time.

use subtle::Choice;

/// The bits of a byte string: bit i is bit (i mod 8) of byte (i div 8).
pub(super) fn bits(bytes: &[u8]) -> impl Iterator<Item = Choice> + '_ {
    bytes.iter().flat_map(|&byte| (0..8).map(move |k| bit(byte, k)))
}

/// Bit `k` of a byte.
pub(super) fn bit(byte: u8, k: u8) -> Choice {
    Choice::from((byte >> k) & 1)
}

/// All ones or all zeros.
pub(super) fn mask(when: Choice) -> u64 {
    u64::from(when.unwrap_u8()).wrapping_neg()
}

/// `into ⊕= value`
pub(super) fn xor<const N: usize>(into: &mut [u8; N], value: &[u8; N]) {
    for (byte, value) in into.iter_mut().zip(value) {
        *byte ^= value;
    }
}

/// `into ⊕= value`, or nothing.
pub(super) fn xor_if<const N: usize>(into: &mut [u8; N], value: &[u8; N], when: Choice) {
    let keep = when.unwrap_u8().wrapping_neg();
    for (byte, value) in into.iter_mut().zip(value) {
        *byte ^= value & keep;
    }
}

/// Makes it all zeros, or leaves it.
pub(super) fn clear_if<const N: usize>(bytes: &mut [u8; N], when: Choice) {
    let keep = when.unwrap_u8().wrapping_sub(1);
    for byte in bytes {
        *byte &= keep;
    }
}

/// Exchanges the two, or leaves them.
pub(super) fn swap_if<const N: usize>(a: &mut [u8; N], b: &mut [u8; N], when: Choice) {
    let keep = when.unwrap_u8().wrapping_neg();
    for (a, b) in a.iter_mut().zip(b) {
        let difference = (*a ^ *b) & keep;
        *a ^= difference;
        *b ^= difference;
    }
}
