//! Round 4: deal and open.
//!
//! ```text
//! 4.1  old: send P2 to each new j: p_ij, r2_ij, rcc;  send R2: F_i, r1_i
//! ```

use quorate_core::{FromEach, Secret};

use super::message::{Round2, Share, ShareCommitment};
use super::round5::{AwaitingPolynomials, AwaitingShares, Kept};
use super::run::{Contribution, Dealing, Run};
use crate::curve;

/// A party that has committed to what it deals and waits for the others' commitments.
pub(super) struct AwaitingCommitments {
    pub(super) run: Run,
    pub(super) fsid: [u8; 32],
    pub(super) contributions: FromEach<Contribution>,
    pub(super) dealing: Option<Dealing>,
}

/// What an old party sends in round 4.
pub(super) struct Dealings {
    pub(super) shares: FromEach<Share>,
    pub(super) opening: Round2,
}

impl AwaitingCommitments {
    /// Round 4 of a new party. Only old ones have something to send.
    pub(super) fn receive(
        self,
        new_id: u8,
        commitments: FromEach<ShareCommitment>,
    ) -> (AwaitingShares, Option<Dealings>) {
        let Self { run, fsid, contributions, dealing } = self;
        // 4.1
        let (own, dealings) = deal(&run, dealing);
        (AwaitingShares { run, new_id, fsid, contributions, own, commitments }, dealings)
    }

    /// Round 4 of a leaving party, to which nobody deals.
    pub(super) fn leave(self) -> (AwaitingPolynomials, Option<Dealings>) {
        let Self { run, contributions, dealing, .. } = self;
        let (own, dealings) = deal(&run, dealing);
        let own = own.map(|kept| kept.public);
        (AwaitingPolynomials { run, contributions, own }, dealings)
    }
}

fn deal(run: &Run, dealing: Option<Dealing>) -> (Option<Kept>, Option<Dealings>) {
    let old = dealing.zip(run.share.as_ref());
    old.map(|(Dealing { public, blinding, kept, dealt }, share)| {
        let root_chain_code = share.root_chain_code;
        let shares = dealt.map(|_, dealt| Share {
            value: Secret::fill(|value| *value = curve::scalar_bytes(dealt.share.expose())),
            blinding: dealt.blinding,
            root_chain_code,
        });
        let opening = Round2 { polynomial: public.encode(), blinding };
        (Kept { public, share: kept, root_chain_code }, Dealings { shares, opening })
    })
    .unzip()
}
