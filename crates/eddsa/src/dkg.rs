//! Key generation: commit, open and deal. `spec/eddsa/dkg.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! round 1   ·      → R0: E_i                            round1::start
//! round 2   ← R0   → R1: sid_i, com_i                   round2::AwaitingKeys::receive
//! round 3   ← R1   → R2: A_i, sealed f_i(x_j), proofs   round3::AwaitingCommitments::receive
//! round 4   ← R2   · the share                          round4::AwaitingOpenings::receive
//! ```
//!
//! With a part of an existing key in place of a drawn constant term it is [`refresh`](crate::refresh).

mod message;
mod round1;
mod round2;
mod round3;
mod round4;
mod session;

use quorate_core::Committee;

pub(crate) use session::Rounds;
pub use session::Session;

use crate::crypto_box::BoxKey;
use crate::refresh::Given;

/// What the setup of a key generation says.
#[derive(Clone, Debug)]
pub struct Params {
    /// The parties, my place, and how many shall be able to sign.
    pub committee: Committee,
    /// The name of the new key. `None` gives it the SHA-256 of its encoded public key.
    pub key_id: Option<[u8; 32]>,
}

/// What does not change during a run.
struct Run {
    committee: Committee,
    key_id: Option<[u8; 32]>,
    /// My part of a key that exists; `None` makes a new one.
    given: Option<Given>,
}

/// What a party has sent in round 1, and what I share with it.
struct Committed {
    /// sid_j
    sid: [u8; 32],
    /// com_j
    commitment: [u8; 32],
    /// Of e_i and E_j.
    key: BoxKey,
}
