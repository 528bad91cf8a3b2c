//! Lindell22 threshold Ed25519.
//!
//! t of n parties sign with a key that none of them ever holds. Up to t − 1 of them may lie in any way; whoever is
//! honest then stops with an [`Abort`](quorate_core::Abort) and learns whom to name, where that can be known. The
//! signature is an ordinary one: R and the key are of prime order, and every Ed25519 verifier accepts it.
//!
//! After ePrint 2022/374 (Lindell), which proves it against who is corrupt from the start. Nothing here proves that all
//! parties have been told the same chain code and polynomials, nor that they ended: the layer above compares what they end
//! with, the public shares of a [`NewShare`] included.
//!
//! * [`dkg`]: generate a key. * [`sign`]: sign a message with it. * [`quorum_change`]: move it to other parties.
//! * [`refresh`]: share it anew among as many. * [`import`], [`export`]: from a whole key, and back.
//! * [`recover`]: the key of shares in one place.
//! * [`share`]: what a party keeps. * [`signature`]: the result, and its verification.
//! * [`check`]: every assertion, by the step of `spec/eddsa/` that makes it.
//!
//! Each protocol is a [`Session`](quorate_core::session::Session): authenticated payloads in, payloads out. Keeping
//! others from reading private ones, and from altering any, is the work of the layer that carries them. The crate
//! has no clock and no randomness of its own, and reads no file.
//!
//! Start reading at [`dkg`], with `spec/eddsa/dkg.md` beside it.

pub mod check;
mod crypto_box;
mod curve;
pub mod dkg;
mod dlog;
pub mod export;
pub mod import;
mod polynomial;
pub mod quorum_change;
pub mod recover;
pub mod refresh;
pub mod share;
pub mod sign;
pub mod signature;
#[cfg(test)]
mod testing;

pub use check::{Check, ShareCheck};
pub use share::{KeyShare, NewShare};
pub use signature::{Signature, verify};
