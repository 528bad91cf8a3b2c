//! Signing before the hash is known: commit to a nonce, offer multiplications, multiply. `spec/dkls23/presign.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of `spec/dkls23/sign.md`.
//!
//! ```text
//! round 1   ·       → R1: sid_i, com_i, pid_i           round1::start
//! round 2   ← R1    → R2: RVOLE offer                   round2::AwaitingCommitments::receive
//! round 3   ← R2    → R3: RVOLE reply, opening, Γ, ψ    round3::AwaitingOffers::receive
//! round 4   ← R3    · the presignature                  round4::AwaitingProducts::receive
//! ```
//!
//! [`finish`](crate::finish) makes it a signature; [`sign`](crate::sign) does both in one run.

mod message;
mod presignature;
mod round1;
mod round2;
mod round3;
mod round4;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_core::PartyIndex;

pub use presignature::{PRESIGNATURE_LEN, Presignature};
pub(crate) use session::Rounds;
pub use session::Session;

use crate::check::Check;
use crate::derive::{Child, DerivationPath};
use crate::share::{KeyShare, Seeds};

/// What the setup of a presigning says, and the share to sign with.
pub struct Params {
    /// My share of the key.
    pub share: Arc<KeyShare>,
    /// My place among the signers.
    pub me: PartyIndex,
    /// How many signers there are, this one included.
    pub signers: u8,
    /// Where the key that signs stands below the share's.
    pub path: DerivationPath,
}

/// What does not change during a run.
struct Run {
    share: Arc<KeyShare>,
    me: PartyIndex,
    others: BTreeSet<PartyIndex>,
    /// δ and DPK.
    child: Child,
}

impl Run {
    /// What I share with the party of this id. After 2.1 and 2.2 it is another party of the share, so there is such.
    fn seeds(&self, party_id: u8) -> Result<&Seeds, Check> {
        self.share.seeds.get(&party_id).ok_or(Check::SignPartyIdsDistinct)
    }
}
