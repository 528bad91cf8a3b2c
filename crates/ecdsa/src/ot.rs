//! Oblivious transfer, from nothing to a multiplication of secrets between two parties.
//!
//! ```text
//! base       256 OTs from public-key cryptography          key generation, once a pair and direction
//!   └ pprf       64 trees: all leaves | all leaves but one     kept in the key share
//!       └ extension  512 OTs of fresh pads                         signing, once a multiplication
//!           └ rvole      c + d = a·b for two secrets a
//! ```
//!
//! Roles swap once: who sends the base OTs builds the trees, knows all leaves, and then *receives* in the extension
//! and in the vector OLE. Messages are byte arrays of exact length. Every choice made by a secret bit is made in
//! constant time, without a secret in a branch or an address; the one exception is stated at [`base`].
//!
//! `spec/dkls23/ot.md` and `spec/dkls23/rvole.md`.

pub(crate) mod base;
mod bits;
pub(crate) mod extension;
mod gf128;
pub(crate) mod pprf;
#[cfg(feature = "primitives")]
pub mod primitives;
mod residue;
pub(crate) mod rvole;
mod transpose;

use quorate_core::Secret;
use zeroize::Zeroize;

/// 32 bytes of key material: a base OT key, a node of a tree, a word of a pad.
pub(crate) type Word = [u8; 32];

/// An array on the heap, made there: one that is made on the stack is copied.
fn boxed<T: Copy, const N: usize>(zero: T) -> Box<[T; N]> {
    let slice = vec![zero; N].into_boxed_slice();
    slice.try_into().unwrap_or_else(|_| Box::new([zero; N]))
}

/// A place for secrets, to be written where it is.
fn blank<T: Copy + Zeroize, const N: usize>(zero: T) -> Secret<[T; N]> {
    Secret::boxed(boxed(zero))
}

/// Names one batch of base OTs: fresh for each session, ordered pair of parties, and purpose.
pub(crate) struct BaseOtId(pub(crate) [u8; 32]);

/// Names one batch of all-but-one OTs, likewise.
pub(crate) struct PprfId(pub(crate) [u8; 32]);

/// Names one vector OLE and the OT extension below it, likewise. Two runs under one name on the same seeds would
/// repeat every pad.
pub(crate) struct RvoleId(pub(crate) [u8; 32]);

#[cfg(test)]
mod tests {
    use k256::Scalar;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::pprf::{ReceiverSeed, SenderSeed};
    use super::*;
    use crate::check::Check;

    fn noise<const N: usize>(rng: &mut ChaCha20Rng) -> [u8; N] {
        let mut bytes = [0; N];
        rng.fill_bytes(&mut bytes);
        bytes
    }

    #[test]
    fn noise_in_place_of_a_message_fails_its_check_and_nothing_else() {
        let mut rng = ChaCha20Rng::seed_from_u64(15);
        let a = [&Scalar::ONE, &Scalar::ONE];

        let refused =
            base::send(&BaseOtId([0; 32]), &noise(&mut rng), base::SenderCoins::draw(&mut rng));
        assert_eq!(refused.err(), Some(Check::OtOfferPoints));

        let (awaiting, offers) =
            base::start(&BaseOtId([0; 32]), base::ReceiverCoins::draw(&mut rng));
        assert_eq!(awaiting.receive(&noise(&mut rng)).err(), Some(Check::OtReplyPoints));

        let (awaiting, _) = base::start(&BaseOtId([0; 32]), base::ReceiverCoins::draw(&mut rng));
        let keys = awaiting.receive(&offers).unwrap();
        let refused = pprf::eval(&PprfId([0; 32]), &keys, &noise(&mut rng));
        assert_eq!(refused.err(), Some(Check::PprfDigest));

        let [mine, theirs] = rvole::Instance::both([RvoleId([0; 32]), RvoleId([0; 32])]);
        // Seeds that no tree gives: hidden indices up to 255.
        let seed = ReceiverSeed::new(&noise(&mut rng), &noise(&mut rng));
        let refused =
            rvole::send(mine, &seed, a, &noise(&mut rng), rvole::SenderCoins::draw(&mut rng));
        assert_eq!(refused.err(), Some(Check::ExtensionFold));

        let seed = SenderSeed::new(&noise(&mut rng));
        let (awaiting, _, _) = rvole::start(theirs, &seed, rvole::ReceiverCoins::draw(&mut rng));
        assert_eq!(awaiting.receive(&noise(&mut rng)).err(), Some(Check::RvoleDigest));
    }
}
