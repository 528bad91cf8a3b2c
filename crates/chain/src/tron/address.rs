//! Tron: the addresses of Ethereum in base 58.

use crate::hash;
use crate::key::{self, KeyError};

/// Base 58 with a checksum, of the last 20 bytes of keccak-256 over the key's two coordinates.
pub(crate) fn address(public_key: &[u8; 33]) -> Result<String, KeyError> {
    let hash = hash::of_coordinates(&key::decode(public_key)?);
    Ok(hash::base58_check(bs58::Alphabet::BITCOIN, &[0x41], &hash))
}
