//! The Cosmos family: addresses, which differ in their prefix only.

use bech32::{Bech32, Hrp};

use crate::hash;
use crate::key::KeyError;

/// Bech32 of RIPEMD-160(SHA-256(key)) behind the chain's prefix.
pub(crate) fn address(prefix: &str, public_key: &[u8; 33]) -> Result<String, KeyError> {
    let hash = hash::of_key(public_key)?;
    let encoded = Hrp::parse(prefix).ok().and_then(|hrp| bech32::encode::<Bech32>(hrp, &hash).ok());
    // `None` only for a prefix that is none, which the table of chains does not have.
    encoded.ok_or(KeyError::NotAPoint)
}
