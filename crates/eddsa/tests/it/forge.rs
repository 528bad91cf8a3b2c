//! What a liar needs in order to lie consistently: the formulas of the specification, written a second time.

use curve25519_dalek::constants::{ED25519_BASEPOINT_COMPRESSED, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, MontgomeryPoint, Scalar};
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;
use quorate_core::PartyIndex;
use quorate_core::simulation::{Seeded, seeded};
use rand_core::Rng;
use salsa20::cipher::array::Array;
use salsa20::cipher::consts::U10;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use salsa20::{XSalsa20, hsalsa};
use sha2::{Digest, Sha256};

/// The group order: the smallest number that is not a scalar.
pub(crate) const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
/// O.
pub(crate) const IDENTITY: [u8; 32] = [
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// 32 bytes that encode no point.
pub(crate) const NO_POINT: [u8; 32] = [0xff; 32];

/// SHA-256 of the plain concatenation.
pub(crate) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), Sha256::chain_update).finalize().into()
}

/// A party's number inside most hashes.
pub(crate) fn index_32(j: u8) -> [u8; 4] {
    u32::from(j).to_be_bytes()
}

/// A party's number inside the hashes of a quorum change.
pub(crate) fn index_64(j: PartyIndex) -> [u8; 8] {
    u64::from(j).to_be_bytes()
}

/// The randomness of party `i` in a run with this seed.
pub(crate) fn randomness(seed: u64, i: u8) -> Seeded {
    seeded(seed + u64::from(i))
}

/// The next bytes of a party's randomness.
pub(crate) fn drawn<const N: usize>(rng: &mut Seeded) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// The next scalar of a party's randomness.
pub(crate) fn drawn_scalar(rng: &mut Seeded) -> Scalar {
    loop {
        let mut bytes = drawn::<32>(rng);
        bytes[31] &= 0x1f;
        if let Some(scalar) = Scalar::from_canonical_bytes(bytes).into() {
            return scalar;
        }
    }
}

pub(crate) fn scalar(bytes: &[u8]) -> Scalar {
    Scalar::from_canonical_bytes(bytes.try_into().unwrap()).unwrap()
}

pub(crate) fn point(bytes: &[u8]) -> EdwardsPoint {
    CompressedEdwardsY(bytes.try_into().unwrap()).decompress().unwrap()
}

pub(crate) fn encode(point: &EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

pub(crate) fn times_b(scalar: &Scalar) -> [u8; 32] {
    encode(&EdwardsPoint::mul_base(scalar))
}

/// Overwrites part of a payload.
pub(crate) fn put(payload: &mut [u8], at: usize, bytes: &[u8]) {
    payload[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Adds 1 to the scalar at `at`.
pub(crate) fn add_one(payload: &mut [u8], at: usize) {
    let more = scalar(&payload[at..at + 32]) + Scalar::ONE;
    put(payload, at, more.as_bytes());
}

/// Another encoding of the same scalar: the number plus L.
pub(crate) fn plus_order(scalar: &[u8]) -> [u8; 32] {
    let mut sum = [0; 32];
    let mut carry = 0_u16;
    for ((sum, digit), order) in sum.iter_mut().zip(scalar).zip(L) {
        let [low, high] = (u16::from(*digit) + u16::from(order) + carry).to_le_bytes();
        (*sum, carry) = (low, high.into());
    }
    sum
}

/// Every point of small order but O.
pub(crate) fn torsion() -> impl Iterator<Item = EdwardsPoint> {
    EIGHT_TORSION.into_iter().skip(1)
}

/// Keys for X25519 that agree on zero with every secret: both encodings of 0 and 1, those of p − 1, and of the points of
/// order eight; with the highest bit too, which X25519 does not read.
pub(crate) fn small_order_keys() -> impl Iterator<Item = [u8; 32]> {
    let order_8 = EIGHT_TORSION[1].to_montgomery().to_bytes();
    let other_order_8 = EIGHT_TORSION[3].to_montgomery().to_bytes();
    let p_plus = |small: u8| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0xec + small, 0x7f);
        bytes
    };
    let keys = [[0; 32], IDENTITY, p_plus(0), p_plus(1), p_plus(2), order_8, other_order_8];
    keys.into_iter().flat_map(|key| {
        let mut with_top_bit = key;
        with_top_bit[31] |= 0x80;
        [key, with_top_bit]
    })
}

/// The point of order two.
pub(crate) fn torsion_2() -> EdwardsPoint {
    EIGHT_TORSION[4]
}

/// A proof for `x·B`, to which somebody has added something of order eight or less: `enc(T) || s`.
pub(crate) fn prove(context: &[u8; 32], x: &Scalar, claimed: &EdwardsPoint) -> [u8; 64] {
    for nonce in 1..1000_u32 {
        let nonce = Scalar::from(nonce);
        let t = times_b(&nonce);
        let challenge = Scalar::from_bytes_mod_order(hash(&[
            b"DLogProof-Challenge",
            context,
            b"y",
            &encode(claimed),
            b"t",
            &t,
            b"base-point",
            ED25519_BASEPOINT_COMPRESSED.as_bytes(),
        ]));
        // Who verifies multiplies by L − c: a multiple of eight hides what was added.
        if (-challenge).as_bytes()[0].is_multiple_of(8) {
            let s = nonce + challenge * x;
            return [t, s.to_bytes()].concat().try_into().unwrap();
        }
    }
    unreachable!("one challenge in eight is a multiple of eight")
}

/// f(x).
pub(crate) fn evaluate(polynomial: &[Scalar], x: u8) -> Scalar {
    polynomial.iter().rev().fold(Scalar::ZERO, |value, c| value * Scalar::from(x) + c)
}

/// X25519.
pub(crate) fn agree(secret: &[u8; 32], key: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint(*key).mul_clamped(*secret).to_bytes()
}

/// The X25519 key of a secret.
pub(crate) fn x25519_public(secret: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*secret).to_bytes()
}

/// NaCl's crypto_box under an agreed secret: `mac || ciphertext || nonce`.
pub(crate) fn seal(shared: &[u8; 32], nonce: &[u8; 24], text: &[u8; 64]) -> Vec<u8> {
    let key = hsalsa::<U10>(shared.into(), &Array::default());
    let mut stream = XSalsa20::new(&key, nonce.into());
    let mut mac_key = [0; 32];
    stream.apply_keystream(&mut mac_key);
    let mut sealed = *text;
    stream.apply_keystream(&mut sealed);
    let mac = Poly1305::new(&mac_key.into()).compute_unpadded(&sealed);
    [&mac[..], &sealed, nonce].concat()
}
