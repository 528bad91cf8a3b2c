//! Schnorr proofs of knowledge of a discrete logarithm. `ED-DKG`, proof of knowledge.

use curve25519_dalek::constants::ED25519_BASEPOINT_COMPRESSED;
use curve25519_dalek::{EdwardsPoint, Scalar};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::curve::{self, POINT_LEN, SCALAR_LEN};

/// Length of an encoded proof.
pub(crate) const PROOF_LEN: usize = POINT_LEN + SCALAR_LEN;

/// A proof that its author knows x with `Y = x·B`, made in a context that names session and author.
#[derive(Clone, Copy)]
pub(crate) struct Proof {
    /// T = r·B
    t: EdwardsPoint,
    /// s = r + c·x
    s: Scalar,
}

impl Proof {
    /// Proves knowledge of `x`, where `y = x·B`. Draws one scalar, the nonce.
    pub(crate) fn prove(
        context: &[u8; 32],
        x: &Scalar,
        y: &EdwardsPoint,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let r = Zeroizing::new(curve::draw_scalar(rng));
        let t = EdwardsPoint::mul_base(&r);
        let c = challenge(context, y, &t);
        Self { t, s: *r + c * x }
    }

    /// Whether this proves knowledge of the discrete logarithm of `y`.
    #[must_use]
    pub(crate) fn verify(&self, context: &[u8; 32], y: &EdwardsPoint) -> bool {
        let c = challenge(context, y, &self.t);
        EdwardsPoint::vartime_double_scalar_mul_basepoint(&-c, y, &self.s) == self.t
    }

    /// `enc(T) || s`.
    pub(crate) fn to_bytes(self) -> [u8; PROOF_LEN] {
        let mut bytes = [0; PROOF_LEN];
        let (t, s) = bytes.split_at_mut(POINT_LEN);
        t.copy_from_slice(&curve::encode_point(&self.t));
        s.copy_from_slice(self.s.as_bytes());
        bytes
    }

    /// `None` unless T and s decode.
    pub(crate) fn from_bytes(bytes: &[u8; PROOF_LEN]) -> Option<Self> {
        let (t, rest) = bytes.split_first_chunk()?;
        let (s, _) = rest.split_first_chunk()?;
        Some(Self { t: curve::decode_point(t)?, s: curve::strict_scalar(s)? })
    }
}

/// Whether these bytes are a proof for `y`.
pub(crate) fn verifies(bytes: &[u8; PROOF_LEN], context: &[u8; 32], y: &EdwardsPoint) -> bool {
    Proof::from_bytes(bytes).is_some_and(|proof| proof.verify(context, y))
}

fn challenge(context: &[u8; 32], y: &EdwardsPoint, t: &EdwardsPoint) -> Scalar {
    let hash: [u8; 32] = Sha256::new()
        .chain_update("DLogProof-Challenge")
        .chain_update(context)
        .chain_update("y")
        .chain_update(curve::encode_point(y))
        .chain_update("t")
        .chain_update(curve::encode_point(t))
        .chain_update("base-point")
        .chain_update(ED25519_BASEPOINT_COMPRESSED.as_bytes())
        .finalize()
        .into();
    curve::reduce(&hash)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::EIGHT_TORSION;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::testing::{Script, array, bytes, vectors};

    #[test]
    fn the_recorded_proof_is_made_and_verifies() {
        let recorded = &vectors("primitives")["dlog_proof"];
        let context = array(&recorded["session_id"]);
        let x = curve::strict_scalar(&array(&recorded["x_le"])).unwrap();
        let y = EdwardsPoint::mul_base(&x);
        assert_eq!(curve::encode_point(&y), array(&recorded["Y"]));

        let mut rng = Script::of([bytes(&recorded["nonce_r_le"])]);
        let proof = Proof::prove(&context, &x, &y, &mut rng).to_bytes();
        assert_eq!(proof[..32], bytes(&recorded["t"]));
        assert_eq!(proof[32..], bytes(&recorded["s_le"]));
        assert!(verifies(&proof, &context, &y));
    }

    #[test]
    fn a_proof_holds_for_its_point_and_its_context_only() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let x = curve::draw_scalar(&mut rng);
        let y = EdwardsPoint::mul_base(&x);
        let proof = Proof::prove(&[7; 32], &x, &y, &mut rng);
        assert!(proof.verify(&[7; 32], &y));
        assert!(!proof.verify(&[8; 32], &y));
        assert!(!proof.verify(&[7; 32], &(y + y)));
    }

    #[test]
    fn what_is_no_canonical_point_and_scalar_does_not_decode() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let x = curve::draw_scalar(&mut rng);
        let proof = Proof::prove(&[7; 32], &x, &EdwardsPoint::mul_base(&x), &mut rng).to_bytes();
        assert!(Proof::from_bytes(&proof).is_some());
        let t = curve::decode_point(proof.first_chunk().unwrap()).unwrap();
        for torsion in EIGHT_TORSION {
            for bad in [torsion, t + torsion] {
                let mut spoilt = proof;
                spoilt[..32].copy_from_slice(&curve::encode_point(&bad));
                assert_eq!(Proof::from_bytes(&spoilt).is_some(), bad == t);
            }
        }
        for half in [0..32, 32..64] {
            let mut spoilt = proof;
            spoilt[half].fill(0xff);
            assert!(Proof::from_bytes(&spoilt).is_none());
        }
    }
}
