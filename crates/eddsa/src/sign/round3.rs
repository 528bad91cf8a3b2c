//! Round 3: check the nonces, sign.
//!
//! ```text
//! 3.1  the fin of j is mine                              else retry, suspects all others
//! 3.2  R2 of j says p_j; both lengths are 32             else retry, names j
//! 3.3  com(sid_j, p_j, R_j, β_j) = com_j                 else retry, names j
//! 3.4  R_j decodes                                       else retry, names j
//! 3.5  the proof of j verifies                           else retry, names j
//! 3.6  R = Σ R_j ≠ O                                     else retry, suspects all others
//! 3.7  s_i = k_i + e·λ_i·d_i; send R3
//! ```

use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret};
use subtle::ConstantTimeEq;

use super::message::{POINT_PREFIX, Round1, Round2, Round3, commit, proof_context};
use super::round4::AwaitingPartials;
use super::{Agreed, Run};
use crate::check::Check;
use crate::signature::challenge;
use crate::{curve, dlog};

/// A party that has revealed its nonce point and waits for those of the others.
pub(super) struct AwaitingNonces {
    pub(super) run: Run,
    pub(super) agreed: Agreed,
    /// k_i
    pub(super) nonce: Secret<Scalar>,
    /// R_i
    pub(super) nonce_point: EdwardsPoint,
    pub(super) signers: FromEach<Round1>,
}

impl AwaitingNonces {
    /// Round 3.
    pub(super) fn receive(
        self,
        round2: FromEach<Round2>,
    ) -> Result<(AwaitingPartials, Round3), Abort<Check>> {
        let Self { run, agreed, nonce, nonce_point, signers } = self;
        let suspect = |check| Abort::suspect(check, &run.others);

        // 3.1
        let same = round2.values().all(|message| message.fin == agreed.fin);
        require(same, Check::SignSameSession).map_err(suspect)?;

        let nonce_points = signers.beside(round2).check_each(|_, (signer, message)| {
            let Round1 { party_id, sid, commitment } = signer;
            // 3.2
            let numbers = message.party_id == party_id && message.lengths == [POINT_PREFIX; 2];
            require(numbers, Check::SignNumbers)?;
            // 3.3
            let encoded = message.nonce_point;
            let opens = commit(&sid, party_id, &encoded, &message.blinding).ct_eq(&commitment);
            require(opens.into(), Check::SignOpensNonce)?;
            // 3.4
            let point = require_some(curve::decode_point(&encoded), Check::SignNoncePoint, || {
                curve::decode_lax(&encoded)
            })?;
            // 3.5
            let context = proof_context(&agreed.fin, party_id);
            let known = dlog::verifies(&message.proof, &context, &point, &encoded);
            require(known, Check::SignKnowsNonce)?;

            Ok(point)
        })?;

        // 3.6
        let big_r = nonce_points.values().fold(nonce_point, |sum, point| sum + point);
        require(!big_r.is_identity(), Check::SignNonceSum).map_err(suspect)?;

        // 3.7
        let share = &run.share;
        let (big_r, public_key) = (curve::encode_point(&big_r), share.public_key());
        let e = challenge(&big_r, &public_key, &run.message);
        let part = share.part(agreed.party_ids.values().copied());
        let own = nonce.expose() + e * part.expose();
        let message = Round3 { party_id: share.party_id, fin: agreed.fin, partial: own.to_bytes() };

        Ok((AwaitingPartials { run, agreed, public_key, big_r, own }, message))
    }
}
