//! Round 1: draw the nonce, and commit to it.
//!
//! ```text
//! 1.1  t ≤ m ≤ n, i < m                                  else refuse
//! 1.2  draw sid_i, k_i, β_i; R_i = k_i·B
//! 1.3  send R1: p_i, sid_i, com_i
//! ```

use curve25519_dalek::EdwardsPoint;
use quorate_core::check::require;
use quorate_core::{PartyIndex, Secret};
use rand_core::CryptoRng;

use super::message::{Round1, commit};
use super::round2::AwaitingCommitments;
use super::{Params, Run};
use crate::check::Check;
use crate::curve;

/// Round 1.
pub(super) fn start(
    params: Params,
    rng: &mut dyn CryptoRng,
) -> Result<(AwaitingCommitments, Round1), Check> {
    let Params { share, me, signers, message } = params;

    // 1.1
    let in_range = share.threshold <= signers && signers <= share.parties && me.get() < signers;
    require(in_range, Check::SignCommittee)?;

    // 1.2
    let mut sid = [0; 32];
    rng.fill_bytes(&mut sid);
    let mut nonce = curve::draw_nonzero_scalar(rng);
    let nonce = Secret::take(&mut nonce);
    let mut blinding = [0; 32];
    rng.fill_bytes(&mut blinding);
    let nonce_point = EdwardsPoint::mul_base(nonce.expose());

    // 1.3
    let party_id = share.party_id;
    let encoded = curve::encode_point(&nonce_point);
    let commitment = commit(&sid, party_id, &encoded, &blinding);

    let others = PartyIndex::first(signers).filter(|&j| j != me).collect();
    let run = Run { share, me, others, message };
    let next = AwaitingCommitments { run, sid, nonce, nonce_point, encoded, blinding };
    Ok((next, Round1 { party_id, sid, commitment }))
}
