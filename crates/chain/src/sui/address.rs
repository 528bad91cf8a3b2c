//! Addresses: a hash of the key.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest as _};

type Blake2b256 = Blake2b<U32>;

/// The mark of an Ed25519 key.
const ED25519: u8 = 0;

/// `0x` and blake2b-256 of the key behind its mark.
pub(crate) fn address(public_key: &[u8; 32]) -> String {
    let hash = Blake2b256::new().chain_update([ED25519]).chain_update(public_key).finalize();
    format!("0x{}", hex::encode(hash))
}
