//! The curve eight points at a time, as [`quorate_lanes`] computes it. What takes one multiplication one by one takes
//! an eighth of it here where the processor has 52-bit multiplication.

use std::sync::OnceLock;

use k256::elliptic_curve::BatchNormalize;
use k256::elliptic_curve::group::CurveAffine;
use k256::elliptic_curve::sec1::ToSec1Point;
use k256::{AffinePoint, ProjectivePoint, Scalar};
use quorate_lanes::secp256k1::{Elements, Limbs, Mask, Points, lookup_affine};
use zeroize::Zeroizing;

use super::digits::{Digit, Digits};
use super::endomorphism::{self, BETA, Halves};
use super::{EVEN, POINT_LEN};

/// Points of which none is the identity: x and y.
pub(crate) type Affine = [Elements; 2];

/// Decodes eight compressed points, and says where the bytes are the canonical encoding of a point other than the
/// identity. What is elsewhere means nothing.
pub(crate) fn decode(encoded: [&[u8; POINT_LEN]; 8]) -> (Affine, Mask) {
    let (x, canonical) = Elements::from_bytes(encoded.map(|[_, x @ ..]| x));
    let (root, on_curve) = x.decompress();
    let [tags, odd] = [
        encoded.map(|[tag, ..]| all_if(tag & !1 == EVEN)),
        encoded.map(|[tag, ..]| all_if(tag & 1 == 1)),
    ];
    let mut valid = on_curve;
    let mut flip = root.is_odd();
    for ((valid, flip), ((canonical, tag), odd)) in
        valid.iter_mut().zip(&mut flip).zip(canonical.iter().zip(tags).zip(odd))
    {
        *valid &= canonical & tag;
        *flip ^= odd;
    }
    ([x, root.negate_where(&flip)], valid)
}

/// Decodes any number of compressed points, as [`decode`] does.
pub(crate) fn decode_each(encoded: &[&[u8; POINT_LEN]]) -> Zeroizing<Vec<Option<[Limbs; 2]>>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(encoded.len()));
    for chunk in encoded.chunks(8) {
        let nothing = [0; POINT_LEN];
        let mut eight = [&nothing; 8];
        for (place, encoded) in eight.iter_mut().zip(chunk) {
            *place = encoded;
        }
        let ([x, y], valid) = decode(eight);
        let points = x.lanes().into_iter().zip(y.lanes()).zip(valid);
        decoded
            .extend(points.map(|((x, y), valid)| (valid != 0).then_some([x, y])).take(chunk.len()));
    }
    decoded
}

/// Encodes all points, at the price of one inversion: 33 bytes each, zeros for the identity.
pub(crate) fn encode(points: &[Points]) -> Vec<[[u8; POINT_LEN]; 8]> {
    // Before each group the product of all Z before it. An identity counts as one.
    let mut products = Zeroizing::new(Vec::with_capacity(points.len()));
    let mut product = Zeroizing::new(Elements::ONE);
    let divisor = |point: &Points| Elements::select(&point.z.is_zero(), &Elements::ONE, &point.z);
    for point in points {
        products.push(*product);
        *product = product.multiply(&divisor(point));
    }

    let mut encoded = Vec::with_capacity(points.len());
    let mut inverse = Zeroizing::new(product.invert());
    for (point, product) in points.iter().zip(products.iter()).rev() {
        let of_this = inverse.multiply(product);
        *inverse = inverse.multiply(&divisor(point));
        let x = point.x.multiply(&of_this).to_bytes();
        let y_is_odd = point.y.multiply(&of_this).is_odd();
        let identity = point.z.is_zero();
        let mut eight = [[0; POINT_LEN]; 8];
        let coordinates = x.iter().zip(y_is_odd).zip(identity);
        for ([tag, bytes @ ..], ((x, odd), identity)) in eight.iter_mut().zip(coordinates) {
            let [keep, odd] = [!identity, odd].map(u64::to_le_bytes).map(|[byte, ..]| byte);
            *tag = (EVEN | (odd & 1)) & keep;
            for (byte, x) in bytes.iter_mut().zip(x) {
                *byte = x & keep;
            }
        }
        encoded.push(eight);
    }
    encoded.reverse();
    encoded
}

/// The points as k256 has them, to go on in step.
pub(crate) fn points(points: &[AffinePoint; 8]) -> Points {
    let encoded = points.each_ref().map(|point| point.to_sec1_point(false));
    let zero = [0; 32];
    let x = encoded.each_ref().map(|point| point.x().map_or(&zero, AsRef::as_ref));
    let y = encoded.each_ref().map(|point| point.y().map_or(&zero, AsRef::as_ref));
    let finite = Points::from_affine(Elements::from_bytes(x).0, Elements::from_bytes(y).0);
    let identity = points.map(|point| all_if(point.is_identity().into()));
    Points::select(&identity, &Points::IDENTITY, &finite)
}

/// Eight multiples of the generator, in constant time.
pub(crate) fn multiply_generator(scalars: [&Scalar; 8]) -> Points {
    let mut sum = Zeroizing::new(Points::IDENTITY);
    let digits = Digits::<GENERATOR_WINDOW, GENERATOR_DIGITS>::new(scalars);
    for (digit, table) in digits.iter().zip(generator()) {
        let [x, y] = lookup_affine(table, &digit.magnitude);
        let more = sum.add_affine(&[x, y.negate_where(&digit.negative)]);
        *sum = Points::select(&digit.is_zero(), &sum, &more);
    }
    *sum
}

/// Eight points, each times its scalar, in constant time.
pub(crate) fn multiply(points: &Points, scalars: [&Scalar; 8]) -> Points {
    let multiples = multiples(points);
    let beta = Elements::all(BETA);
    let turned = multiples.map(|Points { x, y, z }| Points { x: x.multiply(&beta), y, z });

    let halves = endomorphism::split(scalars);
    let [first, second] = halves.each_ref().map(|Halves { magnitude, .. }| {
        Digits::<WINDOW, HALF_DIGITS>::of(magnitude.map(|magnitude| [magnitude, 0]))
    });
    let [first_sign, second_sign] = halves.each_ref().map(|half| &half.negative);

    let mut sum = Zeroizing::new(Points::IDENTITY);
    for (first, second) in first.iter().zip(second.iter()).rev() {
        *sum = sum.double::<WINDOW>();
        *sum = sum.add(&signed_multiple(&multiples, first, first_sign));
        *sum = sum.add(&signed_multiple(&turned, second, second_sign));
    }
    *sum
}

/// 1 to 8 times each point.
fn multiples(one: &Points) -> [Points; 1 << (WINDOW - 1)] {
    let two = one.double::<1>();
    let three = two.add(one);
    let four = two.double::<1>();
    let six = three.double::<1>();
    [*one, two, three, four, four.add(one), six, six.add(one), four.double::<1>()]
}

/// The entry of the digit, negative where either the digit or the whole number is.
fn signed_multiple(multiples: &[Points; 8], digit: &Digit, sign: &Mask) -> Points {
    let Points { x, y, z } = Points::lookup(multiples, &digit.magnitude);
    let mut negative = digit.negative;
    for (negative, sign) in negative.iter_mut().zip(sign) {
        *negative ^= sign;
    }
    Points { x, y: y.negate_where(&negative), z }
}

/// Bits of a digit of what multiplies a point, and digits of half a scalar.
const WINDOW: usize = 4;
const HALF_DIGITS: usize = 33;
/// Bits of a digit of what multiplies the generator, and digits of a scalar.
const GENERATOR_WINDOW: usize = 5;
const GENERATOR_DIGITS: usize = 52;

/// What a digit of the generator's multiplier can choose from.
type Row = [[Limbs; 2]; 1 << (GENERATOR_WINDOW - 1)];

/// Row i: 1 to 16 times `2^(5·i)·G`. Made once in a process, in less than a millisecond.
fn generator() -> &'static [Row] {
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut points = Vec::new();
        let mut base = ProjectivePoint::GENERATOR;
        for _ in 0..GENERATOR_DIGITS {
            let mut multiple = ProjectivePoint::IDENTITY;
            for _ in 0..Row::default().len() {
                multiple += base;
                points.push(multiple);
            }
            // The last is 16 times the base.
            base = multiple.double();
        }
        let affine = ProjectivePoint::batch_normalize(points.as_slice());
        let rows = affine.as_chunks().0.iter().flat_map(|eight| {
            let Points { x, y, .. } = self::points(eight);
            x.lanes().into_iter().zip(y.lanes()).map(|(x, y)| [x, y])
        });
        rows.collect::<Vec<_>>().as_chunks().0.to_vec()
    })
}

fn all_if(condition: bool) -> u64 {
    u64::from(condition).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{decode_nonidentity, encode_point, encode_points};
    use crate::testing::scalars;

    fn groups(seed: u64) -> Vec<[Scalar; 8]> {
        scalars(seed).as_chunks().0.to_vec()
    }

    #[test]
    fn multiples_of_the_generator_are_those_of_one_at_a_time() {
        for scalars in groups(31) {
            let points = scalars.map(|scalar| ProjectivePoint::GENERATOR * scalar);
            let ours = multiply_generator(scalars.each_ref());
            assert_eq!(encode(&[ours]), [points.each_ref().map(encode_point)]);
        }
    }

    #[test]
    fn multiples_of_points_are_those_of_one_at_a_time() {
        for (bases, scalars) in groups(32).into_iter().zip(groups(33)) {
            // The identity as well: the first of the scalars is zero.
            let points = bases.map(|base| ProjectivePoint::GENERATOR * base);
            let products: Vec<_> =
                points.iter().zip(&scalars).map(|(point, k)| point * k).collect();
            let ours = multiply(&multiply_generator(bases.each_ref()), scalars.each_ref());
            assert_eq!(encode(&[ours]).as_flattened(), encode_points(&products));
        }
    }

    #[test]
    fn bytes_decode_as_one_at_a_time() {
        let points =
            groups(34)[1].map(|scalar| encode_point(&(ProjectivePoint::GENERATOR * scalar)));
        let [a, b, c, mut tag, mut off, mut above, d, e] = points;
        tag[0] ^= 4;
        off[1..].fill(0);
        above[1..].fill(0xff);
        let encoded = [a, b, c, tag, off, above, d, [0; 33]];
        let ([x, y], valid) = decode(encoded.each_ref());
        let back = encode(&[Points::from_affine(x, y)]);
        for ((bytes, valid), back) in encoded.iter().zip(valid).zip(&back[0]) {
            assert_eq!(valid != 0, decode_nonidentity(bytes).is_some());
            assert!(valid == 0 || back == bytes);
        }
        let each = [&tag, &e, &a, &b, &c, &d, &off, &e, &a, &above];
        let found: Vec<_> = decode_each(&each).iter().map(Option::is_some).collect();
        assert_eq!(found, [false, true, true, true, true, true, false, true, true, false]);
    }
}
