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
    /// enc(T), T = r·B
    t: [u8; POINT_LEN],
    /// s = r + c·x
    s: Scalar,
}

impl Proof {
    /// Proves knowledge of `x`, where `y` is the encoding of x·B. Draws one scalar, the nonce.
    pub(crate) fn prove(
        context: &[u8; 32],
        x: &Scalar,
        y: &[u8; POINT_LEN],
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let r = Zeroizing::new(curve::draw_scalar(rng));
        let t = curve::encode_point(&EdwardsPoint::mul_base(&r));
        let c = challenge(context, y, &t);
        Self { t, s: *r + c * x }
    }

    /// Whether this proves knowledge of the discrete logarithm of `y`, of prime order, whose encoding is `encoded`.
    ///
    /// T is not decoded: it is the encoding of s·B − c·Y, and so canonical and of prime order.
    #[must_use]
    pub(crate) fn verify(
        &self,
        context: &[u8; 32],
        y: &EdwardsPoint,
        encoded: &[u8; POINT_LEN],
    ) -> bool {
        let c = challenge(context, encoded, &self.t);
        curve::encodes_sum(&self.t, (&-c, y), &self.s)
    }

    /// `enc(T) || s`.
    pub(crate) fn to_bytes(self) -> [u8; PROOF_LEN] {
        let mut bytes = [0; PROOF_LEN];
        let (t, s) = bytes.split_at_mut(POINT_LEN);
        t.copy_from_slice(&self.t);
        s.copy_from_slice(self.s.as_bytes());
        bytes
    }

    /// `None` unless s decodes. Whether T does, [`Proof::verify`] finds.
    pub(crate) fn from_bytes(bytes: &[u8; PROOF_LEN]) -> Option<Self> {
        let (t, rest) = bytes.split_first_chunk()?;
        let (s, _) = rest.split_first_chunk()?;
        Some(Self { t: *t, s: curve::strict_scalar(s)? })
    }
}

/// Whether these bytes are a proof for `y`, of prime order, whose encoding is `encoded`.
pub(crate) fn verifies(
    bytes: &[u8; PROOF_LEN],
    context: &[u8; 32],
    y: &EdwardsPoint,
    encoded: &[u8; POINT_LEN],
) -> bool {
    Proof::from_bytes(bytes).is_some_and(|proof| proof.verify(context, y, encoded))
}

fn challenge(context: &[u8; 32], y: &[u8; POINT_LEN], t: &[u8; POINT_LEN]) -> Scalar {
    let hash: [u8; 32] = Sha256::new()
        .chain_update("DLogProof-Challenge")
        .chain_update(context)
        .chain_update("y")
        .chain_update(y)
        .chain_update("t")
        .chain_update(t)
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
        let encoded = curve::encode_point(&y);
        assert_eq!(encoded, array(&recorded["Y"]));

        let mut rng = Script::of([bytes(&recorded["nonce_r_le"])]);
        let proof = Proof::prove(&context, &x, &encoded, &mut rng).to_bytes();
        assert_eq!(proof[..32], bytes(&recorded["t"]));
        assert_eq!(proof[32..], bytes(&recorded["s_le"]));
        assert!(verifies(&proof, &context, &y, &encoded));
    }

    #[test]
    fn a_proof_holds_for_its_point_and_its_context_only() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let x = curve::draw_scalar(&mut rng);
        let y = EdwardsPoint::mul_base(&x);
        let encoded = curve::encode_point(&y);
        let proof = Proof::prove(&[7; 32], &x, &encoded, &mut rng);
        let other = y + y;
        assert!(proof.verify(&[7; 32], &y, &encoded));
        assert!(!proof.verify(&[8; 32], &y, &encoded));
        assert!(!proof.verify(&[7; 32], &other, &curve::encode_point(&other)));
    }

    #[test]
    fn what_is_no_canonical_point_and_scalar_is_no_proof() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let x = curve::draw_scalar(&mut rng);
        let y = EdwardsPoint::mul_base(&x);
        let encoded = curve::encode_point(&y);
        let holds = |proof: &[u8; PROOF_LEN]| verifies(proof, &[7; 32], &y, &encoded);
        let proof = Proof::prove(&[7; 32], &x, &encoded, &mut rng).to_bytes();
        assert!(holds(&proof));
        let t = curve::decode_point(proof.first_chunk().unwrap()).unwrap();
        for torsion in EIGHT_TORSION {
            for bad in [torsion, t + torsion] {
                let mut spoilt = proof;
                spoilt[..32].copy_from_slice(&curve::encode_point(&bad));
                assert_eq!(holds(&spoilt), bad == t);
            }
        }
        for half in [0..32, 32..64] {
            let mut spoilt = proof;
            spoilt[half].fill(0xff);
            assert!(!holds(&spoilt));
        }
    }

    /// Who knows x may choose r = 0: the equation holds, and T is no point of prime order.
    #[test]
    fn a_proof_whose_t_is_the_identity_is_none() {
        let x = Scalar::from(9_u8);
        let y = EdwardsPoint::mul_base(&x);
        let encoded = curve::encode_point(&y);
        let mut rng = Script::of([vec![0; 32]]);
        let proof = Proof::prove(&[7; 32], &x, &encoded, &mut rng).to_bytes();
        assert!(!verifies(&proof, &[7; 32], &y, &encoded));
    }
}
