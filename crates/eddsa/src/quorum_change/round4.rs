//! Round 4: agree on the session id, commit to what I deal.
//!
//! ```text
//! 4.1  R1 of j says j                                    else retry, names j
//! 4.2  fin; old: for each new j draw r_ij; v_ij = f_i(x'_j); send P1
//! ```

use quorate_core::check::require;
use quorate_core::{Abort, FromEach};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::message::{Round1, ShareCommitment, commit_share};
use super::round5::AwaitingCommitments;
use super::{Contribution, Dealing, Dealt, Run};
use crate::check::Check;
use crate::curve;
use crate::polynomial::{PublicPolynomial, SecretPolynomial};

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
    /// A_i
    pub(super) public: PublicPolynomial,
    /// ρ_i
    pub(super) blinding: [u8; 32],
}

impl AwaitingContributions {
    /// Round 4. Only old parties have something to send.
    pub(super) fn receive(
        self,
        round1: FromEach<Round1>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitingCommitments, Option<FromEach<ShareCommitment>>), Abort<Check>> {
        let Self { run, sid, sharing } = self;

        let contributions = round1.check_each(|j, message| {
            let Round1 { index, sid, commitment } = message;
            // 4.1
            require(index == j.get(), Check::QcCommitmentIndex)?;
            Ok(Contribution { sid, commitment })
        })?;

        // 4.2
        let sids = contributions.as_ref().map(|_, contribution| contribution.sid);
        let sids = sids.with_own(run.me, sid);
        let fin: [u8; 32] =
            sids.values().fold(Sha256::new(), Sha256::chain_update).finalize().into();
        let dealing = sharing.map(|Sharing { polynomial, public, blinding }| Dealing {
            public,
            blinding,
            kept: run.new_id.map(|id| polynomial.at(&curve::x_of(id))),
            dealt: run.new.as_ref().map(|_, &id| {
                let mut blinding = [0; 32];
                rng.fill_bytes(&mut blinding);
                Dealt { share: polynomial.at(&curve::x_of(id)), blinding }
            }),
        });
        let messages = dealing.as_ref().map(|dealing| {
            dealing.dealt.as_ref().map(|j, dealt| {
                let share = Zeroizing::new(dealt.share.expose().to_bytes());
                let commitment = commit_share(&fin, run.me, j, &share, &dealt.blinding);
                ShareCommitment { indices: [run.me.get(), j.get()], commitment }
            })
        });
        Ok((AwaitingCommitments { run, fin, contributions, dealing }, messages))
    }
}
