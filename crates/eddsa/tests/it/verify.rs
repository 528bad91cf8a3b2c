//! The strict verification against every kind of signature about which verifiers of Ed25519 differ: points of small and of
//! mixed order, numbers and points encoded twice. Whatever it accepts, every other verifier accepts.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signer, SigningKey, Verifier, VerifyingKey};
use quorate_eddsa::verify;
use sha2::{Digest, Sha512};

use crate::forge::L;

struct Signed {
    key: [u8; 32],
    message: Vec<u8>,
    signature: [u8; 64],
}

impl Signed {
    fn of(key: [u8; 32], r: [u8; 32], s: [u8; 32], message: Vec<u8>) -> Self {
        Self { key, message, signature: [r, s].concat().try_into().unwrap() }
    }

    fn passes(&self) -> bool {
        verify(&self.key, &self.message, &self.signature)
    }

    /// What a verifier says that compares s·B − e·A with R as it is encoded, and minds no order.
    fn passes_a_lax_verifier(&self) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&self.signature);
        VerifyingKey::from_bytes(&self.key)
            .is_ok_and(|key| key.verify(&self.message, &signature).is_ok())
    }
}

/// Key, nonce, and what somebody has added to the points of both.
#[derive(Clone, Copy)]
struct Forger {
    a: Scalar,
    r: Scalar,
    in_a: EdwardsPoint,
    in_r: EdwardsPoint,
}

impl Forger {
    /// A signature with s = r + e·a: of the equation there is left what was added.
    fn sign(&self, message: Vec<u8>) -> (Signed, Scalar) {
        let key = (EdwardsPoint::mul_base(&self.a) + self.in_a).compress().to_bytes();
        let big_r = (EdwardsPoint::mul_base(&self.r) + self.in_r).compress().to_bytes();
        let e = challenge(&big_r, &key, &message);
        let s = (self.r + e * self.a).to_bytes();
        (Signed::of(key, big_r, s, message), e)
    }

    /// The first of many messages for which the equation holds without a cofactor, or does not. There need not be one.
    fn sign_where(&self, holds: bool) -> Option<Signed> {
        (0..200_u32).find_map(|n| {
            let (signed, e) = self.sign(n.to_le_bytes().to_vec());
            ((self.in_r + self.in_a * e).is_identity() == holds).then_some(signed)
        })
    }
}

fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

fn scalars() -> [Scalar; 2] {
    [Scalar::from(0x1234_5678_u32), Scalar::from(0x9abc_def0_u32)]
}

/// All encodings of points of small order: the canonical ones, and those with y + p or with a sign that x = 0 has not.
fn small_order_encodings() -> Vec<[u8; 32]> {
    let canonical = EIGHT_TORSION.iter().map(|point| point.compress().to_bytes());
    let p_plus = |small: u8| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0xed + small, 0x7f);
        bytes
    };
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut order_2 = p_plus(0);
    order_2[0] -= 1;
    let with_sign = |mut bytes: [u8; 32]| {
        bytes[31] |= 0x80;
        bytes
    };
    let others = [p_plus(0), p_plus(1)];
    let signed = others.map(with_sign).into_iter().chain([identity, order_2].map(with_sign));
    canonical.chain(others).chain(signed).collect()
}

#[test]
fn points_of_prime_order_pass() {
    let [a, r] = scalars();
    let none = EdwardsPoint::default();
    let honest = Forger { a, r, in_a: none, in_r: none }.sign_where(true).unwrap();
    assert!(honest.passes() && honest.passes_a_lax_verifier());
}

#[test]
fn points_of_mixed_order_do_not_pass_whether_or_not_the_equation_holds() {
    let [a, r] = scalars();
    let mut held = 0;
    for in_a in EIGHT_TORSION {
        for in_r in EIGHT_TORSION {
            if in_a.is_identity() && in_r.is_identity() {
                continue;
            }
            let forger = Forger { a, r, in_a, in_r };
            for holds in [true, false] {
                let Some(signed) = forger.sign_where(holds) else { continue };
                assert!(!signed.passes());
                assert_eq!(signed.passes_a_lax_verifier(), holds);
                held += usize::from(holds);
            }
        }
    }
    assert!(held > 20, "many of these convince a lax verifier");
}

#[test]
fn a_key_or_a_nonce_of_small_order_does_not_pass() {
    let [a, r] = scalars();
    let mut held = 0;
    for in_a in EIGHT_TORSION {
        for in_r in EIGHT_TORSION {
            for (a, r) in [(Scalar::ZERO, Scalar::ZERO), (Scalar::ZERO, r), (a, Scalar::ZERO)] {
                let forger = Forger { a, r, in_a, in_r };
                for holds in [true, false] {
                    let Some(signed) = forger.sign_where(holds) else { continue };
                    assert!(!signed.passes());
                    held += usize::from(signed.passes_a_lax_verifier());
                }
            }
        }
    }
    assert!(held > 20, "many of these convince a lax verifier");
}

#[test]
fn a_point_that_is_encoded_another_way_does_not_pass() {
    let [a, r] = scalars();
    let big_r = EdwardsPoint::mul_base(&r).compress().to_bytes();
    let key = EdwardsPoint::mul_base(&a).compress().to_bytes();
    let mut held = 0;
    for odd in small_order_encodings() {
        let Some(point) = CompressedEdwardsY(odd).decompress() else { continue };
        for n in 0..64_u32 {
            let message = n.to_le_bytes().to_vec();
            // As a key: s = r, where e·A vanishes.
            if (point * challenge(&big_r, &odd, &message)).is_identity() {
                let signed = Signed::of(odd, big_r, r.to_bytes(), message.clone());
                assert!(!signed.passes());
                held += usize::from(signed.passes_a_lax_verifier());
            }
            // As a nonce: s = e·a.
            let s = challenge(&odd, &key, &message) * a;
            assert!(!Signed::of(key, odd, s.to_bytes(), message).passes());
        }
    }
    assert!(held > 20, "many of these convince a lax verifier");
}

#[test]
fn a_number_that_is_encoded_another_way_does_not_pass() {
    let signer = SigningKey::from_bytes(&[5; 32]);
    let key = signer.verifying_key().to_bytes();
    let mut signature = signer.sign(b"twice").to_bytes();
    assert!(verify(&key, b"twice", &signature));
    // s + L, s + 2L, … as long as there is room in 32 bytes.
    let mut others = 0;
    while add(&mut signature[32..], &L) {
        assert!(!verify(&key, b"twice", &signature));
        others += 1;
    }
    assert!(others >= 14);

    // The three highest bits, which some ignore.
    for bit in [0x20, 0x40, 0x80] {
        let mut signature = signer.sign(b"twice").to_bytes();
        signature[63] |= bit;
        assert!(!verify(&key, b"twice", &signature));
    }
}

/// Adds little-endian numbers of one length, if the sum has that length too.
fn add(number: &mut [u8], more: &[u8]) -> bool {
    let mut carry = 0;
    for (digit, more) in number.iter_mut().zip(more) {
        let [low, high] = (u16::from(*digit) + u16::from(*more) + carry).to_le_bytes();
        (*digit, carry) = (low, high.into());
    }
    carry == 0
}

#[test]
fn what_passes_passes_with_the_strictest_of_the_others_too() {
    for n in 0..50_u8 {
        let signer = SigningKey::from_bytes(&[n; 32]);
        let message = vec![n; usize::from(n)];
        let signature = signer.sign(&message);
        let key = signer.verifying_key();
        assert!(verify(&key.to_bytes(), &message, &signature.to_bytes()));
        key.verify_strict(&message, &signature).unwrap();
    }
}
