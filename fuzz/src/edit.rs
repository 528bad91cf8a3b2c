//! Changes to bytes that were right before: what a decoder sees of them is past its first checks.

use crate::input::Input;

/// Numbers and points at which decoders change their mind, as both curves write them.
const NOTABLE: [[u8; 32]; 12] = [
    [0; 32],
    [0xff; 32],
    // 1, big-endian and little-endian: also the identity of edwards25519.
    with([0; 32], 31, 1),
    with([0; 32], 0, 1),
    SECP_Q,
    with(SECP_Q, 31, 0x40),
    SECP_P,
    ED_L,
    with(ED_L, 0, 0xec),
    // p, and −1: the point of order two.
    ED_P,
    with(ED_P, 0, 0xec),
    ED_ORDER_8,
];

/// The order of secp256k1, big-endian.
const SECP_Q: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];
/// The order of its field, big-endian.
const SECP_P: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xfc, 0x2f,
];
/// The prime order of edwards25519, little-endian.
const ED_L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
/// 2^255 − 19, little-endian.
const ED_P: [u8; 32] = with(with([0xff; 32], 0, 0xed), 31, 0x7f);
/// A point of order eight.
const ED_ORDER_8: [u8; 32] = [
    0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
    0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
];

const fn with(mut bytes: [u8; 32], at: usize, byte: u8) -> [u8; 32] {
    bytes[at] = byte;
    bytes
}

/// Changes bytes and keeps their number.
pub fn alter(bytes: &mut [u8], input: &mut Input<'_>) {
    let how = input.byte();
    let at = input.below(bytes.len());
    match how % 4 {
        0 => overwrite(bytes, at, input.chunk()),
        1 => overwrite(bytes, at, &NOTABLE[input.below(NOTABLE.len())]),
        2 => {
            let mask = input.byte();
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= mask);
        }
        _ => {
            let from = input.below(bytes.len());
            let len = usize::from(input.byte()).min(bytes.len() - from.max(at));
            bytes.copy_within(from..from + len, at);
        }
    }
}

/// Changes bytes, and how many there are.
pub fn resize(bytes: &mut Vec<u8>, input: &mut Input<'_>) {
    let how = input.byte();
    let at = input.below(bytes.len() + 1);
    match how % 3 {
        0 => bytes.truncate(at),
        1 => drop(bytes.splice(at..at, input.chunk().iter().copied())),
        _ => {
            let end = (at + usize::from(input.byte())).min(bytes.len());
            bytes.drain(at..end);
        }
    }
}

/// Either.
pub fn edit(bytes: &mut Vec<u8>, input: &mut Input<'_>) {
    if input.byte() % 4 == 0 { resize(bytes, input) } else { alter(bytes, input) }
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    bytes.iter_mut().skip(at).zip(with).for_each(|(byte, new)| *byte = *new);
}
