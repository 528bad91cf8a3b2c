//! Sharing polynomials, secret and public, and interpolation at zero.

use curve25519_dalek::traits::Identity;
use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::Secret;
use rand_core::CryptoRng;

use crate::curve::{self, POINT_LEN};

/// f: t scalars, constant term first.
pub(crate) struct SecretPolynomial(Secret<Vec<Scalar>>);

impl SecretPolynomial {
    /// Draws `threshold` scalars, constant term first.
    pub(crate) fn draw(threshold: u8, rng: &mut dyn CryptoRng) -> Self {
        Self(Secret::of((0..threshold).map(|_| curve::draw_scalar(rng)).collect()))
    }

    /// Draws `threshold - 1` scalars, the coefficients above the constant term given.
    pub(crate) fn draw_above(
        constant: &Secret<Scalar>,
        threshold: u8,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let mut coefficients = Vec::with_capacity(threshold.into());
        coefficients.push(*constant.expose());
        coefficients.extend((1..threshold).map(|_| curve::draw_scalar(rng)));
        Self(Secret::of(coefficients))
    }

    /// f(x).
    pub(crate) fn at(&self, x: &Scalar) -> Secret<Scalar> {
        let coefficients = self.0.expose().iter().rev();
        let mut value = coefficients.fold(Scalar::ZERO, |value, c| value * x + c);
        Secret::take(&mut value)
    }

    /// A: the coefficients times B.
    pub(crate) fn public(&self) -> PublicPolynomial {
        PublicPolynomial(self.coefficients().map(EdwardsPoint::mul_base).collect())
    }

    /// The coefficients, constant term first.
    pub(crate) fn coefficients(&self) -> impl Iterator<Item = &Scalar> {
        self.0.expose().iter()
    }
}

/// A: the coefficients of a sharing polynomial times B, constant term first.
#[derive(Clone, PartialEq)]
pub(crate) struct PublicPolynomial(Vec<EdwardsPoint>);

impl PublicPolynomial {
    /// `None` unless every coefficient decodes.
    pub(crate) fn decode(encoded: &[[u8; POINT_LEN]]) -> Option<Self> {
        encoded.iter().map(curve::decode_point).collect::<Option<_>>().map(Self)
    }

    /// What remains of [`Self::decode`] without its check.
    pub(crate) fn decode_lax(encoded: &[[u8; POINT_LEN]]) -> Self {
        Self(encoded.iter().map(curve::decode_lax).collect())
    }

    /// The coefficients, 32 bytes each.
    pub(crate) fn encode(&self) -> Vec<[u8; POINT_LEN]> {
        curve::encode_points(&self.0)
    }

    /// The coefficients, constant term first.
    pub(crate) fn coefficients(&self) -> impl Iterator<Item = &EdwardsPoint> {
        self.0.iter()
    }

    /// A(0).
    pub(crate) fn constant_term(&self) -> EdwardsPoint {
        self.0.first().copied().unwrap_or_else(EdwardsPoint::identity)
    }

    /// A(x) at the evaluation point of the party of this id.
    pub(crate) fn at(&self, party_id: u8) -> EdwardsPoint {
        let x = u16::from(party_id) + 1;
        let coefficients = self.0.iter().rev();
        coefficients.fold(EdwardsPoint::identity(), |value, c| times(&value, x) + c)
    }

    /// Adds coefficient by coefficient. All of one committee have the same number of them.
    pub(crate) fn sum<'a>(polynomials: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum: Vec<EdwardsPoint> = Vec::new();
        for polynomial in polynomials {
            sum.resize(polynomial.0.len(), EdwardsPoint::identity());
            sum.iter_mut().zip(&polynomial.0).for_each(|(sum, c)| *sum += c);
        }
        Self(sum)
    }

    /// The values at the evaluation points of so many party ids, 32 bytes each: of the sum of all dealers'
    /// polynomials, the public shares.
    pub(crate) fn public_shares(&self, parties: u8) -> Vec<[u8; POINT_LEN]> {
        let values: Vec<_> = (0..parties).map(|id| self.at(id)).collect();
        curve::encode_points(&values)
    }
}

/// A small multiple of a public point: doubled, and added where x has a one.
fn times(point: &EdwardsPoint, x: u16) -> EdwardsPoint {
    let bits = (0..u16::BITS - x.leading_zeros()).rev().map(|bit| x >> bit & 1 == 1);
    bits.fold(EdwardsPoint::identity(), |multiple, bit| {
        let doubled = multiple + multiple;
        if bit { doubled + point } else { doubled }
    })
}

/// λ at zero of the party of this id among the parties of all `ids`, itself one of them: Π x_j / (x_j − x) over the
/// others.
pub(crate) fn lagrange(id: u8, ids: impl Iterator<Item = u8>) -> Scalar {
    let x = curve::x_of(id);
    let others = ids.filter(|&other| other != id).map(curve::x_of);
    let (above, below) = others.fold((Scalar::ONE, Scalar::ONE), |(above, below), other| {
        (above * other, below * (other - x))
    });
    // No factor of `below` is zero.
    above * below.invert()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::testing::{array, list, vectors};

    #[test]
    fn any_t_values_interpolate_to_the_constant_term() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for (t, ids) in [(2, &[0, 1][..]), (2, &[4, 1]), (3, &[254, 0, 7]), (3, &[0, 1, 2, 3])] {
            let f = SecretPolynomial::draw(t, &mut rng);
            let term =
                |&id: &u8| lagrange(id, ids.iter().copied()) * f.at(&curve::x_of(id)).expose();
            assert!(ids.iter().map(term).sum::<Scalar>() == *f.at(&Scalar::ZERO).expose());
        }
    }

    #[test]
    fn lagrange_factors_are_the_recorded_ones() {
        let recorded = &vectors("primitives")["lagrange_at_zero"];
        let ids = list(&recorded["ids"], |id| u8::try_from(id.as_u64().unwrap()).unwrap());
        for id in &ids {
            let expected = array(&recorded[format!("for_{id}")]);
            assert_eq!(lagrange(*id, ids.iter().copied()).to_bytes(), expected);
        }
    }

    #[test]
    fn the_public_polynomial_commits_to_the_values_of_the_secret_one() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let f = SecretPolynomial::draw(3, &mut rng);
        for id in [0, 1, 2, 6, 127, 254, 255] {
            let value = f.at(&curve::x_of(id));
            assert!(f.public().at(id) == EdwardsPoint::mul_base(value.expose()));
        }
        assert!(PublicPolynomial::decode(&f.public().encode()) == Some(f.public()));
    }
}
