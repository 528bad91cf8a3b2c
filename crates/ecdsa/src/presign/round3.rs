//! Round 3: multiply my nonce and my key with the factor of each, and open the nonce.
//!
//! ```text
//! 3.1  the fsid of j is mine                             else retry, suspects all others
//! 3.2  ζ_i = Σ_{pid_j < pid_i} z_j − Σ_{pid_j > pid_i} z_j
//! 3.3  sk_i = λ_i·s_i + δ·m⁻¹ + ζ_i,  PK_i = sk_i·G
//! 3.4  reply to j's RVOLE offer, under MSID(i, j), with (r_i, sk_i); it gives c^u_j, c^v_j
//! 3.5  send R3 to each j: reply, dig, PK_i, opening of R_i, Γ^v, Γ^u, ψ = φ_i − χ_j
//! ```

use k256::{ProjectivePoint, Scalar};
use quorate_core::check::require;
use quorate_core::{Abort, FromEach, Secret, Workers};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Run;
use super::message::{Round2, Round3};
use super::round2::{Offered, Signer};
use super::round4::{AwaitingProducts, Multiplied};
use crate::check::Check;
use crate::curve;
use crate::ot::rvole;
use crate::transcript::label;

/// A party that has offered its factors and waits for those of the others.
pub(super) struct AwaitingOffers {
    pub(super) run: Run,
    pub(super) fsid: [u8; 32],
    /// dig
    pub(super) digest: [u8; 32],
    /// φ_i
    pub(super) phi: Secret<Scalar>,
    /// r_i
    pub(super) nonce: Secret<Scalar>,
    /// R_i
    pub(super) nonce_point: ProjectivePoint,
    /// blind_i
    pub(super) blinding: [u8; 32],
    pub(super) signers: FromEach<Signer>,
    pub(super) offered: FromEach<Offered>,
    /// MSID(i, j), in which the inputs are mine.
    pub(super) multiplications: FromEach<rvole::Instance>,
}

impl AwaitingOffers {
    /// Round 3.
    pub(super) fn receive(
        self,
        round2: FromEach<Round2>,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<(AwaitingProducts, FromEach<Round3>), Abort<Check>> {
        let Self { run, fsid, digest, phi, nonce, nonce_point, blinding, .. } = self;
        let Self { signers, offered, multiplications, .. } = self;

        // 3.1
        require(round2.values().all(|message| message.fsid == fsid), Check::SignSameSession)
            .map_err(|check| Abort::suspect(check, &run.others))?;

        // 3.2
        let zero_share = zero_share(&run, &signers, &digest)?;

        // 3.3
        let key = key_part(&run, &signers, &zero_share);
        let key_point = ProjectivePoint::mul_by_generator(key.expose());

        // 3.4
        let coins = FromEach::make(&run.others, |_| rvole::SenderCoins::draw(rng));
        let offers = signers.as_ref().beside(round2).beside(multiplications).beside(coins);
        let multiplied =
            offers.check_each_on(workers, |_, (((signer, message), multiplication), coins)| {
                let seed = &run.seeds(signer.party_id)?.receive;
                rvole::send(
                    multiplication,
                    seed,
                    [nonce.expose(), key.expose()],
                    &message.offer,
                    coins,
                )
            })?;

        // 3.5
        let encoded_key_point = curve::encode_point(&key_point);
        let encoded_nonce_point = curve::encode_point(&nonce_point);
        let (multiplied, messages) = multiplied
            .beside(offered)
            .map(|_, ((c, reply), offered)| {
                let [c_u, c_v] = c.expose();
                let [gamma_u, gamma_v] = curve::two::encode_multiples([c_u, c_v]);
                let psi = Zeroizing::new(phi.expose() - offered.chi.expose());
                let message = Round3 {
                    fsid,
                    reply,
                    digest,
                    key_point: encoded_key_point,
                    nonce_point: encoded_nonce_point,
                    blinding,
                    gamma_v,
                    gamma_u,
                    psi: Secret::fill(|bytes| *bytes = curve::scalar_bytes(&psi)),
                };
                (Multiplied { offered, c }, message)
            })
            .apart();

        let next = AwaitingProducts {
            run,
            fsid,
            digest,
            phi,
            nonce,
            nonce_point,
            key,
            key_point,
            signers,
            multiplied,
        };
        Ok((next, messages))
    }
}

/// ζ_i: over all signers these add up to zero, and whoever is not one of a pair knows nothing of the pair's part.
fn zero_share(
    run: &Run,
    signers: &FromEach<Signer>,
    digest: &[u8; 32],
) -> Result<Secret<Scalar>, Abort<Check>> {
    let parts = signers.as_ref().check_each(|_, signer| {
        let seeds = run.seeds(signer.party_id)?;
        let part = Sha256::new()
            .chain_update(label::DSG)
            .chain_update(seeds.zero.expose())
            .chain_update(digest)
            .chain_update(label::DSG_ZERO_SHARE)
            .finalize();
        Ok((signer.party_id, Secret::fill(|secret| *secret = curve::reduce(&part.into()))))
    })?;
    let mut sum = Scalar::ZERO;
    for (party_id, part) in parts.values() {
        if *party_id < run.share.party_id() {
            sum += part.expose();
        } else {
            sum -= part.expose();
        }
    }
    Ok(Secret::take(&mut sum))
}

/// sk_i: over all signers these add up to the private key of the path.
fn key_part(run: &Run, signers: &FromEach<Signer>, zero_share: &Secret<Scalar>) -> Secret<Scalar> {
    let party_ids = signers.values().map(|signer| signer.party_id);
    let lambda = run.share.lagrange(party_ids);

    let signer_count = signers.values().fold(Scalar::ONE, |count, _| count + Scalar::ONE);
    // At most 255, so never zero.
    let offset = run.child.offset * signer_count.invert().unwrap_or(Scalar::ZERO);

    Secret::fill(|key| *key = lambda * run.share.secret.expose() + offset + zero_share.expose())
}
