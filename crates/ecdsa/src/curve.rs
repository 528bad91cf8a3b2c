//! secp256k1 as this protocol uses it: encodings, reductions, and random elements drawn as byte strings.
//!
//! Points travel as 33 bytes, SEC1 compressed; the identity is 33 zero bytes. Scalars travel as 32 bytes,
//! big-endian. Whatever is random is drawn as the bytes it would be encoded as, so that a scripted source of
//! randomness replays a recorded run.

mod digits;
pub(crate) mod eightfold;
mod endomorphism;
pub(crate) mod two;

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::point::{AffineCoordinates, DecompressPoint};
use k256::elliptic_curve::{BatchNormalize, Group};
use k256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use rand_core::CryptoRng;
use subtle::Choice;
use zeroize::Zeroizing;

/// Length of an encoded point.
pub(crate) const POINT_LEN: usize = 33;
/// Length of an encoded scalar.
pub(crate) const SCALAR_LEN: usize = 32;

/// SEC1 tag of a compressed point with an even y; an odd one has the tag after it.
const EVEN: u8 = 2;

/// The point as 33 bytes; the identity as 33 zero bytes.
pub(crate) fn encode_point(point: &ProjectivePoint) -> [u8; POINT_LEN] {
    encode_affine(&point.to_affine())
}

/// The same for many points, at the price of one field inversion.
pub(crate) fn encode_points(points: &[ProjectivePoint]) -> Vec<[u8; POINT_LEN]> {
    ProjectivePoint::batch_normalize(points).iter().map(encode_affine).collect()
}

fn encode_affine(point: &AffinePoint) -> [u8; POINT_LEN] {
    let mut bytes = [0; POINT_LEN];
    if !bool::from(k256::elliptic_curve::group::CurveAffine::is_identity(point)) {
        let [tag, x @ ..] = &mut bytes;
        *tag = EVEN | point.y_is_odd().unwrap_u8();
        x.copy_from_slice(&point.x());
    }
    bytes
}

/// `None` unless the bytes are the canonical encoding of a point or of the identity.
pub(crate) fn decode_point(bytes: &[u8; POINT_LEN]) -> Option<ProjectivePoint> {
    if *bytes == [0; POINT_LEN] {
        return Some(ProjectivePoint::IDENTITY);
    }
    decode_nonidentity(bytes)
}

/// `None` unless the bytes are the canonical encoding of a point other than the identity.
pub(crate) fn decode_nonidentity(bytes: &[u8; POINT_LEN]) -> Option<ProjectivePoint> {
    let [tag, x @ ..] = bytes;
    if tag & !1 != EVEN {
        return None;
    }
    let point = AffinePoint::decompress(&FieldBytes::from(*x), Choice::from(tag & 1));
    Option::from(point).map(|point: AffinePoint| ProjectivePoint::from(point))
}

/// The scalar as 32 bytes, big-endian.
pub(crate) fn scalar_bytes(scalar: &Scalar) -> [u8; SCALAR_LEN] {
    scalar.to_bytes().into()
}

/// `None` if the bytes encode a number that is not below the group order.
pub(crate) fn strict_scalar(bytes: &[u8; SCALAR_LEN]) -> Option<Scalar> {
    Scalar::from_repr(FieldBytes::from(*bytes)).into()
}

/// `None` if the bytes encode zero, or a number that is not below the group order.
pub(crate) fn nonzero_scalar(bytes: &[u8; SCALAR_LEN]) -> Option<Scalar> {
    strict_scalar(bytes).filter(|scalar| !bool::from(scalar.is_zero()))
}

/// The number modulo the group order.
pub(crate) fn reduce(bytes: &[u8; SCALAR_LEN]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*bytes))
}

/// A uniform scalar: 32 bytes, drawn again while they do not encode one.
pub(crate) fn draw_scalar(rng: &mut dyn CryptoRng) -> Scalar {
    let mut bytes = Zeroizing::new([0; SCALAR_LEN]);
    loop {
        rng.fill_bytes(&mut *bytes);
        if let Some(scalar) = strict_scalar(&bytes) {
            return scalar;
        }
    }
}

/// A uniform scalar other than zero: drawn again while it is zero.
pub(crate) fn draw_nonzero_scalar(rng: &mut dyn CryptoRng) -> Scalar {
    loop {
        let scalar = draw_scalar(rng);
        if !bool::from(scalar.is_zero()) {
            return scalar;
        }
    }
}

/// Draws the encodings of uniform points other than the identity, without anybody knowing their discrete logarithms:
/// 33 bytes each whose first is made 2 or 3 by its lowest bit; then once more, in their order, what is no point, until
/// everything is one.
pub(crate) fn draw_points(points: &mut [[u8; POINT_LEN]], rng: &mut dyn CryptoRng) {
    let mut missing: Vec<_> = points.iter_mut().collect();
    while !missing.is_empty() {
        for bytes in &mut missing {
            rng.fill_bytes(*bytes);
            make_tag(bytes);
        }
        let drawn: Vec<_> = missing.iter().map(|bytes| &**bytes).collect();
        let decoded = eightfold::decode_each(&drawn);
        let mut decoded = decoded.iter();
        missing.retain(|_| decoded.next().is_none_or(Option::is_none));
    }
}

/// Makes the first of 33 uniform bytes a tag. About every second string is then a point.
pub(crate) fn make_tag(bytes: &mut [u8; POINT_LEN]) {
    let [tag, ..] = bytes;
    *tag = EVEN | (*tag & 1);
}

/// Whether the point is the identity. In constant time until the answer.
pub(crate) fn is_identity(point: &ProjectivePoint) -> bool {
    point.is_identity().into()
}

#[cfg(test)]
mod tests {
    use k256::{ProjectivePoint, Scalar};

    use super::*;
    use crate::testing::Script;

    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    fn number(hex: &str) -> [u8; 32] {
        hex::decode(hex).unwrap().try_into().unwrap()
    }

    #[test]
    fn points_survive_their_encoding_and_the_identity_is_zeros() {
        let g = ProjectivePoint::GENERATOR;
        let points = [g, -g, ProjectivePoint::IDENTITY, g + g, -(g + g)];
        for (point, encoded) in points.iter().zip(encode_points(&points)) {
            assert_eq!(encoded, encode_point(point));
            assert_eq!(decode_point(&encoded), Some(*point));
            assert_eq!(decode_nonidentity(&encoded).is_some(), !is_identity(point));
        }
        assert_eq!(encode_point(&ProjectivePoint::IDENTITY), [0; 33]);
    }

    #[test]
    fn only_canonical_compressed_points_decode() {
        let honest = encode_point(&ProjectivePoint::GENERATOR);
        for tag in [0, 1, 4, 5, 6, 7, 0x82] {
            let mut other = honest;
            other[0] = tag;
            assert_eq!(decode_point(&other), None, "tag {tag}");
        }
        let mut beyond_field = [0xff; 33];
        beyond_field[0] = 2;
        assert_eq!(decode_point(&beyond_field), None);
        let mut not_on_curve = [0; 33];
        not_on_curve[0] = 2;
        assert_eq!(decode_point(&not_on_curve), None);
    }

    #[test]
    fn strict_scalars_end_below_the_order_and_reduction_begins_there() {
        let order = number(ORDER);
        let mut below = order;
        below[31] -= 1;
        let mut above = order;
        above[31] += 1;
        assert_eq!(strict_scalar(&below), Some(-Scalar::ONE));
        assert_eq!(scalar_bytes(&-Scalar::ONE), below);
        assert_eq!(strict_scalar(&order), None);
        assert_eq!(reduce(&order), Scalar::ZERO);
        assert_eq!(reduce(&above), Scalar::ONE);
    }

    #[test]
    fn scalars_are_drawn_again_until_they_are_below_the_order() {
        let mut rng = Script::of([vec![0xff; 32], hex::decode(ORDER).unwrap(), vec![0; 32]]);
        assert_eq!(draw_scalar(&mut rng), Scalar::ZERO);
        assert!(rng.is_over());
    }

    #[test]
    fn nonzero_scalars_are_drawn_again_while_they_are_zero() {
        let mut rng = Script::of([vec![0; 32], hex::decode(ORDER).unwrap(), vec![1; 32]]);
        assert_eq!(draw_nonzero_scalar(&mut rng), reduce(&[1; 32]));
        assert!(rng.is_over());
    }

    #[test]
    fn points_are_drawn_again_until_the_bytes_are_one() {
        let encoded = encode_point(&ProjectivePoint::GENERATOR);
        let mut uniform = encoded;
        uniform[0] |= 0x50;
        let draws = [vec![0; 33], encoded.to_vec(), vec![0xff; 33], uniform.to_vec(), vec![0; 33]];
        let mut rng = Script::of(draws.into_iter().chain([uniform.to_vec()]));
        let mut points = [[0; 33]; 3];
        draw_points(&mut points, &mut rng);
        assert_eq!(points, [encoded; 3]);
        assert!(rng.is_over());
    }
}
