//! Round 2: know who signs, agree on the session id, offer a multiplication to each.
//!
//! ```text
//! 2.1  pid_j < n                                         else retry, names j
//! 2.2  all party ids are distinct, mine included         else retry, suspects those that are not
//! 2.3  fsid = H(sid_0, …, sid_{m−1}, fsid of the share);  dig
//! 2.4  send R2 to each j: fsid, RVOLE offer under MSID(j, i); it gives χ_j
//! ```

use k256::{ProjectivePoint, Scalar};
use quorate_core::check::require;
use quorate_core::{Abort, FromEach, Secret, Workers};
use rand_core::CryptoRng;

use super::Run;
use super::message::{Round1, Round2, digest, multiplication_id};
use super::round3::AwaitingOffers;
use crate::check::Check;
use crate::ot::rvole;
use crate::session_id::session_id;

/// A party that has committed to its nonce and waits for the others' commitments.
pub(super) struct AwaitingCommitments {
    pub(super) run: Run,
    /// φ_i
    pub(super) phi: Secret<Scalar>,
    /// r_i
    pub(super) nonce: Secret<Scalar>,
    /// R_i
    pub(super) nonce_point: ProjectivePoint,
    /// blind_i
    pub(super) blinding: [u8; 32],
    pub(super) sid: [u8; 32],
    /// com_i
    pub(super) commitment: [u8; 32],
}

/// What a signer has fixed in round 1.
pub(super) struct Signer {
    /// pid_j
    pub(super) party_id: u8,
    pub(super) sid: [u8; 32],
    /// com_j
    pub(super) commitment: [u8; 32],
}

/// My side of the multiplication in which the other's inputs are its nonce and its key.
pub(super) struct Offered {
    /// χ_j
    pub(super) chi: Secret<Scalar>,
    pub(super) awaiting: rvole::AwaitingSender,
}

impl AwaitingCommitments {
    /// Round 2.
    pub(super) fn receive(
        self,
        round1: FromEach<Round1>,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<(AwaitingOffers, FromEach<Round2>), Abort<Check>> {
        let Self { run, phi, nonce, nonce_point, blinding, sid, commitment } = self;
        let me = run.me;
        let my_id = run.share.party_id();

        let signers = round1.check_each(|_, message| {
            // 2.1
            require(message.party_id < run.share.parties(), Check::SignPartyId)?;
            let Round1 { sid, commitment, party_id, .. } = message;
            Ok(Signer { party_id, sid, commitment })
        })?;

        // 2.2
        let ids = signers.as_ref().map(|_, signer| signer.party_id).with_own(me, my_id);
        let mut alike = ids.repeated();
        alike.remove(&me);
        require(alike.is_empty(), Check::SignPartyIdsDistinct)
            .map_err(|check| Abort::suspect(check, &alike))?;

        // 2.3
        let fixed = signers.as_ref().map(|_, signer| (signer.sid, signer.commitment));
        let fixed = fixed.with_own(me, (sid, commitment));
        let digest = digest(&fixed);
        let fsid = session_id(&fixed.map(|_, (sid, _)| sid), &run.share.fsid);

        // 2.4
        let coins = FromEach::make(&run.others, |_| rvole::ReceiverCoins::draw(rng));
        let (offered, messages) = signers
            .as_ref()
            .beside(coins)
            .check_each_on(workers, |_, (signer, coins)| {
                let theirs = multiplication_id(&fsid, signer.party_id, my_id);
                let mine = multiplication_id(&fsid, my_id, signer.party_id);
                let [theirs, mine] = rvole::Instance::both([theirs, mine]);
                let seed = &run.seeds(signer.party_id)?.send;
                let (awaiting, chi, offer) = rvole::start(theirs, seed, coins);
                let offered = Offered { chi, awaiting };
                Ok(((offered, mine), Round2 { fsid, offer }))
            })?
            .apart();
        let (offered, multiplications) = offered.apart();

        let next = AwaitingOffers {
            run,
            fsid,
            digest,
            phi,
            nonce,
            nonce_point,
            blinding,
            signers,
            offered,
            multiplications,
        };
        Ok((next, messages))
    }
}
