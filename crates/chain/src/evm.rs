//! The Ethereum family: addresses, native transfers, personal messages.

mod address;
mod personal;
mod transfer;

pub use address::{Address, AddressError};
pub use personal::{body, prefix};
pub use transfer::{SignError, Signed, Transfer, TransferError, Unsigned};
