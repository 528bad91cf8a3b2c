//! An intent into the bytes to sign, a signature into a transaction, a key into an address.
//!
//! * [`chain`]: the table of chains, as data.
//! * [`amount`]: whole coins as people write them, base units as chains count them.
//! * [`evm`]: addresses and native transfers of the Ethereum family.
//! * [`bitcoin`]: the forms of address of Bitcoin and its relatives.
//! * [`solana`]: addresses of Solana, its transactions made and read.
//! * [`message`]: texts that a vault signs outside any transaction.
//! * [`wallet`]: private keys as wallets import them.
//! * [`key`]: the public keys that all of them start from.
//!
//! Keys come in derived already, and ECDSA signatures as 65 bytes: `r ‖ s ‖ recovery id`. Nothing here knows a
//! share, a device or a relay, and nothing here does I/O. The specification is `spec/chains.md`.

pub mod amount;
pub mod bitcoin;
mod cardano;
pub mod chain;
mod cosmos;
pub mod evm;
mod hash;
pub mod key;
pub mod message;
mod ripple;
pub mod solana;
mod substrate;
mod sui;
mod summary;
mod ton;
mod tron;
pub mod wallet;

use core::fmt;

/// A 256-bit unsigned number: an amount in the base units of its chain.
pub use alloy_primitives::U256;

pub use chain::Chain;
pub use key::{Curve, PublicKey};
pub use summary::Summary;

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
