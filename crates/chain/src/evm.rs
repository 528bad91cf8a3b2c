//! The Ethereum family: addresses, transactions, what a payload makes of them and what they do.

mod abi;
pub(crate) mod address;
mod call;
pub(crate) mod facts;
mod known;
pub(crate) mod message;
pub(crate) mod payload;
pub(crate) mod payment;
mod reading;
mod signing;
mod swap;
pub(crate) mod transaction;
pub mod typed_data;

pub use address::{Address, AddressError};
pub use call::transfer as token_transfer;
pub use facts::Facts;
pub use known::contract as token_contract;
pub use transaction::{MOST_DATA, SignError, Signed, Transaction, TransactionError, Unsigned};
