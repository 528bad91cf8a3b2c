//! secp256k1 as this protocol uses it: encodings, reductions, and random elements drawn as byte strings.
//!
//! Points travel as 33 bytes, SEC1 compressed; the identity is 33 zero bytes. Scalars travel as 32 bytes,
//! big-endian. Whatever is random is drawn as the bytes it would be encoded as, so that a scripted source of
//! randomness replays a recorded run.

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

/// A uniform point other than the identity, and its encoding, without anybody knowing its discrete logarithm:
/// 33 bytes whose first is made 2 or 3 by its lowest bit, drawn again while they do not encode a point.
pub(crate) fn draw_point(rng: &mut dyn CryptoRng) -> (ProjectivePoint, [u8; POINT_LEN]) {
    let mut bytes = [0; POINT_LEN];
    loop {
        rng.fill_bytes(&mut bytes);
        if let Some(point) = point_from_uniform(&mut bytes) {
            return (point, bytes);
        }
    }
}

/// Makes the first of 33 uniform bytes a tag. About every second string is then a point.
pub(crate) fn point_from_uniform(bytes: &mut [u8; POINT_LEN]) -> Option<ProjectivePoint> {
    let [tag, ..] = bytes;
    *tag = EVEN | (*tag & 1);
    decode_nonidentity(bytes)
}

/// Whether the point is the identity. In constant time until the answer.
pub(crate) fn is_identity(point: &ProjectivePoint) -> bool {
    point.is_identity().into()
}
