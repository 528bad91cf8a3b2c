//! Messages: signed behind a mark that no transaction has.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest as _};

use crate::key::PublicKey;
use crate::message::Meaning;
use crate::readable::Readable;

type Blake2b256 = Blake2b<U32>;

/// The mark of an Ed25519 key.
const ED25519: u8 = 0;
/// What a message is signed behind: no transaction is.
const PERSONAL_MESSAGE: [u8; 3] = [3, 0, 0];

pub(crate) fn meaning(bytes: &[u8]) -> Meaning {
    Meaning::Personal(Readable::of(bytes))
}

/// The scheme, Ed25519, before R ‖ S and the key behind it.
pub(crate) fn for_wallets(rs: &[u8], key: PublicKey) -> Vec<u8> {
    [&[ED25519], rs, key.as_bytes()].concat()
}

/// Blake2b-256 of a message behind its mark and its length.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    let hash = Blake2b256::new().chain_update(PERSONAL_MESSAGE).chain_update(length(bytes.len()));
    hash.chain_update(bytes).finalize().into()
}

/// Seven bits in each byte, the lowest first, the highest bit set in all but the last.
fn length(mut length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = length.to_le_bytes();
        length >>= 7;
        if length == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_takes_as_many_bytes_as_it_needs() {
        for (value, bytes) in [
            (0, &[0x00][..]),
            (127, &[0x7f]),
            (128, &[0x80, 0x01]),
            (300, &[0xac, 0x02]),
            (65_536, &[0x80, 0x80, 0x04]),
        ] {
            assert_eq!(length(value), bytes);
        }
    }
}
