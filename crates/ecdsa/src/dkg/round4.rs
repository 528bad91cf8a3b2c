//! Round 4: check what was dealt, finish the OTs, prove the share.
//!
//! ```text
//! 4.1  the BF of j is mine                               else retry, suspects all others
//! 4.2  d_ji decodes and is not zero                      else retry, names j
//! 4.3  C2(fsid, cc_j, r2_j) = C2_j                       else retry, names j
//! 4.4  d_ji·G = F_j(x_i)                                 else retry, names j
//! 4.5  finish the OTs with j
//! 4.6  s_i = Σ d_ji,  rcc = H(cc_0, …, cc_{n−1}),  csid
//! 4.7  send R4: PK, S_i, proof of s_i under csid
//! ```
//!
//! Of a key that exists, between 4.4 and 4.5, `REFRESH`; and rcc in 4.6 is the chain code given:
//!
//! ```text
//! 4.1  every cc_j is the chain code given                else retry, suspects all others
//! ```

use std::collections::BTreeMap;

use k256::{ProjectivePoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret, Workers};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

use super::Run;
use super::message::{Round3, Round4, commit_chain_code};
use super::round5::AwaitingConfirmations;
use crate::check::Check;
use crate::curve;
use crate::dlog::{self, Proof};
use crate::ot::pprf::SenderSeed;
use crate::pair::{AwaitingAnswer, Pair};
use crate::polynomial::PublicPolynomial;
use crate::session_id::session_id;
use crate::share::Seeds;
use crate::transcript::{Transcript, label};

/// A party that has dealt and waits for its own shares.
pub(super) struct AwaitingShares {
    pub(super) run: Run,
    pub(super) fsid: [u8; 32],
    pub(super) x: Scalar,
    /// BF
    pub(super) sum: PublicPolynomial,
    /// d_ii
    pub(super) kept_share: Secret<Scalar>,
    pub(super) chain_code: [u8; 32],
    pub(super) dealers: FromEach<Dealer>,
    /// All leaves for the pair, and the seed of its zero shares if I chose it.
    pub(super) kept: FromEach<(SenderSeed, Secret<[u8; 32]>)>,
    pub(super) awaited: FromEach<AwaitingAnswer>,
}

/// What a party has opened in round 2.
pub(super) struct Dealer {
    /// x_j
    pub(super) x: Scalar,
    /// F_j
    pub(super) polynomial: PublicPolynomial,
    /// C2_j
    pub(super) chain_code_commitment: [u8; 32],
}

impl AwaitingShares {
    /// Round 4.
    pub(super) fn receive(
        self,
        round3: FromEach<Round3>,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<(AwaitingConfirmations, Round4), Abort<Check>> {
        let Self { run, fsid, x, sum, kept_share, chain_code, .. } = self;
        let Self { dealers, kept, awaited, .. } = self;
        let me = run.committee.me();
        let suspect = |check| Abort::suspect(check, run.committee.others());

        // 4.1
        let mine = sum.encode();
        let same = round3.values().all(|message| message.sum == mine);
        require(same, Check::DkgSamePolynomial).map_err(suspect)?;

        let dealt = dealers.as_ref().beside(round3);
        let received = dealt.check_each_on(workers, |_, (dealer, message)| {
            // 4.2
            let mut dealt = require_some(
                curve::nonzero_scalar(message.dealt.expose()),
                Check::DkgShareScalar,
                || curve::reduce(message.dealt.expose()),
            )?;
            let dealt = Secret::take(&mut dealt);
            // 4.3
            let opened = commit_chain_code(&fsid, &message.chain_code, &message.blinding);
            let holds = opened.ct_eq(&dealer.chain_code_commitment);
            require(holds.into(), Check::DkgOpensChainCode)?;
            // 4.4
            let image = ProjectivePoint::mul_by_generator(dealt.expose());
            require(image == dealer.polynomial.at(&x), Check::DkgShareOnPolynomial)?;

            Ok((dealt, message))
        })?;

        // REFRESH 4.1
        let same = run.given.as_ref().is_none_or(|given| {
            received.values().all(|(_, message)| message.chain_code == given.chain_code)
        });
        require(same, Check::RefreshSameChainCode).map_err(suspect)?;

        // 4.5
        let finished =
            received.beside(kept.beside(awaited)).check_each_on(workers, |j, both| {
                let ((dealt, message), ((send, chosen), awaited)) = both;
                let pair = Pair { fsid: &fsid, me: me.get(), other: j.get() };
                let receive = awaited.receive(pair, &message.answer)?;
                let zero = if j > me { chosen } else { message.zero_seed };
                Ok((dealt, (message.chain_code, Seeds { zero, send, receive })))
            })?;
        let (dealt, rest) = finished.apart();
        let (chain_codes, seeds) = rest.apart();

        // 4.6
        let mut secret = *kept_share.expose();
        dealt.values().for_each(|dealt| secret += dealt.expose());
        let secret = Secret::take(&mut secret);
        let public_share = ProjectivePoint::mul_by_generator(secret.expose());
        let root_chain_code = match &run.given {
            Some(given) => given.chain_code,
            None => session_id(&chain_codes.with_own(me, chain_code), &[]),
        };
        let mut transcript = Transcript::new(label::DKG);
        transcript.app(b"final_session_id", &fsid);
        transcript.app(b"root_chain_code", &root_chain_code);
        let csid = transcript.challenge(label::DKG_CHAIN_CODE);

        // 4.7
        let mut transcript = dlog::transcript(&csid, me.into(), label::DKG_PROOF_2, label::DKG);
        let proof = Proof::prove(&mut transcript, secret.expose(), &public_share, rng);
        let message = Round4 {
            public_key: curve::encode_point(&sum.constant_term()),
            public_share: curve::encode_point(&public_share),
            proof: proof.to_bytes(),
        };

        let next = AwaitingConfirmations {
            xs: dealers.map(|_, dealer| dealer.x).with_own(me, x),
            seeds: seeds.into_iter().map(|(j, seeds)| (j.get(), seeds)).collect::<BTreeMap<_, _>>(),
            run,
            fsid,
            csid,
            root_chain_code,
            sum,
            secret,
        };
        Ok((next, message))
    }
}
