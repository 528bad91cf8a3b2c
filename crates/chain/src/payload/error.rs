//! Why a payload is not signed.

use crate::amount::AmountError;
use crate::evm::address::AddressError;
use crate::evm::transaction::TransactionError;
use crate::readable::quoted;

/// Why a payload is not signed (`CHAINS 4.8`). Nothing is guessed: what does not parse, and what contradicts itself,
/// is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// It names no coin.
    #[error("its payment names no coin")]
    NoCoin,
    /// It names a chain that is not in the table.
    #[error("this version does not know the chain {}", quoted(.0))]
    UnknownChain(String),
    /// The transactions of a chain's family are not built.
    #[error("transactions on {0} are not built yet")]
    NotBuilt(&'static str),
    /// It asks for something that this version does not sign.
    #[error("it asks for {0}, which this version does not sign")]
    Asks(&'static str),
    /// Its parameters are another family's.
    #[error("its fees are not those of {0}")]
    Specific(&'static str),
    /// A number is not one.
    #[error("its {0} is not a number")]
    Number(&'static str),
    /// A number does not fit what it counts.
    #[error("its {0} is out of range")]
    Range(&'static str),
    /// An amount is not one.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// An address is not one.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Call data is not hex.
    #[error("its {0} begins with 0x, but is not an even number of hex digits")]
    Hex(&'static str),
    /// Call data is longer than any that we sign.
    #[error("its data has {0} bytes; at most {most} are signed", most = crate::evm::transaction::MOST_DATA)]
    TooMuchData(usize),
    /// It says two things of which one must be wrong.
    #[error("it contradicts itself: {0}")]
    Contradiction(&'static str),
    /// It is not the payment of this vault.
    #[error("it pays from {found}, but this vault's address is {own}")]
    NotOurs {
        /// The sender that it names.
        found: String,
        /// This vault's.
        own: String,
    },
    /// It names another key than this vault's.
    #[error("it names another public key than this vault's for {0}")]
    OtherKey(&'static str),
    /// No block could include it, or it would burn what it sends.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}
