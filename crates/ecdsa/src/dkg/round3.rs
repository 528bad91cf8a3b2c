//! Round 3: check the openings and the proofs, then deal.
//!
//! ```text
//! 3.1  C1(sid_j, j, x_j, F_j, r_j) = C1_j                else retry, names j
//! 3.2  F_j[k] decode, none is O                          else retry, names j
//! 3.3  j's proofs verify for F_j, under fsid             else retry, suspects all others
//! 3.4  BF = Σ F_j,  PK = BF[0] ≠ O                       else retry, suspects all others
//! 3.5  answer j's OT1; draw seed_ij if j > i
//! 3.6  send R3 to each j: f_i(x_j), OT answer, cc_i, r2_i, seed_ij, BF
//! ```
//!
//! Of a key that exists, between 3.4 and 3.5, `REFRESH`:
//!
//! ```text
//! 3.1  F_j[0] = a_j·G, where it is known                 else retry, names j
//! 3.2  PK = PK*                                          else retry, suspects all others
//! ```

use k256::Scalar;
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret, Workers};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

use super::Run;
use super::message::{Round2, Round3, commit_polynomial};
use super::round4::{AwaitingShares, Dealer};
use crate::check::Check;
use crate::curve;
use crate::dlog::{self, Proof};
use crate::ot::base::SenderCoins;
use crate::pair::{AwaitingAnswer, Ot1, Pair};
use crate::polynomial::{PublicPolynomial, SecretPolynomial};
use crate::transcript::label;

/// A party that has opened its polynomial and waits for the others to open theirs, and for their OT offers.
pub(super) struct AwaitingPolynomials {
    pub(super) run: Run,
    pub(super) fsid: [u8; 32],
    pub(super) polynomial: SecretPolynomial,
    pub(super) public: PublicPolynomial,
    pub(super) x: Scalar,
    pub(super) chain_code: [u8; 32],
    pub(super) chain_code_blinding: [u8; 32],
    pub(super) committed: FromEach<Committed>,
    pub(super) awaited: FromEach<AwaitingAnswer>,
}

/// What a party has fixed in round 1.
pub(super) struct Committed {
    /// sid_j
    pub(super) sid: [u8; 32],
    /// C1_j
    pub(super) commitment: [u8; 32],
    /// x_j
    pub(super) x: Scalar,
}

impl AwaitingPolynomials {
    /// Round 3.
    pub(super) fn receive(
        self,
        round2: FromEach<Round2>,
        offers: FromEach<Ot1>,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<(AwaitingShares, FromEach<Round3>), Abort<Check>> {
        let Self { run, fsid, polynomial, public, x, .. } = self;
        let Self { chain_code, chain_code_blinding, committed, awaited, .. } = self;
        let me = run.committee.me();
        let suspect = |check| Abort::suspect(check, run.committee.others());

        let opened = committed.beside(round2).check_each(|j, (committed, message)| {
            let Committed { sid, commitment, x } = committed;
            // 3.1
            let opened = commit_polynomial(&sid, j, &x, &message.polynomial, &message.blinding);
            require(opened.ct_eq(&commitment).into(), Check::DkgOpensPolynomial)?;
            // 3.2
            let polynomial = require_some(
                PublicPolynomial::decode(&message.polynomial),
                Check::DkgPolynomialPoints,
                || PublicPolynomial::decode_lax(&message.polynomial),
            )?;
            Ok((
                Dealer { x, polynomial, chain_code_commitment: message.commitment },
                message.proofs,
            ))
        })?;
        let (dealers, proofs) = opened.apart();

        // 3.3
        let proven = dealers.as_ref().beside(proofs).map_on(workers, |j, (dealer, proofs)| {
            let mut transcript = dlog::transcript(&fsid, j.into(), label::DKG_PROOF_1, label::DKG);
            dealer.polynomial.coefficients().zip(&proofs).all(|(public, proof)| {
                Proof::from_bytes(proof).is_some_and(|proof| proof.verify(&mut transcript, public))
            })
        });
        let all_proven = proven.values().all(|&proven| proven);
        require(all_proven, Check::DkgKnowsPolynomial).map_err(suspect)?;

        // 3.4
        let polynomials = dealers.values().map(|dealer| &dealer.polynomial);
        let sum = PublicPolynomial::sum(polynomials.chain([&public]));
        let public_key = sum.constant_term();
        require(!curve::is_identity(&public_key), Check::DkgPublicKey).map_err(suspect)?;

        // REFRESH 3.1
        let dealers = dealers.check_each(|j, dealer| {
            let given = run.given.as_ref().and_then(|given| given.public_parts.get(&j));
            let same = given.is_none_or(|part| dealer.polynomial.constant_term() == *part);
            require(same, Check::RefreshPublicPart)?;
            Ok(dealer)
        })?;
        // REFRESH 3.2
        let kept = run.given.as_ref().is_none_or(|given| given.public_key == public_key);
        require(kept, Check::RefreshKeepsPublicKey).map_err(suspect)?;

        // 3.5
        let drawn = FromEach::make(run.committee.others(), |j| {
            let coins = SenderCoins::draw(rng);
            let chosen = Secret::fill(|seed: &mut [u8; 32]| {
                if j > me {
                    rng.fill_bytes(seed);
                }
            });
            (coins, chosen)
        });
        let answered = offers.beside(drawn);
        let answered = answered.check_each_on(workers, |j, (offers, (coins, chosen))| {
            let pair = Pair { fsid: &fsid, me: me.get(), other: j.get() };
            let (send, answer) = pair.answer(&offers, coins)?;
            let told = Secret::fill(|seed| *seed = *chosen.expose());
            Ok(((send, chosen), (answer, told)))
        })?;
        let (kept, sent) = answered.apart();

        // 3.6
        let encoded_sum = sum.encode();
        let messages = dealers.as_ref().beside(sent).map(|_, (dealer, (answer, zero_seed))| {
            let dealt = polynomial.at(&dealer.x);
            Round3 {
                dealt: Secret::fill(|bytes| *bytes = curve::scalar_bytes(dealt.expose())),
                answer,
                chain_code,
                blinding: chain_code_blinding,
                zero_seed,
                sum: encoded_sum.clone(),
            }
        });

        let kept_share = polynomial.at(&x);
        let next =
            AwaitingShares { run, fsid, x, sum, kept_share, chain_code, dealers, kept, awaited };
        Ok((next, messages))
    }
}
