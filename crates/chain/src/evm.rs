//! The Ethereum family: addresses, native transfers.

mod address;
mod transfer;

pub use address::{Address, AddressError};
pub use transfer::{SignError, Signed, Transfer, TransferError, Unsigned};
