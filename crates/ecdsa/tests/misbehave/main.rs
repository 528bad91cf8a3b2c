//! Each check against a party that lies so that only this check can tell.
//!
//! The liar is an honest session whose payloads are rewritten on their way; where it has to commit to its lie first,
//! the commitment is rewritten too. `QUORATE_CHECK_OFF` takes one check away, and then its test must fail.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/change.rs"]
mod change;
#[path = "../support/dealer.rs"]
mod dealer;
#[path = "../support/forge.rs"]
mod forge;
#[path = "../support/keygen.rs"]
mod keygen;
#[path = "../support/signing.rs"]
mod signing;
#[path = "../support/simulation.rs"]
mod simulation;
#[path = "../support/workers.rs"]
mod workers;

mod dkg;
mod import_export;
mod presign;
mod quorum_change;
mod refresh;
mod several;
mod share;
mod sign;
