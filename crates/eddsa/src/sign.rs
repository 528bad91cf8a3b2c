//! Signing: commit to a nonce, reveal it, sign. `spec/eddsa/sign.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! round 1   ·      → R1: p_i, sid_i, com_i    round1::start
//! round 2   ← R1   → R2: R_i, proof           round2::AwaitingCommitments::receive
//! round 3   ← R2   → R3: s_i                  round3::AwaitingNonces::receive
//! round 4   ← R3   · the signature            round4::AwaitingPartials::receive
//! ```

mod message;
mod round1;
mod round2;
mod round3;
mod round4;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_core::{FromEach, PartyIndex};

pub use session::Session;

use crate::share::KeyShare;

/// What the setup of a signing says, and the share to sign with.
pub struct Params {
    /// My share of the key.
    pub share: Arc<KeyShare>,
    /// My place among the signers.
    pub me: PartyIndex,
    /// How many signers there are, this one included.
    pub signers: u8,
    /// What is signed, as it is.
    pub message: Vec<u8>,
}

/// What does not change during a run.
struct Run {
    share: Arc<KeyShare>,
    me: PartyIndex,
    others: BTreeSet<PartyIndex>,
    message: Vec<u8>,
}

/// What the signers have agreed on after round 1.
struct Agreed {
    /// p_j of every signer, mine included.
    party_ids: FromEach<u8>,
    fin: [u8; 32],
}
