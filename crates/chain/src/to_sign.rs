//! What a key signs: a digest, or bytes as they are.

use core::fmt;

/// What the vault is asked to sign, by which of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToSign {
    /// 32 bytes, by the ECDSA key.
    Digest(Digest),
    /// As many bytes as there are, by the Ed25519 key.
    Bytes(Vec<u8>),
}

impl ToSign {
    /// The digest, or the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Digest(digest) => &digest.0,
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// 32 bytes that the vault is asked to sign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
