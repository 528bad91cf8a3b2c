//! What the rounds of a quorum change share: what it is about, and what a party makes in one round for another.

use std::collections::BTreeSet;
use std::sync::Arc;

use k256::Scalar;
use quorate_core::{FromEach, PartyIndex, Secret};

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
pub(super) struct Run {
    pub(super) me: PartyIndex,
    /// Everybody but me.
    pub(super) others: BTreeSet<PartyIndex>,
    /// The old parties but me.
    pub(super) old: BTreeSet<PartyIndex>,
    /// The new ids of the new parties but me.
    pub(super) new: FromEach<u8>,
    /// My own, if I am new.
    pub(super) new_id: Option<u8>,
    pub(super) threshold: u8,
    pub(super) public_key: [u8; POINT_LEN],
    pub(super) share: Option<Arc<KeyShare>>,
}

/// My sharing of my part of the key, if I am old.
pub(super) struct Dealing {
    /// F_i
    pub(super) public: PublicPolynomial,
    /// r1_i
    pub(super) blinding: [u8; 32],
    /// p_ii, if I am new too.
    pub(super) kept: Option<Secret<Scalar>>,
    /// p_ij for every other new party.
    pub(super) dealt: FromEach<Dealt>,
}

/// What I deal to one new party.
pub(super) struct Dealt {
    /// p_ij
    pub(super) share: Secret<Scalar>,
    /// r2_ij
    pub(super) blinding: [u8; 32],
}

/// What a party has fixed in R1.
pub(super) struct Contribution {
    pub(super) sid: [u8; 32],
    /// Q1_j, of an old party.
    pub(super) commitment: [u8; 32],
}

/// x' of the party with this new id.
pub(super) fn point_of(new_id: u8) -> Scalar {
    Scalar::from(u32::from(new_id) + 1)
}
