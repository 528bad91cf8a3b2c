//! The XRP Ledger.

pub(crate) mod address;
pub(crate) mod message;
