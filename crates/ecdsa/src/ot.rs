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
pub(crate) mod rvole;
mod transpose;

use quorate_core::Secret;
use zeroize::Zeroize;

/// 32 bytes of key material: a base OT key, a node of a tree, a word of a pad.
pub(crate) type Word = [u8; 32];

/// An array on the heap.
fn boxed<T: Copy, const N: usize>(zero: T) -> Box<[T; N]> {
    Box::new([zero; N])
}

/// A place for secrets, to be written where it is.
fn blank<T: Copy + Zeroize, const N: usize>(zero: T) -> Secret<[T; N]> {
    Secret::of([zero; N])
}

/// Names one batch of base OTs: fresh for each session, ordered pair of parties, and purpose.
pub(crate) struct BaseOtId(pub(crate) [u8; 32]);

/// Names one batch of all-but-one OTs, likewise.
pub(crate) struct PprfId(pub(crate) [u8; 32]);

/// Names one vector OLE and the OT extension below it, likewise. Two runs under one name on the same seeds would
/// repeat every pad.
pub(crate) struct RvoleId(pub(crate) [u8; 32]);
