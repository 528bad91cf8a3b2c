//! Round 3: agree on the session id, commit to what I deal.
//!
//! ```text
//! 3.1  fsid = H(sid_0, …, sid_{N−1})
//! 3.2  old: for each new j draw r2_ij; p_ij = f_i(x'_j); send P1 with Q2_ij
//! ```

use quorate_core::FromEach;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::message::{Round1, ShareCommitment, commit_share};
use super::round4::AwaitingCommitments;
use super::run::{Contribution, Dealing, Dealt, Run, point_of};
use crate::curve;
use crate::polynomial::{PublicPolynomial, SecretPolynomial};
use crate::session_id::session_id;

/// A party that has contributed to the session id and waits for the others' contributions.
pub(super) struct AwaitingContributions {
    pub(super) run: Run,
    pub(super) sid: [u8; 32],
    /// Of an old party.
    pub(super) sharing: Option<Sharing>,
}

/// The polynomial over which an old party shares its part of the key.
pub(super) struct Sharing {
    /// f_i
    pub(super) polynomial: SecretPolynomial,
    /// F_i
    pub(super) public: PublicPolynomial,
    /// r1_i
    pub(super) blinding: [u8; 32],
}

impl AwaitingContributions {
    /// Round 3. Only old parties have something to send.
    pub(super) fn receive(
        self,
        round1: FromEach<Round1>,
        rng: &mut dyn CryptoRng,
    ) -> (AwaitingCommitments, Option<FromEach<ShareCommitment>>) {
        let Self { run, sid, sharing } = self;

        // 3.1
        let contributions = round1.map(|_, message| {
            let Round1 { sid, commitment, .. } = message;
            Contribution { sid, commitment }
        });
        let sids = contributions.as_ref().map(|_, contribution| contribution.sid);
        let fsid = session_id(&sids.with_own(run.me, sid), &[]);

        // 3.2
        let dealing = sharing.map(|Sharing { polynomial, public, blinding }| Dealing {
            public,
            blinding,
            kept: run.new_id.map(|id| polynomial.at(&point_of(id))),
            dealt: run.new.as_ref().map(|_, &id| {
                let mut blinding = [0; 32];
                rng.fill_bytes(&mut blinding);
                Dealt { share: polynomial.at(&point_of(id)), blinding }
            }),
        });
        let messages = dealing.as_ref().map(|dealing| {
            dealing.dealt.as_ref().map(|j, dealt| {
                let share = Zeroizing::new(curve::scalar_bytes(dealt.share.expose()));
                ShareCommitment(commit_share(&fsid, run.me, j, &share, &dealt.blinding))
            })
        });
        (AwaitingCommitments { run, fsid, contributions, dealing }, messages)
    }
}
