//! Round 1, the initiator's: split the key.
//!
//! ```text
//! 1.1  I am party 0                                      else refuse
//! 1.2  the key is a scalar other than zero               else refuse
//! 1.3  draw g above g(0) = the key;  s_j = λ_j·g(x_j)
//! ```

use curve25519_dalek::EdwardsPoint;
use quorate_core::check::{require, require_some};
use quorate_core::{Committee, FromEach, Secret};
use rand_core::CryptoRng;

use super::INITIATOR;
use super::message::Part;
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
    let (n, t) = (committee.size(), committee.threshold());
    let polynomial = SecretPolynomial::draw_above(&key, t, rng);
    let part_of = |id| {
        let lambda = lagrange(id, 0..n);
        Secret::fill(|part| *part = lambda * polynomial.at(&curve::x_of(id)).expose())
    };
    let public_key = EdwardsPoint::mul_base(key.expose());
    let encoded_key = curve::encode_point(&public_key);
    let parts = FromEach::make(committee.others(), |j| Part {
        numbers: [j.get(), t, n],
        secret: Secret::fill(|secret| *secret = part_of(j.get()).expose().to_bytes()),
        lost: [0; 8],
        public_key: encoded_key,
        chain_code,
    });
    let given = Given { part: part_of(INITIATOR.get()), public_key, chain_code };
    Ok(AwaitingKeys { given, parts })
}
