//! Honest parties succeed, whatever the order of delivery.

pub(crate) mod dkg;
mod import_export;
mod presign;
mod quorum_change;
mod refresh;
mod same;
pub(crate) mod sign;
