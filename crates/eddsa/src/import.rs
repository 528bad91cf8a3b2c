//! Import: a whole key becomes a shared one. `spec/eddsa/import_export.md`.
//!
//! The initiator, party 0, knows the key. It splits it with [`split`]; every other party reads its part with
//! [`receive`]; then all run [`refresh`](crate::refresh::start). The layer that carries a part encrypts it.

use std::collections::BTreeSet;

use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, Committee, FromEach, PartyIndex, Secret};
use rand_core::CryptoRng;
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, Zeroizing};

use crate::check::Check;
use crate::curve::{self, POINT_LEN, SCALAR_LEN};
use crate::polynomial::{SecretPolynomial, lagrange};
use crate::refresh::Given;
use quorate_core::payload::Reader;

/// Length of a part.
pub const PART_LEN: usize = 107;
/// A part as it goes to the party that it is for, encrypted on its way.
pub type EncodedPart = Zeroizing<[u8; PART_LEN]>;

/// The party that knows the key.
pub const INITIATOR: PartyIndex = PartyIndex::new(0);

/// The private key behind an Ed25519 seed: the scalar of RFC 8032, mod L, little-endian.
#[must_use]
pub fn key_of_seed(seed: &[u8; 32]) -> Secret<[u8; SCALAR_LEN]> {
    let mut hash: [u8; 64] = Sha512::digest(seed).into();
    let mut half = Zeroizing::new([0; 32]);
    half.iter_mut().zip(&hash).for_each(|(to, from)| *to = *from);
    hash.zeroize();
    let clamped = Zeroizing::new(clamp_integer(*half));
    Secret::fill(|key| *key = Scalar::from_bytes_mod_order(*clamped).to_bytes())
}

/// Splits the key: the initiator's own part, and what every other party must get.
///
/// Draws the t − 1 upper coefficients of the polynomial. The chain code is the caller's: random for a key that has none.
///
/// # Errors
///
/// [`Check::ImportKey`] unless the key is a scalar other than zero.
pub fn split(
    key: &[u8; SCALAR_LEN],
    chain_code: [u8; 32],
    committee: &Committee,
    rng: &mut dyn CryptoRng,
) -> Result<(Given, FromEach<EncodedPart>), Check> {
    // 1.1
    let decoded = curve::nonzero_scalar(key);
    let mut key = require_some(decoded, Check::ImportKey, || curve::reduce(key))?;
    let key = Secret::take(&mut key);
    let public_key = EdwardsPoint::mul_base(key.expose());

    // 1.2
    let (n, t) = (committee.size(), committee.threshold());
    let polynomial = SecretPolynomial::draw_above(&key, t, rng);
    let part_of = |j: PartyIndex| {
        let id = j.get();
        let lambda = lagrange(id, 0..n);
        Secret::fill(|part| *part = lambda * polynomial.at(&curve::x_of(id)).expose())
    };
    let encoded_key = curve::encode_point(&public_key);
    let others: BTreeSet<_> = committee.all().filter(|&j| j != INITIATOR).collect();
    let parts = FromEach::make(&others, |j| {
        let mut bytes = Zeroizing::new([0; PART_LEN]);
        let part = part_of(j);
        let numbers = [j.get(), t, n];
        let fields = [&numbers[..], part.expose().as_bytes(), &[0; 8], &encoded_key, &chain_code];
        bytes.iter_mut().zip(fields.into_iter().flatten()).for_each(|(to, from)| *to = *from);
        bytes
    });
    Ok((Given { part: part_of(INITIATOR), public_key, chain_code }, parts))
}

/// Reads the part that the initiator has sent to this party.
///
/// # Errors
///
/// [`Abort::Blame`], naming the initiator, for [`Check::ImportNumbers`] or [`Check::ImportPart`].
pub fn receive(part: &[u8; PART_LEN], committee: &Committee) -> Result<Given, Abort<Check>> {
    let blame = |check| Abort::blame(INITIATOR, check);
    let Fields { numbers, secret, lost, public_key, chain_code } =
        Fields::read(&mut Reader::new(part)).ok_or_else(|| blame(Check::ImportNumbers))?;

    // 2.1
    let expected = [committee.me().get(), committee.threshold(), committee.size()];
    require(numbers == expected && lost == [0; 8], Check::ImportNumbers).map_err(blame)?;
    // 2.2
    let decoded = Given::decode(&secret, &public_key, chain_code);
    require_some(decoded, Check::ImportPart, || Given::decode_lax(&secret, &public_key, chain_code))
        .map_err(blame)
}

/// PART, not decoded yet.
struct Fields {
    numbers: [u8; 3],
    secret: Zeroizing<[u8; SCALAR_LEN]>,
    lost: [u8; 8],
    public_key: [u8; POINT_LEN],
    chain_code: [u8; 32],
}

impl Fields {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            numbers: reader.array()?,
            secret: reader.secret()?,
            lost: reader.array()?,
            public_key: reader.array()?,
            chain_code: reader.array()?,
        })
    }
}
