//! Round 4: check what was opened and what was dealt; take the share.
//!
//! ```text
//! 4.1  the fin of j is mine                              else retry, suspects all others
//! 4.2  every index, count and length of j's R2 is right  else retry, names j
//! 4.3  com(j) of what it opens = com_j                   else retry, names j
//! 4.4  A_j[k] decode                                     else retry, names j
//! 4.5  the proofs of j verify                            else retry, names j
//! 4.6  ct_ji opens                                       else retry, names j
//! 4.7  d_ji decodes                                      else retry, names j
//! 4.8  d_ji·B = A_j(x_i)                                 else retry, names j
//! 4.9  PK = Σ A_j[0] ≠ O                                 else retry, suspects all others
//! 4.10 d_i = Σ d_ji; the chain code
//! 4.11 the share, and S_p of every party id p
//! ```
//!
//! Of a key that exists, between 4.9 and 4.10, `ED-REFRESH`:
//!
//! ```text
//! 4.1  every cc_j is the given chain code                else retry, suspects all others
//! 4.2  PK = PK*                                          else retry, suspects all others
//! ```

use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::message::{Dealings, Round2, chain_code, proof_context};
use super::{Committed, Run};
use crate::check::Check;
use crate::curve::{self, POINT_LEN};
use crate::dlog::{self, PROOF_LEN};
use crate::polynomial::PublicPolynomial;
use crate::share::{KeyShare, NewShare};

/// A party that has opened and waits for what the others open and deal.
pub(super) struct AwaitingOpenings {
    pub(super) run: Run,
    pub(super) committed: FromEach<Committed>,
    pub(super) fin: [u8; 32],
    /// A_i
    pub(super) public: PublicPolynomial,
    /// d_ii
    pub(super) kept: Secret<Scalar>,
    /// cc_i
    pub(super) chain_code: Secret<[u8; 32]>,
}

/// What one party has dealt to me.
struct Dealt {
    /// A_j
    polynomial: PublicPolynomial,
    /// d_ji
    share: Secret<Scalar>,
    /// cc_j
    chain_code: Secret<[u8; 32]>,
}

impl AwaitingOpenings {
    /// Round 4.
    pub(super) fn receive(self, round2: FromEach<Round2>) -> Result<NewShare, Abort<Check>> {
        let Self { run, committed, fin, public, kept, chain_code: own_chain_code } = self;
        let committee = &run.committee;
        let (n, t, me) = (committee.size(), committee.threshold(), committee.me());
        let suspect = |check| Abort::suspect(check, committee.others());

        let openings = round2.check_each(|_, message| {
            let opening = message.opening(n, t).ok_or(Check::DkgNumbers)?;
            Ok((message, opening))
        })?;

        // 4.1
        let same = openings.values().all(|(_, opening)| opening.fin == fin);
        require(same, Check::DkgSameSession).map_err(suspect)?;

        let dealt =
            committed.beside(openings).check_each(|j, (committed, (message, opening))| {
                // 4.2
                require(message.is_message_of(j, &opening), Check::DkgNumbers)?;
                // 4.3
                let opens = opening.dealings.commit(&committed.sid, j).ct_eq(&committed.commitment);
                require(opens.into(), Check::DkgOpensCommitment)?;
                // 4.4
                let encoded = &opening.dealings.polynomial;
                let decoded = PublicPolynomial::decode(encoded);
                let polynomial = require_some(decoded, Check::DkgPolynomialPoints, || {
                    PublicPolynomial::decode_lax(encoded)
                })?;
                // 4.5
                let known = proves(&opening.proofs, &proof_context(&fin, j), &polynomial, encoded);
                require(known, Check::DkgKnowsPolynomial)?;
                // 4.6 to 4.8
                let (share, chain_code) =
                    open_share(&run, &committed, &opening.dealings, &polynomial)?;
                Ok(Dealt { polynomial, share, chain_code })
            })?;

        // 4.9
        let polynomials = dealt.values().map(|dealt| &dealt.polynomial);
        let sum = PublicPolynomial::sum(polynomials.chain([&public]));
        let public_key = sum.constant_term();
        require(!public_key.is_identity(), Check::DkgPublicKey).map_err(suspect)?;

        if let Some(given) = &run.given {
            // ED-REFRESH 4.1
            let same = dealt
                .values()
                .all(|dealt| dealt.chain_code.expose().ct_eq(&given.chain_code).into());
            require(same, Check::RefreshSameChainCode).map_err(suspect)?;
            // ED-REFRESH 4.2
            let kept = public_key == given.public_key;
            require(kept, Check::RefreshKeepsPublicKey).map_err(suspect)?;
        }

        // 4.10
        let shares = dealt.values().map(|dealt| dealt.share.expose());
        let mut secret = shares.fold(*kept.expose(), |sum, share| sum + share);
        let secret = Secret::take(&mut secret);
        let chain_code = if let Some(given) = &run.given {
            given.chain_code
        } else {
            let parts = dealt.map(|_, dealt| dealt.chain_code).with_own(me, own_chain_code);
            chain_code(parts.values().map(|part| &part.expose()[..]))
        };

        // 4.11
        let name = || Sha256::digest(curve::encode_point(&public_key)).into();
        let share = KeyShare {
            threshold: t,
            parties: n,
            party_id: me.get(),
            secret,
            public_key,
            key_id: run.key_id.unwrap_or_else(name),
            chain_code,
        };
        Ok(NewShare { share, public_shares: sum.public_shares(n) })
    }
}

/// Whether there is a proof for every coefficient. All are as many as the threshold.
fn proves(
    proofs: &[[u8; PROOF_LEN]],
    context: &[u8; 32],
    polynomial: &PublicPolynomial,
    encoded: &[[u8; POINT_LEN]],
) -> bool {
    let mut each = proofs.iter().zip(polynomial.coefficients().zip(encoded));
    each.all(|(proof, (point, encoded))| dlog::verifies(proof, context, point, encoded))
}

/// 4.6 to 4.8: d_ji and cc_j.
fn open_share(
    run: &Run,
    committed: &Committed,
    dealings: &Dealings,
    polynomial: &PublicPolynomial,
) -> Result<(Secret<Scalar>, Secret<[u8; 32]>), Check> {
    let me = run.committee.me();

    // 4.6
    let sealed = dealings.sealed_to(me).ok_or(Check::DkgNumbers)?;
    let text = committed.key.open(&sealed.nonce, &sealed.text);
    let text = require_some(text, Check::DkgShareOpens, || {
        committed.key.open_lax(&sealed.nonce, &sealed.text)
    })?;
    let [share, chain_code] = halves(&text);

    // 4.7
    let mut decoded = require_some(curve::strict_scalar(&share), Check::DkgShareScalar, || {
        curve::reduce(&share)
    })?;
    let share = Secret::take(&mut decoded);

    // 4.8
    let image = EdwardsPoint::mul_base(share.expose());
    let on_polynomial = image == polynomial.at(me.get());
    require(on_polynomial, Check::DkgShareOnPolynomial)?;

    Ok((share, Secret::fill(|kept: &mut [u8; 32]| kept.copy_from_slice(&*chain_code))))
}

fn halves(text: &[u8; 64]) -> [Zeroizing<[u8; 32]>; 2] {
    let (first, second) = text.split_at(32);
    [first, second].map(|half| {
        let mut copy = Zeroizing::new([0; 32]);
        copy.copy_from_slice(half);
        copy
    })
}
