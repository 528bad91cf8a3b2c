//! Solana: addresses, transfers, and transactions made by others, read before they are signed.
//!
//! Solana signs a transaction's bytes as they are, unhashed, and calls them its *message*. Here they are a
//! [`Transaction`], and a message is a text.

mod address;
mod bytes;
mod instruction;
mod transaction;
mod transfer;

pub use address::{Address, AddressError};
pub use transaction::{Transaction, TransactionError};
pub use transfer::{Transfer, TransferError};
