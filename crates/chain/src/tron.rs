//! Tron.

pub(crate) mod address;
pub(crate) mod message;
