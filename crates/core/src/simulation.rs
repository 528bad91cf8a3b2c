//! Parties in one process, for tests and for programs that measure: with the feature `simulation`, never in a product.
//!
//! A party is a session, what it sends first, and its randomness, which every run repeats. [`run`] takes parties to their
//! end with a post that reorders and repeats; [`hold`] hands over whatever is sent in the order in which it is sent.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod post;
mod randomness;
#[cfg(feature = "recorded")]
pub mod recorded;
mod verdict;

pub use post::{Outcomes, Party, Post, all_done, hold, honestly, run, run_on};
pub use randomness::{Seeded, seeded};
#[cfg(feature = "switch-checks-off")]
pub use verdict::switch;
pub use verdict::{blame, suspect, verdict};

use crate::party::PartyIndex;

/// The party at this position.
#[must_use]
pub const fn p(position: u8) -> PartyIndex {
    PartyIndex::new(position)
}
