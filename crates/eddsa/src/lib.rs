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
//! Three parties in one process, of whom any two sign. `quorate_core::simulation` is the post between them; on devices
//! the payloads are framed and authenticated.
//!
//! ```
//! use std::sync::Arc;
//!
//! use quorate_core::Committee;
//! use quorate_core::simulation::{all_done, honestly, p, run, seeded};
//! use quorate_eddsa::{dkg, sign, verify};
//!
//! let dealers = (0..3).map(|i| {
//!     let committee = Committee::new(p(i), 3, 2).expect("two of three");
//!     let mut rng = seeded(i.into());
//!     let (session, first) = dkg::Session::start(dkg::Params { committee, key_id: None }, &mut rng);
//!     (session, first, rng)
//! });
//! let shares = all_done(run(dealers, 0, honestly));
//! let key = shares[0].share.public_key();
//!
//! let message = b"what two of us have agreed on";
//! let signers = shares.into_iter().take(2).zip(0..).map(|(new, me)| {
//!     let (share, message) = (Arc::new(new.share), message.to_vec());
//!     let mut rng = seeded(10 + u64::from(me));
//!     let params = sign::Params { share, me: p(me), signers: 2, message };
//!     let (session, first) = sign::Session::start(params, &mut rng).expect("enough sign");
//!     (session, first, rng)
//! });
//! let signatures = all_done(run(signers, 0, honestly));
//! assert!(verify(&key, message, &signatures[0].to_bytes()));
//! ```
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
