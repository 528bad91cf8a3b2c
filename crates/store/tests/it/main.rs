//! The store as its users meet it: rules, homes, damage, crashes.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed helper is a failed test"
)]

mod crash;
mod damage;
mod home;
mod presignatures;
mod rules;
mod support;
