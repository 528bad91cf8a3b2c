//! Round 1: draw the nonce, and commit to it.
//!
//! ```text
//! 1.1  t ≤ m ≤ n, and i < m                              else refuse
//! 1.2  δ and DPK from the path                           else refuse
//! 1.3  draw φ_i, r_i, blind_i, sid_i;  R_i = r_i·G
//! 1.4  send R1: sid_i, com_i = H(sid_i, R_i, blind_i), X_i, pid_i
//! ```

use k256::ProjectivePoint;
use quorate_core::check::require;
use quorate_core::session::ChannelKey;
use quorate_core::{PartyIndex, Secret};
use rand_core::CryptoRng;

use super::message::{Round1, commit_nonce};
use super::round2::AwaitingCommitments;
use super::{Params, Run};
use crate::check::Check;
use crate::curve;
use crate::derive::Child;

/// Round 1.
pub(super) fn start(
    params: Params,
    channel: ChannelKey,
    rng: &mut dyn CryptoRng,
) -> Result<(AwaitingCommitments, Round1), Check> {
    let Params { share, me, signers, path } = params;

    // 1.1
    let enough = share.threshold() <= signers && signers <= share.parties();
    require(enough && me.get() < signers, Check::SignCommittee)?;
    let others = PartyIndex::first(signers).filter(|&j| j != me).collect();

    // 1.2
    let child = Child::below(share.public_key, share.root_chain_code, &path)?;

    // 1.3
    let phi = Secret::fill(|phi| *phi = curve::draw_scalar(rng));
    let nonce = Secret::fill(|nonce| *nonce = curve::draw_nonzero_scalar(rng));
    let mut blinding = [0; 32];
    rng.fill_bytes(&mut blinding);
    let mut sid = [0; 32];
    rng.fill_bytes(&mut sid);
    let nonce_point = ProjectivePoint::mul_by_generator(nonce.expose());

    // 1.4
    let commitment = commit_nonce(&sid, &curve::encode_point(&nonce_point), &blinding);
    let message = Round1 { sid, commitment, channel, party_id: share.party_id() };
    let run = Run { share, me, others, child };
    let next = AwaitingCommitments { run, phi, nonce, nonce_point, blinding, sid, commitment };
    Ok((next, message))
}
