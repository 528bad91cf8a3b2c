//! edwards25519 as this protocol uses it: encodings, reductions, and random scalars drawn as byte strings.
//!
//! Points travel as 32 bytes (RFC 8032), scalars as 32 bytes, little-endian. Every point that comes from outside must
//! be the canonical encoding of one of prime order: sums of such points are again in the prime subgroup, where the
//! cofactor has no say. Whatever is random is drawn as the bytes it would be encoded as, so that a scripted source of
//! randomness replays a recorded run.

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::{Identity, IsIdentity};
use curve25519_dalek::{EdwardsPoint, Scalar};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Length of an encoded point.
pub(crate) const POINT_LEN: usize = 32;
/// Length of an encoded scalar.
pub(crate) const SCALAR_LEN: usize = 32;

/// Clears the bits of the last byte that no scalar has: L is a little above 2^252.
const SCALAR_MASK: u8 = 0x1f;

/// The point as 32 bytes.
pub(crate) fn encode_point(point: &EdwardsPoint) -> [u8; POINT_LEN] {
    point.compress().to_bytes()
}

/// The same for many points, at the price of one field inversion.
pub(crate) fn encode_points(points: &[EdwardsPoint]) -> Vec<[u8; POINT_LEN]> {
    EdwardsPoint::compress_batch_alloc(points).iter().map(CompressedEdwardsY::to_bytes).collect()
}

/// `None` unless the bytes are the canonical encoding of a point of prime order. Not constant time: what is sent is public.
pub(crate) fn decode_point(bytes: &[u8; POINT_LEN]) -> Option<EdwardsPoint> {
    let point = CompressedEdwardsY(*bytes).decompress()?;
    (is_reduced(bytes) && has_prime_order(&point)).then_some(point)
}

/// Whether y is below p = 2^255 − 19. The other encodings that are not canonical give x = 0 a sign, and no point with
/// x = 0 has prime order.
fn is_reduced([first, middle @ .., last]: &[u8; POINT_LEN]) -> bool {
    let at_most_18_below = last | 0x80 == 0xff && middle.iter().all(|byte| *byte == 0xff);
    !(at_most_18_below && *first >= 0xed)
}

/// Whether L·P = O and P ≠ O, as (L − 1)·P = −P: most digits of L are zeros.
fn has_prime_order(point: &EdwardsPoint) -> bool {
    let product =
        EdwardsPoint::vartime_double_scalar_mul_basepoint(&-Scalar::ONE, point, &Scalar::ZERO);
    product == -point && !point.is_identity()
}

/// Whether the bytes encode u·P + v·B, and that is not O. For a P of prime order they then pass [`decode_point`].
pub(crate) fn encodes_sum(
    bytes: &[u8; POINT_LEN],
    (u, p): (&Scalar, &EdwardsPoint),
    v: &Scalar,
) -> bool {
    let sum = EdwardsPoint::vartime_double_scalar_mul_basepoint(u, p, v);
    encode_point(&sum) == *bytes && !sum.is_identity()
}

/// What remains of [`decode_point`] without its checks: whatever is no point at all becomes the identity.
pub(crate) fn decode_lax(bytes: &[u8; POINT_LEN]) -> EdwardsPoint {
    CompressedEdwardsY(*bytes).decompress().unwrap_or_else(EdwardsPoint::identity)
}

/// `None` if the bytes encode a number that is not below the group order.
pub(crate) fn strict_scalar(bytes: &[u8; SCALAR_LEN]) -> Option<Scalar> {
    Scalar::from_canonical_bytes(*bytes).into()
}

/// `None` if the bytes encode zero, or a number that is not below the group order.
pub(crate) fn nonzero_scalar(bytes: &[u8; SCALAR_LEN]) -> Option<Scalar> {
    strict_scalar(bytes).filter(|scalar| *scalar != Scalar::ZERO)
}

/// The number modulo the group order.
pub(crate) fn reduce(bytes: &[u8; SCALAR_LEN]) -> Scalar {
    Scalar::from_bytes_mod_order(*bytes)
}

/// A uniform scalar: 32 bytes, the upper three bits cleared, drawn again while they do not encode one.
pub(crate) fn draw_scalar(rng: &mut dyn CryptoRng) -> Scalar {
    let mut bytes = Zeroizing::new([0; SCALAR_LEN]);
    loop {
        rng.fill_bytes(&mut *bytes);
        let [.., last] = &mut *bytes;
        *last &= SCALAR_MASK;
        if let Some(scalar) = strict_scalar(&bytes) {
            return scalar;
        }
    }
}

/// A uniform scalar other than zero: drawn again while it is zero.
pub(crate) fn draw_nonzero_scalar(rng: &mut dyn CryptoRng) -> Scalar {
    loop {
        let scalar = draw_scalar(rng);
        if scalar != Scalar::ZERO {
            return scalar;
        }
    }
}

/// x of the party of this id.
pub(crate) fn x_of(party_id: u8) -> Scalar {
    Scalar::from(u16::from(party_id) + 1)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::EIGHT_TORSION;

    use super::*;
    use crate::testing::Script;

    const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

    fn number(hex: &str) -> [u8; 32] {
        hex::decode(hex).unwrap().try_into().unwrap()
    }

    #[test]
    fn only_canonical_points_of_prime_order_decode() {
        let point = EdwardsPoint::mul_base(&Scalar::from(7_u8));
        assert_eq!(decode_point(&encode_point(&point)), Some(point));
        assert_eq!(encode_points(&[point, -point])[1], encode_point(&-point));
        for torsion in EIGHT_TORSION {
            assert_eq!(decode_point(&encode_point(&torsion)), None);
            let mixed = point + torsion;
            assert_eq!(decode_point(&encode_point(&mixed)).is_some(), torsion.is_identity());
            assert_eq!(decode_lax(&encode_point(&mixed)), mixed);
        }
    }

    #[test]
    fn no_encoding_but_the_canonical_one_decodes() {
        // y + p for each y below 19, with either sign.
        for y in 0..19_u8 {
            for top in [0x7f, 0xff] {
                let mut bytes = [0xff; 32];
                (bytes[0], bytes[31]) = (0xed + y, top);
                assert_eq!(decode_point(&bytes), None);
            }
        }
        // The identity and the point of order two with a sign that x = 0 does not have.
        for y in [1_u8, 0xec] {
            let mut bytes = if y == 1 { [0; 32] } else { [0xff; 32] };
            (bytes[0], bytes[31]) = (y, bytes[31] | 0x80);
            assert_eq!(decode_point(&bytes), None);
        }
    }

    #[test]
    fn strict_scalars_end_below_the_order_and_reduction_begins_there() {
        let order = number(ORDER);
        let mut below = order;
        below[0] -= 1;
        let mut above = order;
        above[0] += 1;
        assert_eq!(strict_scalar(&below), Some(-Scalar::ONE));
        assert_eq!(strict_scalar(&order), None);
        assert_eq!(reduce(&order), Scalar::ZERO);
        assert_eq!(reduce(&above), Scalar::ONE);
        assert_eq!(nonzero_scalar(&[0; 32]), None);
    }

    #[test]
    fn scalars_are_drawn_again_until_they_are_below_the_order() {
        let mut seven = [0; 32];
        (seven[0], seven[31]) = (7, 0xe0);
        let mut rng = Script::of([vec![0xff; 32], number(ORDER).to_vec(), seven.to_vec()]);
        assert_eq!(draw_scalar(&mut rng), Scalar::from(7_u8));
        assert!(rng.is_over());
    }

    #[test]
    fn nonzero_scalars_are_drawn_again_while_they_are_zero() {
        let mut rng = Script::of([vec![0; 32], vec![1; 32]]);
        assert_eq!(draw_nonzero_scalar(&mut rng), reduce(&[1; 32]));
        assert!(rng.is_over());
    }
}
