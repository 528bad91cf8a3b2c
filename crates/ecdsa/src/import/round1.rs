//! Round 1, the initiator's: split the key.
//!
//! ```text
//! 1.1  I am party 0                                      else refuse
//! 1.2  the key is a scalar other than zero               else refuse
//! 1.3  draw g above g(0) = the key;  x_j = j + 1,  s_j = g(x_j)
//! ```

use std::collections::BTreeMap;

use k256::{ProjectivePoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Committee, FromEach, Secret};
use rand_core::CryptoRng;

use super::INITIATOR;
use super::message::Record;
use super::round2::AwaitingKeys;
use crate::check::Check;
use crate::curve::{self, SCALAR_LEN};
use crate::polynomial::{SecretPolynomial, lagrange};
use crate::refresh::Given;

/// Round 1 of the initiator.
pub(super) fn split(
    committee: &Committee,
    key: &[u8; SCALAR_LEN],
    chain_code: [u8; 32],
    rng: &mut dyn CryptoRng,
) -> Result<AwaitingKeys, Check> {
    // 1.1
    require(committee.me() == INITIATOR, Check::ImportInitiator)?;

    // 1.2
    let decoded = curve::nonzero_scalar(key);
    let mut key = require_some(decoded, Check::ImportKey, || curve::reduce(key))?;
    let key = Secret::take(&mut key);

    // 1.3
    let polynomial = SecretPolynomial::draw_above(&key, committee.threshold(), rng);
    let public_key = ProjectivePoint::mul_by_generator(key.expose());
    let xs = points(committee.size());
    let encoded_key = curve::encode_point(&public_key);
    let records = FromEach::make(committee.others(), |j| Record {
        party_id: j.get(),
        parties: committee.size(),
        ranks: vec![0; xs.len()],
        threshold: committee.threshold(),
        public_key: encoded_key,
        chain_code,
        has_share: 1,
        share: Secret::fill(|share| {
            *share = curve::scalar_bytes(polynomial.at(&point_of(j.get())).expose());
        }),
        point_count: committee.size(),
        points: xs.iter().map(curve::scalar_bytes).collect(),
        lost_count: 0,
    });
    let share = polynomial.at(&point_of(INITIATOR.get()));
    let given = part(committee, &share, public_key, chain_code);
    Ok(AwaitingKeys { given, records })
}

/// a_i = λ_i·s_i, λ over all parties.
pub(super) fn part(
    committee: &Committee,
    share: &Secret<Scalar>,
    public_key: ProjectivePoint,
    chain_code: [u8; 32],
) -> Given {
    let xs = points(committee.size());
    let lambda = lagrange(&Scalar::ZERO, &point_of(committee.me().get()), xs.iter());
    let part = Secret::fill(|part| *part = lambda * share.expose());
    Given { part, public_key, chain_code, public_parts: BTreeMap::new() }
}

/// The evaluation points of an import: 1 to n.
pub(super) fn points(parties: u8) -> Vec<Scalar> {
    (0..parties).map(point_of).collect()
}

/// x_j = j + 1.
fn point_of(party_id: u8) -> Scalar {
    Scalar::from(u32::from(party_id)) + Scalar::ONE
}
