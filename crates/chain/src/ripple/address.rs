//! The XRP Ledger: classic addresses.

use crate::hash;
use crate::key::KeyError;

/// Base 58 with a checksum, in an alphabet of its own, of RIPEMD-160(SHA-256(key)).
pub(crate) fn address(public_key: &[u8; 33]) -> Result<String, KeyError> {
    Ok(hash::base58_check(bs58::Alphabet::RIPPLE, &[0], &hash::of_key(public_key)?))
}
