//! Round 5: deal and open.
//!
//! ```text
//! 5.1  P1 of j says j and i                              else retry, names j
//! 5.2  old: send P2 to each new j: v_ij, r_ij;  send R2: A_i, ρ_i
//! ```

use quorate_core::check::require;
use quorate_core::{Abort, FromEach, Secret};

use super::message::{Round2, Share, ShareCommitment, polynomial_prefix};
use super::round6::{AwaitingPolynomials, AwaitingShares, Kept};
use super::{Contribution, Dealing, Run};
use crate::check::Check;

/// A party that has committed to what it deals and waits for the others' commitments.
pub(super) struct AwaitingCommitments {
    pub(super) run: Run,
    pub(super) fin: [u8; 32],
    pub(super) contributions: FromEach<Contribution>,
    pub(super) dealing: Option<Dealing>,
}

/// What an old party sends in round 5.
pub(super) struct Dealings {
    pub(super) shares: FromEach<Share>,
    pub(super) opening: Round2,
}

impl AwaitingCommitments {
    /// Round 5 of a new party. Only old ones have something to send.
    pub(super) fn receive(
        self,
        new_id: u8,
        commitments: FromEach<ShareCommitment>,
    ) -> Result<(AwaitingShares, Option<Dealings>), Abort<Check>> {
        let Self { run, fin, contributions, dealing } = self;

        // 5.1
        let commitments = commitments.check_each(|j, message| {
            let ShareCommitment { indices, commitment } = message;
            require(indices == [j.get(), run.me.get()], Check::QcShareCommitmentIndices)?;
            Ok(commitment)
        })?;

        // 5.2
        let (own, dealings) = deal(&run, dealing);
        let next = AwaitingShares { run, new_id, fin, contributions, own, commitments };
        Ok((next, dealings))
    }

    /// Round 5 of a leaving party, to which nobody deals.
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
        let shares = dealt.map(|j, dealt| Share {
            indices: [run.me.get(), j.get()],
            value: Secret::fill(|value| *value = dealt.share.expose().to_bytes()),
            blinding: dealt.blinding,
            chain_code: [0; 32],
        });
        let opening = Round2 {
            index: run.me.get(),
            blinding,
            length: polynomial_prefix(run.threshold),
            polynomial: public.encode(),
        };
        let own = Kept { public, share: kept, chain_code: share.chain_code };
        (own, Dealings { shares, opening })
    })
    .unzip()
}
