//! Cardano.

pub(crate) mod address;
