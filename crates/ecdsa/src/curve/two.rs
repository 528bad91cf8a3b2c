//! Two points: in step where that is the faster way, one by one where it is not; in constant time either way.

use k256::elliptic_curve::BatchNormalize;
use k256::{ProjectivePoint, Scalar};
use quorate_lanes::secp256k1::in_step;

use super::{POINT_LEN, eightfold, encode_points};

/// Both multiples of the generator, encoded.
pub(crate) fn encode_multiples(scalars: [&Scalar; 2]) -> [[u8; POINT_LEN]; 2] {
    let encoded = if in_step() {
        eightfold::encode(&[eightfold::multiply_generator(eight(scalars))]).into_flattened()
    } else {
        encode_points(&scalars.map(ProjectivePoint::mul_by_generator))
    };
    encoded.first_chunk().copied().unwrap_or([[0; POINT_LEN]; 2])
}

/// `x·P = y·G + Q`, with the secret x and y.
pub(crate) struct Equation<'a> {
    pub(crate) x: &'a Scalar,
    pub(crate) p: &'a ProjectivePoint,
    pub(crate) y: &'a Scalar,
    pub(crate) q: &'a ProjectivePoint,
}

/// Whether each of the two holds.
pub(crate) fn hold(equations: [Equation<'_>; 2]) -> [bool; 2] {
    if !in_step() {
        return equations
            .map(|Equation { x, p, y, q }| p * x == ProjectivePoint::mul_by_generator(y) + q);
    }
    let [Equation { x, p, y, q }, other] = equations;
    let affine = ProjectivePoint::batch_normalize(&[*p, *other.p, *q, *other.q]);
    let [p, other_p, q, other_q] = affine;
    let [p, q] = [[p, other_p], [q, other_q]].map(|of| eightfold::points(&eight(of)));
    let left = eightfold::multiply(&p, eight([x, other.x]));
    let right = eightfold::multiply_generator(eight([y, other.y])).add(&q);
    let [holds, other_holds, ..] = left.equals(&right);
    [holds != 0, other_holds != 0]
}

/// Fills the other lanes.
fn eight<T: Copy>([a, b]: [T; 2]) -> [T; 8] {
    [a, b, b, b, b, b, b, b]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::encode_point;
    use crate::testing::scalars;

    #[test]
    fn two_multiples_are_those_of_one_at_a_time() {
        for [a, b] in scalars(41).as_chunks().0 {
            let points = [a, b].map(|k| encode_point(&(ProjectivePoint::GENERATOR * k)));
            assert_eq!(encode_multiples([a, b]), points);
        }
    }

    #[test]
    fn an_equation_holds_or_not_whatever_the_other_does() {
        let g = ProjectivePoint::GENERATOR;
        for [x, y, z, _] in scalars(42).as_chunks().0 {
            let p = g * z;
            let q = p * x - g * y;
            let right = || Equation { x, p: &p, y, q: &q };
            let wrong = q + g;
            let wrong = || Equation { x, p: &p, y, q: &wrong };
            assert_eq!(hold([right(), right()]), [true, true]);
            assert_eq!(hold([right(), wrong()]), [true, false]);
            assert_eq!(hold([wrong(), right()]), [false, true]);
        }
    }
}
