//! The result of signing, and its verification. `ED-SIGN 4.4`.

use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::{Digest, Sha512};

use crate::curve::{self, POINT_LEN};

/// Length of an encoded signature.
pub const SIGNATURE_LEN: usize = 64;

/// An Ed25519 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// R, 32 bytes as in RFC 8032.
    pub r: [u8; 32],
    /// s, 32 bytes little-endian.
    pub s: [u8; 32],
}

impl Signature {
    /// `R || s`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SIGNATURE_LEN] {
        let mut bytes = [0; SIGNATURE_LEN];
        let fields = self.r.iter().chain(&self.s);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = *field);
        bytes
    }
}

/// Whether this is a signature of `message` under the key.
///
/// Strict: key and R are canonical encodings of points of prime order, s is below the group order, and the equation holds
/// without a cofactor. What passes here passes with every Ed25519 verifier.
#[must_use]
pub fn verify(
    public_key: &[u8; POINT_LEN],
    message: &[u8],
    signature: &[u8; SIGNATURE_LEN],
) -> bool {
    curve::decode_point(public_key)
        .is_some_and(|key| verify_under((&key, public_key), message, signature))
}

/// The same under a key that has been decoded, beside its encoding. R is not decoded: it is the encoding of s·B − e·PK, and so canonical and of prime
/// order.
pub(crate) fn verify_under(
    (key, public_key): (&EdwardsPoint, &[u8; POINT_LEN]),
    message: &[u8],
    signature: &[u8; SIGNATURE_LEN],
) -> bool {
    let split = || {
        let (big_r, rest) = signature.split_first_chunk()?;
        let (s, _) = rest.split_first_chunk()?;
        Some((big_r, curve::strict_scalar(s)?))
    };
    split().is_some_and(|(big_r, s)| {
        let e = challenge(big_r, public_key, message);
        curve::encodes_sum(big_r, (&-e, key), &s)
    })
}

/// e, where R and PK are given encoded.
pub(crate) fn challenge(
    big_r: &[u8; POINT_LEN],
    public_key: &[u8; POINT_LEN],
    message: &[u8],
) -> Scalar {
    let hash: [u8; 64] = Sha512::new()
        .chain_update(big_r)
        .chain_update(public_key)
        .chain_update(message)
        .finalize()
        .into();
    Scalar::from_bytes_mod_order_wide(&hash)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::verify;

    #[test]
    fn signatures_of_another_implementation_verify_and_changed_ones_do_not() {
        for (seed, message) in [([1; 32], &b""[..]), ([2; 32], b"abc"), ([3; 32], &[7; 300])] {
            let key = SigningKey::from_bytes(&seed);
            let public_key = key.verifying_key().to_bytes();
            let signature = key.sign(message).to_bytes();
            assert!(verify(&public_key, message, &signature));
            assert!(!verify(&public_key, b"another", &signature));
            for i in 0..64 {
                let mut spoilt = signature;
                spoilt[i] ^= 1;
                assert!(!verify(&public_key, message, &spoilt));
            }
        }
    }

    #[test]
    fn a_response_beyond_the_order_is_refused() {
        let key = SigningKey::from_bytes(&[4; 32]);
        let mut signature = key.sign(b"abc").to_bytes();
        // s + L, which fits, for s is below 2^252.
        let order = hex::decode("edd3f55c1a631258d69cf7a2def9de14").unwrap();
        let mut carry = 0_u16;
        for i in 0..32 {
            let digit = order.get(i).copied().unwrap_or(if i == 31 { 0x10 } else { 0 });
            let sum = u16::from(signature[32 + i]) + u16::from(digit) + carry;
            signature[32 + i] = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(!verify(&key.verifying_key().to_bytes(), b"abc", &signature));
    }

    #[test]
    fn a_key_of_small_order_verifies_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&identity);
        assert!(!verify(&identity, b"abc", &signature));
    }
}
