//! The derived public key that addresses and senders are made from.

use k256::PublicKey;

/// The bytes are not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a compressed public key of secp256k1")]
pub struct KeyError;

/// Decodes a SEC1 compressed point (33 bytes); the point at infinity has no such form.
pub(crate) fn decode(public_key: &[u8; 33]) -> Result<PublicKey, KeyError> {
    PublicKey::from_sec1_bytes(public_key).map_err(|_| KeyError)
}
