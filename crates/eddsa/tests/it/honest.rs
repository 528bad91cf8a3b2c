//! Honest parties succeed, whatever the order of delivery.

pub(crate) mod dkg;
mod import_export;
mod quorum_change;
mod refresh;
pub(crate) mod sign;
