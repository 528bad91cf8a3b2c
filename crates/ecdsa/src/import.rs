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

use k256::ProjectivePoint;
use quorate_core::PartyIndex;
use zeroize::Zeroizing;

pub use session::Session;

use crate::curve::{self, POINT_LEN, SCALAR_LEN};

/// The party that knows the key.
pub const INITIATOR: PartyIndex = PartyIndex::new(0);

/// The public key, 33 bytes compressed, of a private key, 32 bytes big-endian. `None` unless that is a scalar other than
/// zero.
#[must_use]
pub fn public_key(key: &[u8; SCALAR_LEN]) -> Option<[u8; POINT_LEN]> {
    let key = Zeroizing::new(curve::nonzero_scalar(key)?);
    Some(curve::encode_point(&ProjectivePoint::mul_by_generator(&key)))
}
