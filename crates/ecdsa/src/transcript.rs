//! Fiat–Shamir transcripts: Merlin v1.0, with the labels of the specification.
#![allow(clippy::inline_always, reason = "lengths are constants of the caller")]

pub(crate) mod label;
mod strobe;

use k256::{ProjectivePoint, Scalar};
use quorate_lanes::keccak::{Permute, States};

use self::strobe::Strobe;
use crate::curve;

/// A running transcript. Everything appended is framed by a label and a length, and every challenge depends on
/// everything before it, earlier challenges included. Its memory is wiped when it goes.
#[derive(Clone)]
pub(crate) struct Transcript(Strobe<1>);

impl Transcript {
    /// A new transcript of the domain `label`.
    pub(crate) fn new(label: &[u8]) -> Self {
        let mut transcript = Self(Strobe::new(b"Merlin v1.0"));
        transcript.app(b"dom-sep", label);
        transcript
    }

    /// Eight copies, to go on in step.
    #[inline(always)]
    pub(crate) fn eightfold(&self) -> InStep<8> {
        InStep(self.0.spread())
    }

    /// Two copies, to go on in step.
    #[inline(always)]
    pub(crate) fn twofold(&self) -> InStep<2> {
        InStep(self.0.spread())
    }

    /// Appends the bytes under a label.
    #[inline(always)]
    pub(crate) fn app(&mut self, label: &[u8], message: &[u8]) {
        self.0.ad(label, [message]);
    }

    /// Appends the number as 8 bytes, little-endian.
    #[inline(always)]
    pub(crate) fn u64(&mut self, label: &[u8], number: u64) {
        self.app(label, &number.to_le_bytes());
    }

    /// Appends the point, SEC1 compressed: 33 bytes, or for the identity, here alone, the single byte 0.
    pub(crate) fn point(&mut self, label: &[u8], point: &ProjectivePoint) {
        if curve::is_identity(point) {
            self.app(label, &[0]);
        } else {
            self.app(label, &curve::encode_point(point));
        }
    }

    /// Draws `N` bytes.
    #[inline(always)]
    pub(crate) fn challenge<const N: usize>(&mut self, label: &[u8]) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(label, &mut bytes);
        bytes
    }

    /// Draws as many bytes as there is room for: for secrets, which are to be written nowhere else.
    #[inline(always)]
    pub(crate) fn fill(&mut self, label: &[u8], bytes: &mut [u8]) {
        self.0.prf(label, [bytes]);
    }

    /// Draws 32 bytes and reduces them modulo the group order.
    #[inline(always)]
    pub(crate) fn challenge_scalar(&mut self, label: &[u8]) -> Scalar {
        curve::reduce(&self.challenge(label))
    }
}

/// Two or eight transcripts in step: the same labels and lengths in all, contents of each one's own. What takes that
/// many transcripts one after the other takes little longer than one here.
pub(crate) struct InStep<const W: usize>(Strobe<W>);

impl<const W: usize> InStep<W>
where
    States<W>: Permute,
{
    /// Appends to each its own bytes, which are `N` in all.
    #[inline(always)]
    pub(crate) fn app<const N: usize>(&mut self, label: &[u8], messages: [&[u8; N]; W]) {
        self.0.ad(label, messages.map(<[u8; N]>::as_slice));
    }

    /// Appends to each its own number as 8 bytes, little-endian.
    #[inline(always)]
    pub(crate) fn u64(&mut self, label: &[u8], numbers: [u64; W]) {
        self.app(label, numbers.map(u64::to_le_bytes).each_ref());
    }

    /// Draws `N` bytes from each.
    #[inline(always)]
    pub(crate) fn fill<const N: usize>(&mut self, label: &[u8], bytes: [&mut [u8; N]; W]) {
        self.0.prf(label, bytes.map(<[u8; N]>::as_mut_slice));
    }
}

#[cfg(test)]
mod tests {
    use k256::ProjectivePoint;
    use quorate_lanes::keccak::{Permute, States};

    use super::{InStep, Transcript, label};
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

    /// Lengths around every boundary of a word and of a block.
    #[test]
    fn any_transcript_is_that_of_an_independent_implementation() {
        const LABEL: &[u8] = b"a label that is longer than any of the protocol";
        let data: Vec<u8> = (0..).map(|i: u16| i.to_le_bytes()[0]).take(400).collect();
        let mut ours = Transcript::new(b"lengths");
        let mut theirs = merlin::Transcript::new(b"lengths");
        for len in (0..40).chain(120..200).chain([331, 332, 333, 400]) {
            let label = &LABEL[..len % LABEL.len()];
            ours.app(label, &data[..len]);
            theirs.append_message(label, &data[..len]);
            let (mut a, mut b) = (vec![0; len], vec![0; len]);
            ours.fill(label, &mut a);
            theirs.challenge_bytes(label, &mut b);
            assert_eq!(a, b, "{len} bytes");
        }
    }

    /// Transcripts that are in step come out as each comes out alone.
    fn compare<const W: usize>(start: &Transcript, mut together: InStep<W>)
    where
        States<W>: Permute,
    {
        let messages: [[u8; 70]; W] = core::array::from_fn(|lane| {
            core::array::from_fn(|i| u8::try_from((7 * lane + 3 * i) % 251).unwrap())
        });
        let numbers = core::array::from_fn(|lane| u64::try_from(lane).unwrap());
        let mut drawn = [[[0; 200]; W]; 3];
        for drawn in &mut drawn {
            together.u64(b"index", numbers);
            together.app(b"message", messages.each_ref());
            together.fill(b"out", drawn.each_mut());
        }
        for (lane, message) in messages.iter().enumerate() {
            let mut alone = start.clone();
            for drawn in &drawn {
                alone.u64(b"index", numbers[lane]);
                alone.app(b"message", message);
                assert_eq!(alone.challenge::<200>(b"out"), drawn[lane]);
            }
        }
    }

    #[test]
    fn transcripts_in_step_are_transcripts() {
        let mut start = Transcript::new(b"in step");
        start.app(b"common", b"start");
        compare(&start, start.twofold());
        compare(&start, start.eightfold());
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
