//! The Cosmos family.

pub(crate) mod address;
pub(crate) mod message;
