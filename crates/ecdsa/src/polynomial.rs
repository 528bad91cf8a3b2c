//! Sharing polynomials, secret and public, and interpolation at zero.

use k256::elliptic_curve::ops::MulVartime;
use k256::{ProjectivePoint, Scalar};
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

    /// F: the coefficients times G.
    pub(crate) fn public(&self) -> PublicPolynomial {
        PublicPolynomial(self.coefficients().map(ProjectivePoint::mul_by_generator).collect())
    }

    /// The coefficients, constant term first.
    pub(crate) fn coefficients(&self) -> impl Iterator<Item = &Scalar> {
        self.0.expose().iter()
    }
}

/// F: the coefficients of a sharing polynomial times G, constant term first.
#[derive(Clone, PartialEq)]
pub(crate) struct PublicPolynomial(Vec<ProjectivePoint>);

impl PublicPolynomial {
    /// `None` unless every coefficient decodes to a point other than the identity.
    pub(crate) fn decode(encoded: &[[u8; POINT_LEN]]) -> Option<Self> {
        encoded.iter().map(curve::decode_nonidentity).collect::<Option<_>>().map(Self)
    }

    /// What remains of [`Self::decode`] without its check: whatever does not decode becomes the identity.
    pub(crate) fn decode_lax(encoded: &[[u8; POINT_LEN]]) -> Self {
        let decode = |bytes| curve::decode_point(bytes).unwrap_or(ProjectivePoint::IDENTITY);
        Self(encoded.iter().map(decode).collect())
    }

    /// The coefficients, 33 bytes each.
    pub(crate) fn encode(&self) -> Vec<[u8; POINT_LEN]> {
        curve::encode_points(&self.0)
    }

    /// The coefficients, constant term first.
    pub(crate) fn coefficients(&self) -> impl Iterator<Item = &ProjectivePoint> {
        self.0.iter()
    }

    /// F(0).
    pub(crate) fn constant_term(&self) -> ProjectivePoint {
        self.0.first().copied().unwrap_or(ProjectivePoint::IDENTITY)
    }

    /// F(x), for a public x.
    pub(crate) fn at(&self, x: &Scalar) -> ProjectivePoint {
        let coefficients = self.0.iter().rev();
        coefficients.fold(ProjectivePoint::IDENTITY, |value, c| value.mul_vartime(x) + c)
    }

    /// Adds coefficient by coefficient. All of one committee have the same number of them.
    pub(crate) fn sum<'a>(polynomials: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum: Vec<ProjectivePoint> = Vec::new();
        for polynomial in polynomials {
            sum.resize(polynomial.0.len(), ProjectivePoint::IDENTITY);
            sum.iter_mut().zip(&polynomial.0).for_each(|(sum, c)| *sum += c);
        }
        Self(sum)
    }
}

/// The factor of the share at `x` when the shares at all of `xs`, x among them, are interpolated at `at`:
/// Π (x_j − at) / (x_j − x) over the others.
pub(crate) fn lagrange<'a>(
    at: &Scalar,
    x: &Scalar,
    xs: impl Iterator<Item = &'a Scalar>,
) -> Scalar {
    let others = xs.filter(|other| *other != x);
    let (above, below) = others.fold((Scalar::ONE, Scalar::ONE), |(above, below), other| {
        (above * (other - at), below * (other - x))
    });
    // No factor of `below` is zero.
    above * below.invert().unwrap_or(Scalar::ZERO)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn any_t_values_interpolate_to_the_constant_term_and_to_every_other_value() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for t in 2..=5u8 {
            let f = SecretPolynomial::draw(t, &mut rng);
            let xs: Vec<_> = (0..t).map(|_| curve::draw_nonzero_scalar(&mut rng)).collect();
            for at in [Scalar::ZERO, curve::draw_scalar(&mut rng)] {
                let sum: Scalar =
                    (xs.iter()).map(|x| lagrange(&at, x, xs.iter()) * f.at(x).expose()).sum();
                assert!(sum == *f.at(&at).expose());
            }
        }
    }

    #[test]
    fn the_public_polynomial_commits_to_the_values_of_the_secret_one() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let (f, g) = (SecretPolynomial::draw(3, &mut rng), SecretPolynomial::draw(3, &mut rng));
        let sum = PublicPolynomial::sum([f.public(), g.public()].iter());
        let x = curve::draw_scalar(&mut rng);
        let value = *f.at(&x).expose() + g.at(&x).expose();
        assert!(sum.at(&x) == ProjectivePoint::mul_by_generator(&value));
        assert!(PublicPolynomial::decode(&f.public().encode()) == Some(f.public()));
    }
}
