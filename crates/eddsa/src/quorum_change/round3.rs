//! Round 3: turn my old share into a part of the key, and commit to its sharing.
//!
//! ```text
//! 3.1  old: the id of j is below n                       else retry, names j
//! 3.2  the old party ids are distinct, mine included     else retry, suspects those that are not
//! 3.3  draw sid_i; old: f_i above f_i(0) = λ_i·d_i, ρ_i
//! 3.4  send R1: sid_i, Q1_i
//! ```

use quorate_core::check::require;
use quorate_core::{Abort, FromEach};
use rand_core::CryptoRng;

use super::Run;
use super::message::{OldId, Round1, commit_polynomial};
use super::round4::{AwaitingContributions, Sharing};
use crate::check::Check;
use crate::polynomial::SecretPolynomial;

/// A party that waits to hear which shares the old parties hold.
pub(super) struct AwaitingPartyIds {
    pub(super) run: Run,
}

impl AwaitingPartyIds {
    /// Round 3.
    pub(super) fn receive(
        self,
        party_ids: FromEach<OldId>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitingContributions, Round1), Abort<Check>> {
        let Self { run } = self;

        // 3.1
        let known = run.share.as_ref().map(|share| share.parties);
        let mut ids = party_ids.check_each(|_, OldId(id)| {
            require(known.is_none_or(|parties| id < parties), Check::QcPartyId)?;
            Ok(id)
        })?;

        // 3.2
        if let Some(share) = &run.share {
            ids = ids.with_own(run.me, share.party_id);
        }
        let mut alike = ids.repeated();
        alike.remove(&run.me);
        require(alike.is_empty(), Check::QcPartyIdsDistinct)
            .map_err(|check| Abort::suspect(check, &alike))?;

        // 3.3
        let mut sid = [0; 32];
        rng.fill_bytes(&mut sid);
        let sharing = run.share.as_ref().map(|share| {
            let part = share.part(ids.values().copied());
            let polynomial = SecretPolynomial::draw_above(&part, run.threshold, rng);
            let mut blinding = [0; 32];
            rng.fill_bytes(&mut blinding);
            Sharing { public: polynomial.public(), polynomial, blinding }
        });

        // 3.4
        let commitment = sharing.as_ref().map(|Sharing { public, blinding, .. }| {
            commit_polynomial(&sid, run.me, &public.encode(), blinding)
        });
        let commitment = commitment.unwrap_or_default();
        let message = Round1 { index: run.me.get(), sid, commitment };
        Ok((AwaitingContributions { run, sid, sharing }, message))
    }
}
