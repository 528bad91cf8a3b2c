//! The ECDSA engine from outside: honest parties, liars, and recorded ceremonies.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod change;
mod dealer;
mod forge;
mod honest;
mod keygen;
mod misbehave;
mod signing;
mod vectors;
mod workers;

use quorate_ecdsa::Check;

/// How each party ended.
type Outcomes<O> = quorate_core::simulation::Outcomes<O, Check>;
