//! Round 5: everybody holds a share of the same key, under the same chain code.
//!
//! ```text
//! 5.1  the PK of j is mine                               else retry, names j
//! 5.2  S_j = BF(x_j)                                     else retry, names j
//! 5.3  j's proof verifies for S_j, under csid            else retry, suspects all others
//! 5.4  the share
//! ```

use std::collections::BTreeMap;

use k256::Scalar;
use quorate_core::check::require;
use quorate_core::{Abort, FromEach, Secret};
use sha2::{Digest, Sha256};

use super::Run;
use super::message::Round4;
use crate::check::Check;
use crate::curve;
use crate::dlog::{self, Proof};
use crate::polynomial::PublicPolynomial;
use crate::share::{KeyShare, Member, Seeds};
use crate::transcript::label;

/// A party that has its share and waits for the others to prove that they have theirs.
pub(super) struct AwaitingConfirmations {
    pub(super) run: Run,
    pub(super) fsid: [u8; 32],
    pub(super) csid: [u8; 32],
    pub(super) root_chain_code: [u8; 32],
    /// x_j, mine included.
    pub(super) xs: FromEach<Scalar>,
    /// BF
    pub(super) sum: PublicPolynomial,
    /// s_i
    pub(super) secret: Secret<Scalar>,
    pub(super) seeds: BTreeMap<u8, Seeds>,
}

impl AwaitingConfirmations {
    /// Round 5.
    pub(super) fn receive(self, round4: FromEach<Round4>) -> Result<KeyShare, Abort<Check>> {
        let Self { run, fsid, csid, root_chain_code, xs, sum, secret, seeds } = self;
        let public_key = sum.constant_term();
        let encoded_key = curve::encode_point(&public_key);
        let members = xs.map(|_, x| Member { x, public_share: sum.at(&x) });

        let claimed = round4.check_each(|j, message| {
            // 5.1
            require(message.public_key == encoded_key, Check::DkgSamePublicKey)?;
            // 5.2
            let expected = members.of(j).map(|member| curve::encode_point(&member.public_share));
            require(expected == Some(message.public_share), Check::DkgPublicShare)?;
            Ok(message)
        })?;

        // 5.3
        let all_proven = claimed.iter().all(|(j, message)| {
            let mut transcript = dlog::transcript(&csid, j.into(), label::DKG_PROOF_2, label::DKG);
            let public_share = curve::decode_nonidentity(&message.public_share);
            Proof::from_bytes(&message.proof)
                .zip(public_share)
                .is_some_and(|(proof, share)| proof.verify(&mut transcript, &share))
        });
        require(all_proven, Check::DkgKnowsShare)
            .map_err(|check| Abort::suspect(check, run.committee.others()))?;

        // 5.4
        Ok(KeyShare {
            threshold: run.committee.threshold(),
            party_id: run.committee.me().get(),
            fsid,
            root_chain_code,
            public_key,
            key_id: run.key_id.unwrap_or_else(|| Sha256::digest(encoded_key).into()),
            secret,
            members: members.into_iter().map(|(_, member)| member).collect(),
            seeds,
        })
    }
}
