//! Honest parties succeed, whatever the order of delivery.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/change.rs"]
mod change;
#[path = "support/dealer.rs"]
mod dealer;
#[path = "support/forge.rs"]
mod forge;
#[path = "support/keygen.rs"]
mod keygen;
#[path = "support/signing.rs"]
mod signing;
#[path = "support/simulation.rs"]
mod simulation;
#[path = "support/workers.rs"]
mod workers;

#[path = "honest/dkg.rs"]
mod dkg;
#[path = "honest/import_export.rs"]
mod import_export;
#[path = "honest/presign.rs"]
mod presign;
#[path = "honest/quorum_change.rs"]
mod quorum_change;
#[path = "honest/refresh.rs"]
mod refresh;
#[path = "honest/same.rs"]
mod same;
#[path = "honest/sign.rs"]
mod sign;
