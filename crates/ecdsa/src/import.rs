//! Import: a whole key becomes a shared one. `spec/dkls23/import_export.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! initiator, party 0                                    every other party
//!   round1::split      g(0) = the key                     → KEY: Y_j
//!   round2::AwaitingKeys::receive     ← KEY               ·
//!                                     → RECORD: g(j+1)    round3::AwaitingRecord::receive   ← RECORD
//! ```
//!
//! Then all run [`refresh`](crate::refresh) on what they have.

mod message;
mod round1;
mod round2;
mod round3;
mod session;

use quorate_core::PartyIndex;

pub use session::Session;

/// The party that knows the key.
pub const INITIATOR: PartyIndex = PartyIndex::new(0);
