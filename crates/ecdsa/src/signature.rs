//! The result of signing, and its verification. `SIGN 5.4`, `SIGN 5.5`.

use k256::elliptic_curve::ops::LinearCombination;
use k256::elliptic_curve::point::AffineCoordinates;
use k256::elliptic_curve::scalar::IsHigh;
use k256::{ProjectivePoint, Scalar};

use crate::curve::{self, POINT_LEN};

/// Length of an encoded signature.
pub const SIGNATURE_LEN: usize = 65;

/// An ECDSA signature with s at most q/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// r, 32 bytes big-endian.
    pub r: [u8; 32],
    /// s, 32 bytes big-endian.
    pub s: [u8; 32],
    /// Bit 0: the parity of R's y. Bit 1: whether R's x is at least q. From 0 to 3, without any offset.
    pub recovery_id: u8,
}

impl Signature {
    /// `r || s || recovery id`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SIGNATURE_LEN] {
        let mut bytes = [0; SIGNATURE_LEN];
        let fields = self.r.iter().chain(&self.s).chain([&self.recovery_id]);
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = *field);
        bytes
    }

    /// From the nonce point and s, neither of them zero: brings s below q/2.
    pub(crate) fn normalise(big_r: &ProjectivePoint, s: &Scalar) -> Self {
        let high = bool::from(s.is_high());
        let s = if high { -s } else { *s };
        let Nonce { r, odd, reduced } = Nonce::of(big_r);
        let recovery_id = u8::from(odd != high) | (u8::from(reduced) << 1);
        Self { r: curve::scalar_bytes(&r), s: curve::scalar_bytes(&s), recovery_id }
    }
}

/// What a signature says of its nonce point R.
pub(crate) struct Nonce {
    /// R's x modulo q.
    pub(crate) r: Scalar,
    odd: bool,
    reduced: bool,
}

impl Nonce {
    /// Reads R's coordinates.
    pub(crate) fn of(big_r: &ProjectivePoint) -> Self {
        let point = big_r.to_affine();
        let x = point.x().into();
        Self {
            r: curve::reduce(&x),
            odd: point.y_is_odd().into(),
            reduced: curve::strict_scalar(&x).is_none(),
        }
    }
}

/// Whether `signature`, `r || s || recovery id`, is one of `hash` under `public_key`, with s at most q/2 and the
/// recovery id that leads to this key.
#[must_use]
pub fn verify(
    public_key: &[u8; POINT_LEN],
    hash: &[u8; 32],
    signature: &[u8; SIGNATURE_LEN],
) -> bool {
    curve::decode_nonidentity(public_key)
        .is_some_and(|public_key| verify_under(&public_key, hash, signature).is_some())
}

/// `Some` if the signature verifies.
pub(crate) fn verify_under(
    public_key: &ProjectivePoint,
    hash: &[u8; 32],
    signature: &[u8; SIGNATURE_LEN],
) -> Option<()> {
    let (r, rest) = signature.split_first_chunk()?;
    let (s, rest) = rest.split_first_chunk()?;
    let (r, s) = (curve::nonzero_scalar(r)?, curve::nonzero_scalar(s)?);
    let inverse = Option::<Scalar>::from(s.invert_vartime())?;
    let e = curve::reduce(hash);
    let terms = [(ProjectivePoint::GENERATOR, e * inverse), (*public_key, r * inverse)];
    let big_r = ProjectivePoint::lincomb_vartime(&terms);
    let expected = Signature::normalise(&big_r, &s);
    let same_nonce = expected.r == curve::scalar_bytes(&r) && rest == [expected.recovery_id];
    (same_nonce && !bool::from(s.is_high()) && !curve::is_identity(&big_r)).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signature made with a whole key, for its verification only.
    fn signed(x: &Scalar, k: &Scalar, hash: &[u8; 32]) -> Signature {
        let big_r = ProjectivePoint::mul_by_generator(k);
        let r = Nonce::of(&big_r).r;
        Signature::normalise(&big_r, &(k.invert().unwrap() * (curve::reduce(hash) + r * x)))
    }

    #[test]
    fn a_signature_verifies_and_none_of_its_neighbours_does() {
        let (x, hash) = (Scalar::from(11_u32), [0xab; 32]);
        let key = curve::encode_point(&ProjectivePoint::mul_by_generator(&x));
        for k in 1..9_u32 {
            let signature = signed(&x, &Scalar::from(k), &hash);
            assert!(verify(&key, &hash, &signature.to_bytes()));

            for spoilt in [0, 40, 64] {
                let mut bytes = signature.to_bytes();
                bytes[spoilt] ^= 1;
                assert!(!verify(&key, &hash, &bytes));
            }
            assert!(!verify(&key, &[0xac; 32], &signature.to_bytes()));

            let high = -curve::strict_scalar(&signature.s).unwrap();
            let recovery_id = signature.recovery_id ^ 1;
            let high = Signature { s: curve::scalar_bytes(&high), recovery_id, ..signature };
            assert!(!verify(&key, &hash, &high.to_bytes()));
        }
    }

    /// A nonce point of which x is q + r for a small r. Nobody knows its logarithm.
    fn wrapped() -> (ProjectivePoint, Scalar) {
        let found = (1..100_u8).find_map(|r| {
            let mut bytes = [0; POINT_LEN];
            bytes[0] = 2;
            // q − 1, in whose last byte there is room.
            bytes[1..].copy_from_slice(&curve::scalar_bytes(&-Scalar::ONE));
            bytes[POINT_LEN - 1] += r + 1;
            Some((curve::decode_point(&bytes)?, Scalar::from(u32::from(r))))
        });
        found.unwrap()
    }

    #[test]
    fn a_nonce_point_beyond_the_order_has_bit_1_in_its_recovery_id() {
        let (big_r, r) = wrapped();
        let (s, hash) = (Scalar::from(5_u32), [0xab; 32]);
        // The key that this signature is one of.
        let key = ProjectivePoint::GENERATOR * -curve::reduce(&hash) + big_r * s;
        let key = curve::encode_point(&(key * r.invert().unwrap()));
        // The parity of y is even, and odd once s is the negative.
        assert_eq!(Signature::normalise(&big_r, &-s).recovery_id, 3);
        let mut bytes = Signature::normalise(&big_r, &s).to_bytes();
        assert_eq!((&bytes[..32], bytes[64]), (&curve::scalar_bytes(&r)[..], 2));
        assert!(verify(&key, &hash, &bytes));
        bytes[64] ^= 2;
        assert!(!verify(&key, &hash, &bytes));
    }

    #[test]
    fn nothing_verifies_with_a_zero_or_an_unreduced_part() {
        let (x, hash) = (Scalar::from(11_u32), [0xab; 32]);
        let key = curve::encode_point(&ProjectivePoint::mul_by_generator(&x));
        let signature = signed(&x, &Scalar::from(5_u32), &hash);
        for part in [[0; 32], [0xff; 32]] {
            assert!(!verify(&key, &hash, &Signature { r: part, ..signature }.to_bytes()));
            assert!(!verify(&key, &hash, &Signature { s: part, ..signature }.to_bytes()));
        }
        assert!(!verify(&[0; POINT_LEN], &hash, &signature.to_bytes()));
    }
}
