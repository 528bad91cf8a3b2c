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
