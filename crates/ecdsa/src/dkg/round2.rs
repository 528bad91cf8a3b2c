//! Round 2: agree on the session id, offer OTs, open and prove.
//!
//! ```text
//! 2.1  x_j decodes and is not zero                       else retry, names j
//! 2.2  x_j ≠ x_i                                         else retry, names j
//! 2.3  the others' x_j are distinct                      else retry, suspects those that are not
//! 2.4  fsid = H(sid_0, …, sid_{n−1})
//! 2.5  send OT1 to each j, under OTSID(i, j)
//! 2.6  draw cc_i, r2_i; C2_i; prove every f_i[k]; send R2
//! ```
//!
//! Of a key that exists, cc_i is the chain code given.

use k256::Scalar;
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Workers};
use rand_core::CryptoRng;

use super::Run;
use super::message::{Round1, Round2, commit_chain_code};
use super::round3::{AwaitingPolynomials, Committed};
use crate::check::Check;
use crate::curve;
use crate::dlog::{self, Proof};
use crate::ot::base::ReceiverCoins;
use crate::pair::{Ot1, Pair};
use crate::polynomial::{PublicPolynomial, SecretPolynomial};
use crate::session_id::session_id;
use crate::transcript::label;

/// A party that has committed and waits for the others' commitments.
pub(super) struct AwaitingCommitments {
    pub(super) run: Run,
    pub(super) sid: [u8; 32],
    pub(super) blinding: [u8; 32],
    pub(super) polynomial: SecretPolynomial,
    pub(super) public: PublicPolynomial,
    pub(super) x: Scalar,
}

impl AwaitingCommitments {
    /// Round 2.
    pub(super) fn receive(
        self,
        round1: FromEach<Round1>,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<(AwaitingPolynomials, FromEach<Ot1>, Round2), Abort<Check>> {
        let Self { run, sid, blinding, polynomial, public, x } = self;
        let me = run.committee.me();

        let committed = round1.check_each(|_, message| {
            let Round1 { sid, commitment, x: their_x, .. } = message;
            // 2.1
            let their_x =
                require_some(curve::nonzero_scalar(&their_x), Check::DkgPointNonzero, || {
                    curve::reduce(&their_x)
                })?;
            // 2.2
            require(their_x != x, Check::DkgPointNotMine)?;

            Ok(Committed { sid, commitment, x: their_x })
        })?;

        // 2.3
        let alike = committed.as_ref().map(|_, committed| committed.x).repeated();
        require(alike.is_empty(), Check::DkgPointsDistinct)
            .map_err(|check| Abort::suspect(check, &alike))?;

        // 2.4
        let sids = committed.as_ref().map(|_, committed| committed.sid).with_own(me, sid);
        let fsid = session_id(&sids, &[]);

        // 2.5
        let coins = FromEach::make(run.committee.others(), |_| ReceiverCoins::draw(rng));
        let (awaited, offers) = coins
            .map_on(workers, |j, coins| {
                Pair { fsid: &fsid, me: me.get(), other: j.get() }.start(coins)
            })
            .apart();

        // 2.6
        let chain_code = run.given.as_ref().map_or_else(|| draw(rng), |given| given.chain_code);
        let chain_code_blinding = draw(rng);
        let mut transcript = dlog::transcript(&fsid, me.into(), label::DKG_PROOF_1, label::DKG);
        let proofs = (polynomial.coefficients().zip(public.coefficients()))
            .map(|(secret, public)| Proof::prove(&mut transcript, secret, public, rng).to_bytes())
            .collect();
        let message = Round2 {
            polynomial: public.encode(),
            blinding,
            commitment: commit_chain_code(&fsid, &chain_code, &chain_code_blinding),
            proofs,
        };

        let next = AwaitingPolynomials {
            run,
            fsid,
            polynomial,
            public,
            x,
            chain_code,
            chain_code_blinding,
            committed,
            awaited,
        };
        Ok((next, offers, message))
    }
}

fn draw(rng: &mut dyn CryptoRng) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}
