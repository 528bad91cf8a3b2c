//! Quorum change: the same key, shared anew among other parties or under another threshold.
//! `spec/eddsa/quorum_change.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! round 1   ·            → R0: X_i                   all           round1::start
//! round 2   ← R0         → ID: old party id          old           round2::AwaitingKeys::receive
//! round 3   ← ID         → R1: sid_i, Q1_i           all           round3::AwaitingPartyIds::receive
//! round 4   ← R1         → P1: Q2_ij                 old           round4::AwaitingContributions::receive
//! round 5   ← P1         → P2: v_ij, R2: A_i         new, old      round5::AwaitingCommitments::receive
//!           ·            → P2: v_ij, R2: A_i         leaving       round5::AwaitingCommitments::leave
//! round 6   ← R2         · nothing                   leaving       round6::AwaitingPolynomials::receive
//!           ← R2, P2     · the new share             new           round6::AwaitingShares::receive
//! ```

mod message;
mod round1;
mod round2;
mod round3;
mod round4;
mod round5;
mod round6;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use curve25519_dalek::Scalar;
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
    /// The key, 32 bytes as in RFC 8032.
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
    /// A_i
    public: PublicPolynomial,
    /// ρ_i
    blinding: [u8; 32],
    /// v_ii, if I am new too.
    kept: Option<Secret<Scalar>>,
    /// v_ij for every other new party.
    dealt: FromEach<Dealt>,
}

/// What I deal to one new party.
struct Dealt {
    /// v_ij
    share: Secret<Scalar>,
    /// r_ij
    blinding: [u8; 32],
}

/// What a party has fixed in R1.
struct Contribution {
    sid: [u8; 32],
    /// Q1_j, of an old party.
    commitment: [u8; 32],
}
