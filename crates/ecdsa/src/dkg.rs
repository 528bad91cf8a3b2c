//! Key generation: commit, open and prove, deal, confirm. `spec/dkls23/dkg.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! round 1   ·            → R1: sid_i, C1_i, x_i           round1::start
//! round 2   ← R1         → OT1, R2: F_i, proofs, C2_i     round2::AwaitingCommitments::receive
//! round 3   ← R2, OT1    → R3: f_i(x_j), OT2, cc_i        round3::AwaitingPolynomials::receive
//! round 4   ← R3         → R4: PK, S_i, proof             round4::AwaitingShares::receive
//! round 5   ← R4         · the share                      round5::AwaitingConfirmations::receive
//! ```
//!
//! With a part of an existing key in place of a drawn constant term it is [`refresh`](crate::refresh).

mod message;
mod round1;
mod round2;
mod round3;
mod round4;
mod round5;
mod session;

use quorate_core::Committee;

pub(crate) use session::Rounds;
pub use session::Session;

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
