//! Round 2: turn my old share into a part of the key, and commit to its sharing.
//!
//! ```text
//! 2.1  old: pid_j < n                                    else retry, names j
//! 2.2  the old party ids are distinct, mine included     else retry, suspects those that are not
//! 2.3  draw sid_i; old: f_i above f_i(0) = λ_i·s_i, r1_i
//! 2.4  send R1: sid_i, X_i, Q1_i
//! ```

use k256::Scalar;
use quorate_core::check::require;
use quorate_core::session::ChannelKey;
use quorate_core::{Abort, FromEach, Secret};
use rand_core::CryptoRng;

use super::message::{Round0, Round1, commit_polynomial};
use super::round3::{AwaitingContributions, Sharing};
use super::run::Run;
use crate::check::Check;
use crate::polynomial::SecretPolynomial;
use crate::share::KeyShare;

/// A party that waits to hear which shares the old parties hold.
pub(super) struct AwaitingPartyIds {
    pub(super) run: Run,
    pub(super) channel: ChannelKey,
}

impl AwaitingPartyIds {
    /// Round 2.
    pub(super) fn receive(
        self,
        round0: FromEach<Round0>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitingContributions, Round1), Abort<Check>> {
        let Self { run, channel } = self;

        // 2.1
        let known = run.share.as_ref().map(|share| share.parties());
        let mut ids = round0.check_each(|_, message| {
            let id = message.party_id;
            require(known.is_none_or(|parties| id < parties), Check::QcPartyId)?;
            Ok(id)
        })?;

        // 2.2
        if let Some(share) = &run.share {
            ids = ids.with_own(run.me, share.party_id());
        }
        let mut alike = ids.repeated();
        alike.remove(&run.me);
        require(alike.is_empty(), Check::QcPartyIdsDistinct)
            .map_err(|check| Abort::suspect(check, &alike))?;

        // 2.3
        let mut sid = [0; 32];
        rng.fill_bytes(&mut sid);
        let sharing = run.share.as_ref().map(|share| {
            let constant = key_part(share, &ids);
            let polynomial = SecretPolynomial::draw_above(&constant, run.threshold, rng);
            let mut blinding = [0; 32];
            rng.fill_bytes(&mut blinding);
            Sharing { public: polynomial.public(), polynomial, blinding }
        });

        // 2.4
        let commitment = sharing.as_ref().map(|Sharing { public, blinding, .. }| {
            commit_polynomial(&sid, run.me, &public.encode(), blinding)
        });
        let message = Round1 { sid, channel, commitment: commitment.unwrap_or_default() };
        Ok((AwaitingContributions { run, sid, sharing }, message))
    }
}

/// λ_i·s_i: over the old parties these add up to the private key.
fn key_part(share: &KeyShare, ids: &FromEach<u8>) -> Secret<Scalar> {
    let lambda = share.lagrange(ids.values().copied());
    Secret::fill(|part| *part = lambda * share.secret.expose())
}
