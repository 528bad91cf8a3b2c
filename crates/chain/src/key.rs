//! The vault's public keys, as addresses are made from them.

use core::fmt;

use k256::PublicKey as Point;

/// A public key that a chain's addresses are made from. Written as the lower-case hex of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKey {
    /// The secp256k1 key at the chain's path, SEC1 compressed (33 bytes).
    Ecdsa([u8; 33]),
    /// The Ed25519 key (32 bytes): the vault's own, for nothing is derived from it.
    Eddsa([u8; 32]),
}

/// Which of the vault's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// The ECDSA key, on secp256k1.
    Secp256k1,
    /// The EdDSA key, on edwards25519.
    Ed25519,
}

/// The key that a vault has for a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The key: derived already, or the chain's own.
    pub key: PublicKey,
    /// Where it stands below the vault's key; `m` for Ed25519 keys, and for a key that the chain has for itself.
    pub path: String,
}

/// Why a key has no address on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are not a public key.
    #[error("not a compressed public key of secp256k1")]
    NotAPoint,
    /// The chain's addresses are made from the vault's other key.
    #[error("not a public key of the curve that the chain uses")]
    Curve,
}

impl PublicKey {
    /// 33 bytes for secp256k1, 32 for Ed25519; `None` for any other length. Whether it is a point is not checked.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let ecdsa = bytes.try_into().ok().map(Self::Ecdsa);
        ecdsa.or_else(|| bytes.try_into().ok().map(Self::Eddsa))
    }

    /// The curve that it is a point of.
    #[must_use]
    pub fn curve(&self) -> Curve {
        match self {
            Self::Ecdsa(_) => Curve::Secp256k1,
            Self::Eddsa(_) => Curve::Ed25519,
        }
    }

    /// The bytes: 33 or 32.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ecdsa(key) => key,
            Self::Eddsa(key) => key,
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<&[u8; 33]> for PublicKey {
    fn from(key: &[u8; 33]) -> Self {
        Self::Ecdsa(*key)
    }
}

impl From<&[u8; 32]> for PublicKey {
    fn from(key: &[u8; 32]) -> Self {
        Self::Eddsa(*key)
    }
}

impl From<&Self> for PublicKey {
    fn from(key: &Self) -> Self {
        *key
    }
}

/// Decodes a SEC1 compressed point (33 bytes); the point at infinity has no such form.
pub(crate) fn decode(public_key: &[u8; 33]) -> Result<Point, KeyError> {
    Point::from_sec1_bytes(public_key).map_err(|_| KeyError::NotAPoint)
}
