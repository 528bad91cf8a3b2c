//! TON: the address of the wallet contract, version 4 revision 2, that a key owns.
//!
//! A contract's address is the hash of its code and its first data, each a tree of *cells*. A cell's hash is SHA-256 of:
//! two bytes that say how many cells and how many bits it has; the bits, with a 1 behind them if they end within a
//! byte; the depths of its cells; their hashes.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The hash of the contract's code.
const CODE: [u8; 32] = [
    0xfe, 0xb5, 0xff, 0x68, 0x20, 0xe2, 0xff, 0x0d, 0x94, 0x83, 0xe7, 0xe0, 0xd6, 0x2c, 0x81, 0x7d,
    0x84, 0x67, 0x89, 0xfb, 0x4a, 0xe5, 0x80, 0xc8, 0x78, 0x86, 0x6d, 0x95, 0x9d, 0xab, 0xd5, 0xc0,
];
/// How deep the code's cells are nested.
const CODE_DEPTH: [u8; 2] = [0, 7];
/// What tells wallets of one key apart; wallets have one only, by custom.
const WALLET_ID: u32 = 698_983_191;
/// Of the two forms of an address: money that the contract cannot take yet stays there.
const NON_BOUNCEABLE: u8 = 0x51;
/// Where ordinary contracts live.
const WORKCHAIN: u8 = 0;

/// The address in the form that people are given: `UQ…`.
pub(crate) fn address(public_key: &[u8; 32]) -> String {
    let mut bytes = vec![NON_BOUNCEABLE, WORKCHAIN];
    bytes.extend(account(public_key));
    bytes.extend(crc16(&bytes).to_be_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The hash of the contract as it is before its first use.
fn account(public_key: &[u8; 32]) -> [u8; 32] {
    // 321 bits: no payment made yet, the wallet's id, the key, no plugins. No cells.
    let data = Sha256::new()
        .chain_update([0, 0x51])
        .chain_update(0_u32.to_be_bytes())
        .chain_update(WALLET_ID.to_be_bytes())
        .chain_update(public_key)
        .chain_update([0b0100_0000])
        .finalize();
    // Five bits, 00110: of the five things that it may have, code and data. Two cells.
    Sha256::new()
        .chain_update([2, 1, 0b0011_0100])
        .chain_update(CODE_DEPTH)
        .chain_update([0, 0])
        .chain_update(CODE)
        .chain_update(data)
        .finalize()
        .into()
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 { shifted } else { shifted ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }
}
