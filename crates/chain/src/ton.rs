//! TON.

pub(crate) mod address;
