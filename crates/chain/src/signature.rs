//! Signatures, and what they complete.

use crate::evm::transaction;
use crate::key::KeyError;

/// A signature by one of a vault's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// r ‖ s ‖ recovery id.
    Ecdsa([u8; 65]),
    /// R ‖ S.
    Eddsa([u8; 64]),
}

/// What signatures have completed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// The transactions in the order of the chain; none for a message, typed data or a digest.
    pub transactions: Vec<SignedTransaction>,
    /// For a message or typed data: the signature in the form in which the chain's wallets hand it to an application
    /// (`CHAINS 3.6`).
    pub wallet_signature: Option<Vec<u8>>,
}

/// A transaction that its chain can execute, read back from its own bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// The bytes to broadcast.
    pub raw: Vec<u8>,
    /// Its name on the chain, as the chain's explorers write it: on Ethereum `0x` and 64 hex digits.
    pub txid: String,
}

/// Why signatures do not complete a request (`CHAINS 2.3`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// There are more or fewer than there are signings.
    #[error("{found} signatures came for what takes {expected}")]
    Count {
        /// How many it takes.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// One is of the other kind of key.
    #[error("a signature is of the other kind of key")]
    Kind,
    /// A key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It does not complete a transaction of the Ethereum family.
    #[error(transparent)]
    Evm(#[from] transaction::SignError),
}

impl Signature {
    /// The bytes: 65 or 64.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ecdsa(bytes) => bytes,
            Self::Eddsa(bytes) => bytes,
        }
    }
}
