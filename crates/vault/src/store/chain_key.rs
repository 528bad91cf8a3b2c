//! The keys that a vault from a seed phrase has for its chains, beside its own two.

use core::fmt;

/// A public key of either curve, as backups write it in hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKey {
    /// secp256k1, SEC1 compressed.
    Ecdsa([u8; 33]),
    /// Ed25519, RFC 8032.
    Eddsa([u8; 32]),
}

impl PublicKey {
    /// 33 bytes for secp256k1, 32 for Ed25519; `None` for any other length. Whether it is a point is not checked.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let ecdsa = bytes.try_into().ok().map(Self::Ecdsa);
        ecdsa.or_else(|| bytes.try_into().ok().map(Self::Eddsa))
    }

    /// The encoding of its curve: 33 or 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ecdsa(bytes) => bytes,
            Self::Eddsa(bytes) => bytes,
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

/// The key of one chain. It is used as it is, without derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainKey {
    /// The chain, as backups and links write it, such as `Bitcoin-Cash`.
    pub chain: String,
    /// Its key. Chains with one derivation path have one.
    pub key: PublicKey,
}
