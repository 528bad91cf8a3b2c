//! Solana: addresses, transfers, and transactions made by others, read before they are signed.
//!
//! Solana signs a transaction's bytes as they are, unhashed, and calls them its *message*. Here they are a
//! [`Transaction`], and a message is a text.

pub(crate) mod address;
mod bytes;
mod instruction;
pub(crate) mod message;
pub(crate) mod transaction;
mod transfer;

pub use address::{Address, AddressError};
pub use transaction::{Transaction, TransactionError};
pub use transfer::{Transfer, TransferError};
