//! Quorum change: the same key, shared anew among other parties or under another threshold.
//! `spec/dkls23/quorum_change.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! round 1   ·            → R0: old party id          old           round1::start
//! round 2   ← R0         → R1: sid_i, Q1_i           all           round2::AwaitingPartyIds::receive
//! round 3   ← R1         → P1: Q2_ij                 old           round3::AwaitingContributions::receive
//! round 4   ← P1         → P2: p_ij, R2: F_i         new, old      round4::AwaitingCommitments::receive
//!           ·            → P2: p_ij, R2: F_i         leaving       round4::AwaitingCommitments::leave
//! round 5   ← R2         · nothing                   leaving       round5::AwaitingPolynomials::receive
//!           ← R2, P2     → OT1                       new           round5::AwaitingShares::receive
//! round 6   ← OT1        → OT2                       new           round6::AwaitingOffers::receive
//! round 7   ← OT2        · the new share             new           round7::AwaitingAnswers::receive
//! ```

mod message;
mod round1;
mod round2;
mod round3;
mod round4;
mod round5;
mod round6;
mod round7;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use k256::Scalar;
use quorate_core::{FromEach, PartyIndex, Secret};

pub use session::Session;

use crate::curve::POINT_LEN;
use crate::polynomial::PublicPolynomial;
use crate::share::KeyShare;

/// What the setup of a quorum change says, and the share of an old party.
pub struct Params {
    /// My place among all parties, old and new.
    pub me: PartyIndex,
    /// How many parties there are, old and new.
    pub parties: u8,
    /// Who brings a share.
    pub old: BTreeSet<PartyIndex>,
    /// Who takes a share away; the position here is the new party id.
    pub new: Vec<PartyIndex>,
    /// How many of the new parties shall be able to sign.
    pub threshold: u8,
    /// The key, 33 bytes compressed.
    pub public_key: [u8; POINT_LEN],
    /// My share of it, if I am old.
    pub share: Option<Arc<KeyShare>>,
}

/// What does not change during a run.
struct Run {
    me: PartyIndex,
    /// Everybody but me.
    others: BTreeSet<PartyIndex>,
    /// The old parties but me.
    old: BTreeSet<PartyIndex>,
    /// The new ids of the new parties but me.
    new: FromEach<u8>,
    /// My own, if I am new.
    new_id: Option<u8>,
    threshold: u8,
    public_key: [u8; POINT_LEN],
    share: Option<Arc<KeyShare>>,
}

/// My sharing of my part of the key, if I am old.
struct Dealing {
    /// F_i
    public: PublicPolynomial,
    /// r1_i
    blinding: [u8; 32],
    /// p_ii, if I am new too.
    kept: Option<Secret<Scalar>>,
    /// p_ij for every other new party.
    dealt: FromEach<Dealt>,
}

/// What I deal to one new party.
struct Dealt {
    /// p_ij
    share: Secret<Scalar>,
    /// r2_ij
    blinding: [u8; 32],
}

/// What a party has fixed in R1.
struct Contribution {
    sid: [u8; 32],
    /// Q1_j, of an old party.
    commitment: [u8; 32],
}

/// x' of the party with this new id.
fn point_of(new_id: u8) -> Scalar {
    Scalar::from(u32::from(new_id) + 1)
}
