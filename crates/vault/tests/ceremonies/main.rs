//! Ceremonies among several devices in one thread, on real stores, with everything that can go wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod band;
mod commit;
mod equivocation;
mod honest;
mod import;
mod open;
mod presign;
mod refusals;
mod restored;
mod two_keys;
mod world;
