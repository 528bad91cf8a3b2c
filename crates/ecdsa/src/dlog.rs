//! Schnorr proofs of knowledge of a discrete logarithm.

use k256::elliptic_curve::ops::LinearCombination;
use k256::{ProjectivePoint, Scalar};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::curve::{self, POINT_LEN, SCALAR_LEN};
use crate::transcript::Transcript;
use crate::transcript::label::{self, Label};

/// Length of an encoded proof.
pub(crate) const PROOF_LEN: usize = POINT_LEN + SCALAR_LEN;

/// A proof that its author knows x with `Y = x·G`. Bound to everything in the transcript it was made on.
#[derive(Clone)]
pub(crate) struct Proof {
    /// t = r·G
    t: ProjectivePoint,
    /// s = r + c·x
    s: Scalar,
}

/// The transcript of the proofs that one party makes for one purpose in one session. Proofs made on it one after
/// another are bound to each other and to their order.
pub(crate) fn transcript(sid: &[u8; 32], party: u64, action: Label, domain: Label) -> Transcript {
    let mut transcript = Transcript::new(domain);
    transcript.app(b"session_id", sid);
    transcript.u64(b"party_id", party);
    transcript.app(b"action", action);
    transcript
}

impl Proof {
    /// Proves knowledge of `x`, where `y = x·G`. Draws one scalar, the nonce.
    pub(crate) fn prove(
        transcript: &mut Transcript,
        x: &Scalar,
        y: &ProjectivePoint,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let r = Zeroizing::new(curve::draw_scalar(rng));
        let t = ProjectivePoint::mul_by_generator(&r);
        let c = challenge(transcript, y, &t);
        Self { t, s: *r + c * x }
    }

    /// Whether this proves knowledge of the discrete logarithm of `y`. Nothing proves that of the identity.
    #[must_use]
    pub(crate) fn verify(&self, transcript: &mut Transcript, y: &ProjectivePoint) -> bool {
        let c = challenge(transcript, y, &self.t);
        let expected = [(ProjectivePoint::GENERATOR, self.s), (*y, -c)];
        !curve::is_identity(y) && ProjectivePoint::lincomb_vartime(&expected) == self.t
    }

    /// `enc(t) || s`.
    pub(crate) fn to_bytes(&self) -> [u8; PROOF_LEN] {
        let mut bytes = [0; PROOF_LEN];
        let (t, s) = bytes.split_at_mut(POINT_LEN);
        t.copy_from_slice(&curve::encode_point(&self.t));
        s.copy_from_slice(&curve::scalar_bytes(&self.s));
        bytes
    }

    /// `None` unless t is a point (or the identity) and s a scalar, each canonically encoded.
    pub(crate) fn from_bytes(bytes: &[u8; PROOF_LEN]) -> Option<Self> {
        let (t, rest) = bytes.split_first_chunk()?;
        let (s, _) = rest.split_first_chunk()?;
        Some(Self { t: curve::decode_point(t)?, s: curve::strict_scalar(s)? })
    }
}

fn challenge(transcript: &mut Transcript, y: &ProjectivePoint, t: &ProjectivePoint) -> Scalar {
    transcript.point(b"y", y);
    transcript.point(b"t", t);
    transcript.point(b"base-point", &ProjectivePoint::GENERATOR);
    transcript.challenge_scalar(label::DLOG_CHALLENGE)
}

#[cfg(test)]
mod tests {
    use k256::{ProjectivePoint, Scalar};
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{Proof, transcript};
    use crate::curve::{self, strict_scalar};
    use crate::testing::{Script, array, bytes, list, vectors};
    use crate::transcript::label;

    const SID: [u8; 32] = [7; 32];

    #[test]
    fn proofs_on_a_shared_transcript_are_the_recorded_ones() {
        let recorded = &vectors("primitives")["dlog_proofs_shared_transcript"];
        assert_eq!(bytes(&recorded["action"]), label::DKG_PROOF_1);
        assert_eq!(bytes(&recorded["domain"]), label::DKG);
        let sid = array(&recorded["session_id"]);
        let party = recorded["party"].as_u64().unwrap();
        let start = || transcript(&sid, party, label::DKG_PROOF_1, label::DKG);

        let mut rng = Script::of(list(&recorded["nonces"], bytes));
        let (mut proving, mut verifying) = (start(), start());
        let secrets = list(&recorded["secrets"], |x| strict_scalar(&array(x)).unwrap());
        for (x, expected) in secrets.iter().zip(list(&recorded["proofs"], array::<65>)) {
            let y = ProjectivePoint::GENERATOR * x;
            assert_eq!(Proof::prove(&mut proving, x, &y, &mut rng).to_bytes(), expected);
            assert!(Proof::from_bytes(&expected).unwrap().verify(&mut verifying, &y));
        }
        assert!(rng.is_over());
    }

    #[test]
    fn a_proof_holds_for_its_point_its_party_its_session_and_its_purpose_only() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let x = curve::draw_scalar(&mut rng);
        let y = ProjectivePoint::GENERATOR * x;
        let start = || transcript(&SID, 3, label::DKG_PROOF_1, label::DKG);
        let proof = Proof::prove(&mut start(), &x, &y, &mut rng);

        assert!(proof.verify(&mut start(), &y));
        assert!(!proof.verify(&mut start(), &(y + y)));
        for mut other in [
            transcript(&[8; 32], 3, label::DKG_PROOF_1, label::DKG),
            transcript(&SID, 4, label::DKG_PROOF_1, label::DKG),
            transcript(&SID, 3, label::DKG_PROOF_2, label::DKG),
            transcript(&SID, 3, label::DKG_PROOF_1, label::QC),
        ] {
            assert!(!proof.verify(&mut other, &y));
        }
        let mut later = start();
        assert!(proof.verify(&mut later, &y));
        assert!(!proof.verify(&mut later, &y));
    }

    #[test]
    fn nothing_proves_the_discrete_logarithm_of_the_identity() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let start = || transcript(&SID, 3, label::DKG_PROOF_1, label::DKG);
        let y = ProjectivePoint::IDENTITY;
        let proof = Proof::prove(&mut start(), &Scalar::ZERO, &y, &mut rng);
        assert!(!proof.verify(&mut start(), &y));
    }

    #[test]
    fn a_response_that_is_no_canonical_scalar_does_not_decode() {
        let mut bytes = [0; 65];
        assert!(Proof::from_bytes(&bytes).is_some());
        bytes[33..].fill(0xff);
        assert!(Proof::from_bytes(&bytes).is_none());
    }
}
