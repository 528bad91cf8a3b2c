//! Round 3: agree on the session id, open and prove.
//!
//! ```text
//! 3.1  R1 of j says j                                    else retry, names j
//! 3.2  fin; prove every f_i[k]; send R2
//! ```

use quorate_core::check::require;
use quorate_core::{Abort, FromEach};
use rand_core::CryptoRng;

use super::message::{Dealings, Opening, Round1, Round2, proof_context, session_id};
use super::round2::Own;
use super::round4::AwaitingOpenings;
use super::{Committed, Run};
use crate::check::Check;
use crate::crypto_box::BoxKey;
use crate::dlog::Proof;

/// A party that has committed and waits for the others' commitments.
pub(super) struct AwaitingCommitments {
    pub(super) run: Run,
    pub(super) keys: FromEach<BoxKey>,
    pub(super) sid: [u8; 32],
    pub(super) own: Own,
    pub(super) dealings: Dealings,
}

impl AwaitingCommitments {
    /// Round 3.
    pub(super) fn receive(
        self,
        round1: FromEach<Round1>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitingOpenings, Round2), Abort<Check>> {
        let Self { run, keys, sid, own, dealings } = self;
        let Own { polynomial, public, kept, chain_code } = own;
        let me = run.committee.me();

        let committed = keys.beside(round1).check_each(|j, (key, message)| {
            let Round1 { index, sid, commitment } = message;
            // 3.1
            require(index == j.get(), Check::DkgCommitmentIndex)?;
            Ok(Committed { sid, commitment, key })
        })?;

        // 3.2
        let sids = committed.as_ref().map(|_, committed| committed.sid).with_own(me, sid);
        let fin = session_id(&sids);
        let context = proof_context(&fin, me);
        let proofs = (polynomial.coefficients().zip(&dealings.polynomial))
            .map(|(secret, public)| Proof::prove(&context, secret, public, rng).to_bytes())
            .collect();
        let message = Opening { fin, dealings, proofs }.message(me);

        Ok((AwaitingOpenings { run, committed, fin, public, kept, chain_code }, message))
    }
}
