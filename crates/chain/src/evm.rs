//! The Ethereum family: addresses, transactions, what a payload makes of them and what they do.

mod abi;
mod address;
mod call;
mod facts;
mod known;
mod payload;
pub(crate) mod payment;
mod reading;
mod signing;
mod swap;
mod transaction;
mod transfer;

pub use address::{Address, AddressError};
pub use facts::Facts;
pub use payload::MOST_DATA;
pub(crate) use payload::Transactions;
pub use transaction::{
    SignError, Signed, Transaction, TransactionError, TransactionError as TransferError, Unsigned,
};
pub use transfer::Transfer;
