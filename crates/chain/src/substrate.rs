//! Polkadot and its relatives.

pub(crate) mod address;
