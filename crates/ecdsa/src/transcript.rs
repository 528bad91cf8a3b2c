//! Fiat–Shamir transcripts: Merlin v1.0, with the labels of the specification.

pub(crate) mod label;

use k256::{ProjectivePoint, Scalar};

use crate::curve;

/// A running transcript. Everything appended is framed by a label and a length, and every challenge depends on
/// everything before it, earlier challenges included. Its memory is wiped when it goes.
#[derive(Clone)]
pub(crate) struct Transcript(merlin::Transcript);

impl Transcript {
    /// A new transcript of the domain `label`.
    pub(crate) fn new(label: &'static [u8]) -> Self {
        Self(merlin::Transcript::new(label))
    }

    /// Appends the bytes under a label.
    pub(crate) fn app(&mut self, label: &'static [u8], message: &[u8]) {
        self.0.append_message(label, message);
    }

    /// Appends the number as 8 bytes, little-endian.
    pub(crate) fn u64(&mut self, label: &'static [u8], number: u64) {
        self.0.append_u64(label, number);
    }

    /// Appends the point, SEC1 compressed: 33 bytes, or for the identity, here alone, the single byte 0.
    pub(crate) fn point(&mut self, label: &'static [u8], point: &ProjectivePoint) {
        if curve::is_identity(point) {
            self.app(label, &[0]);
        } else {
            self.app(label, &curve::encode_point(point));
        }
    }

    /// Draws `N` bytes.
    pub(crate) fn challenge<const N: usize>(&mut self, label: &'static [u8]) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.challenge_bytes(label, &mut bytes);
        bytes
    }

    /// Draws as many bytes as there is room for: for secrets, which are to be written nowhere else.
    pub(crate) fn fill(&mut self, label: &'static [u8], bytes: &mut [u8]) {
        self.0.challenge_bytes(label, bytes);
    }

    /// Draws 32 bytes and reduces them modulo the group order.
    pub(crate) fn challenge_scalar(&mut self, label: &'static [u8]) -> Scalar {
        curve::reduce(&self.challenge(label))
    }
}

#[cfg(test)]
mod tests {
    use k256::ProjectivePoint;

    use super::{Transcript, label};
    use crate::testing::vectors;

    #[test]
    fn challenges_are_those_of_merlin() {
        let mut transcript = Transcript::new(b"test protocol");
        transcript.app(b"some label", b"some data");
        assert_eq!(
            hex::encode(transcript.challenge::<32>(b"challenge")),
            "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615"
        );
    }

    #[test]
    fn the_identity_is_appended_as_a_single_byte() {
        let mut point = Transcript::new(b"");
        point.point(b"y", &ProjectivePoint::IDENTITY);
        let mut byte = Transcript::new(b"");
        byte.app(b"y", &[0]);
        assert_eq!(point.challenge::<32>(b""), byte.challenge::<32>(b""));
    }

    #[test]
    fn labels_are_the_recorded_ones() {
        let recorded = vectors("primitives");
        let recorded = recorded["labels"].as_object().unwrap();
        assert_eq!(recorded.len(), label::ALL.len());
        for (number, label) in label::ALL {
            assert_eq!(recorded[&number.to_string()], hex::encode(label));
        }
    }
}
