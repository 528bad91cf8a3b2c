//! Round 2: know who signs, agree on the session id, open and prove.
//!
//! ```text
//! 2.1  p_j < n                                           else retry, names j
//! 2.2  all party ids are distinct, mine included         else retry, suspects those that are not
//! 2.3  fin; prove k_i; send R2
//! ```

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::check::require;
use quorate_core::{Abort, FromEach, Secret};
use rand_core::CryptoRng;

use super::message::{POINT_PREFIX, Round1, Round2, proof_context, session_id};
use super::round3::AwaitingNonces;
use super::{Agreed, Run};
use crate::check::Check;
use crate::curve::POINT_LEN;
use crate::dlog::Proof;

/// A party that has committed to its nonce and waits for the others' commitments.
pub(super) struct AwaitingCommitments {
    pub(super) run: Run,
    pub(super) sid: [u8; 32],
    /// k_i
    pub(super) nonce: Secret<Scalar>,
    /// R_i
    pub(super) nonce_point: EdwardsPoint,
    /// enc(R_i)
    pub(super) encoded: [u8; POINT_LEN],
    /// β_i
    pub(super) blinding: [u8; 32],
}

impl AwaitingCommitments {
    /// Round 2.
    pub(super) fn receive(
        self,
        round1: FromEach<Round1>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitingNonces, Round2), Abort<Check>> {
        let Self { run, sid, nonce, nonce_point, encoded, blinding } = self;
        let (me, party_id) = (run.me, run.share.party_id);

        let signers = round1.check_each(|_, message| {
            // 2.1
            require(message.party_id < run.share.parties, Check::SignPartyId)?;
            Ok(message)
        })?;

        // 2.2
        let ids = signers.as_ref().map(|_, signer| signer.party_id);
        let party_ids = ids.with_own(me, party_id);
        let mut alike = party_ids.repeated();
        alike.remove(&me);
        require(alike.is_empty(), Check::SignPartyIdsDistinct)
            .map_err(|check| Abort::suspect(check, &alike))?;

        // 2.3
        let contributions = signers.as_ref().map(|_, signer| (signer.party_id, signer.sid));
        let fin = session_id(&run.message, &contributions.with_own(me, (party_id, sid)));
        let context = proof_context(&fin, party_id);
        let proof = Proof::prove(&context, nonce.expose(), &encoded, rng);
        let message = Round2 {
            party_id,
            fin,
            blinding,
            lengths: [POINT_PREFIX; 2],
            proof: proof.to_bytes(),
            nonce_point: encoded,
        };

        let agreed = Agreed { party_ids, fin };
        Ok((AwaitingNonces { run, agreed, nonce, nonce_point, signers }, message))
    }
}
