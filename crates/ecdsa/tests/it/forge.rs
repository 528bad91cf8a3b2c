//! What a liar needs in order to lie consistently: the formulas of the specification, written a second time.

use k256::elliptic_curve::Group;
use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::elliptic_curve::ops::Reduce;
use k256::{FieldBytes, ProjectivePoint, Scalar};
use merlin::Transcript;
use quorate_core::PartyIndex;
use quorate_core::simulation::{Seeded, seeded};
use rand_core::Rng;
use sha2::{Digest, Sha256};

/// The group order: the smallest number that is not a scalar.
pub(crate) const Q: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];
/// O.
pub(crate) const IDENTITY: [u8; 33] = [0; 33];
/// 33 bytes that encode no point.
pub(crate) const NO_POINT: [u8; 33] = [4; 33];

/// SHA-256 of the plain concatenation.
pub(crate) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), Sha256::chain_update).finalize().into()
}

/// LBL(n).
pub(crate) const fn label(n: u8) -> [u8; 8] {
    [0, 1, 0, 0, 0, 0, 0, n]
}

/// A party's number inside a hash.
pub(crate) fn index(j: PartyIndex) -> [u8; 8] {
    u64::from(j).to_be_bytes()
}

/// The next 32 bytes of a party's randomness.
pub(crate) fn drawn(rng: &mut Seeded) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// The next scalar of a party's randomness. None of these tests meets a value that is not one.
pub(crate) fn drawn_scalar(rng: &mut Seeded) -> Scalar {
    scalar(&drawn(rng))
}

pub(crate) fn scalar(bytes: &[u8]) -> Scalar {
    let bytes: [u8; 32] = bytes.try_into().unwrap();
    Scalar::from_repr(bytes.into()).unwrap()
}

pub(crate) fn point(bytes: &[u8]) -> ProjectivePoint {
    let bytes: [u8; 33] = bytes.try_into().unwrap();
    ProjectivePoint::from_bytes(&bytes.into()).unwrap()
}

pub(crate) fn encode(point: &ProjectivePoint) -> [u8; 33] {
    if point.is_identity().into() { IDENTITY } else { point.to_bytes().into() }
}

pub(crate) fn times_g(scalar: &Scalar) -> [u8; 33] {
    encode(&(ProjectivePoint::GENERATOR * scalar))
}

/// Overwrites part of a payload.
pub(crate) fn put(payload: &mut [u8], at: usize, bytes: &[u8]) {
    payload[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Adds 1 to the scalar at `at`.
pub(crate) fn add_one(payload: &mut [u8], at: usize) {
    let more = scalar(&payload[at..at + 32]) + Scalar::ONE;
    put(payload, at, &more.to_bytes());
}

/// Adds G to the point at `at`.
pub(crate) fn add_g(payload: &mut [u8], at: usize) {
    let more = point(&payload[at..at + 33]) + ProjectivePoint::GENERATOR;
    put(payload, at, &encode(&more));
}

/// The transcript of a party's discrete-log proofs.
pub(crate) fn proof_transcript(sid: &[u8; 32], party: PartyIndex, action: u8) -> Transcript {
    const DOMAIN: [u8; 8] = label(100);
    let mut transcript = Transcript::new(&DOMAIN);
    transcript.append_message(b"session_id", sid);
    transcript.append_u64(b"party_id", party.into());
    transcript.append_message(b"action", &label(action));
    transcript
}

/// A proof of knowledge of `x`.
pub(crate) fn prove(transcript: &mut Transcript, x: &Scalar) -> Vec<u8> {
    const CHALLENGE: [u8; 8] = label(1);
    let nonce = Scalar::from(12_345_u32);
    transcript.append_message(b"y", &times_g(x));
    transcript.append_message(b"t", &times_g(&nonce));
    transcript.append_message(b"base-point", &times_g(&Scalar::ONE));
    let mut challenge = [0; 32];
    transcript.challenge_bytes(&CHALLENGE, &mut challenge);
    let challenge = <Scalar as Reduce<FieldBytes>>::reduce(&challenge.into());
    [&times_g(&nonce)[..], &(nonce + challenge * x).to_bytes()].concat()
}

/// f(x).
pub(crate) fn evaluate(polynomial: &[Scalar], x: &Scalar) -> Scalar {
    polynomial.iter().rev().fold(Scalar::ZERO, |value, c| value * x + c)
}

/// The randomness of party `i` in a run with this seed.
pub(crate) fn randomness(seed: u64, i: u8) -> Seeded {
    seeded(seed + u64::from(i))
}
