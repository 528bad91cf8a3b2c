//! DKLs23 threshold ECDSA over secp256k1.
//!
//! t of n parties sign with a key that none of them ever holds. Up to t − 1 of them may lie in any way; whoever is
//! honest then stops with an [`Abort`](quorate_core::Abort) and learns whom to name, where that can be known.
//!
//! * [`dkg`]: generate a key. * [`refresh`]: share it anew. * [`quorum_change`]: move it to other parties.
//! * [`sign`]: sign a hash with it, or in two parts: [`presign`] before the hash is known, [`finish`] once it is.
//! * [`import`], [`export`]: bring a whole key in, or out again. * [`recover`]: the key of shares in one place.
//! * [`share`]: what a party keeps. * [`mod@derive`]: child keys. * [`signature`]: the result, and its verification.
//! * [`check`]: every assertion, by the step of `spec/dkls23/` that makes it.
//!
//! Each protocol is a [`Session`](quorate_core::session::Session): authenticated payloads in, payloads out. Keeping
//! others from reading private ones, and from altering any, is the work of the layer that carries them. The crate
//! has no clock and no randomness of its own, and reads no file.
//!
//! Three parties in one process, of whom any two sign. `quorate_core::simulation` is the post between them; on devices
//! the payloads are framed, encrypted and authenticated.
//!
//! ```
//! use std::sync::Arc;
//!
//! use quorate_core::Committee;
//! use quorate_core::simulation::{all_done, honestly, p, run, seeded};
//! use quorate_ecdsa::{derive::DerivationPath, dkg, sign, verify};
//!
//! let dealers = (0..3).map(|i| {
//!     let committee = Committee::new(p(i), 3, 2).expect("two of three");
//!     let (mut rng, channel) = (seeded(i.into()), [i; 32]);
//!     let params = dkg::Params { committee, key_id: None };
//!     let (session, first) = dkg::Session::start(params, channel, &mut rng);
//!     (session, first, rng)
//! });
//! let shares = all_done(run(dealers, 0, honestly));
//! let key = shares[0].public_key();
//!
//! let hash = [7; 32];
//! let signers = shares.into_iter().take(2).zip(0..).map(|(share, me)| {
//!     let (mut rng, path) = (seeded(10 + u64::from(me)), DerivationPath::root());
//!     let params = sign::Params { share: Arc::new(share), me: p(me), signers: 2, path, hash };
//!     let (session, first) = sign::Session::start(params, [me; 32], &mut rng).expect("enough sign");
//!     (session, first, rng)
//! });
//! let signatures = all_done(run(signers, 0, honestly));
//! assert!(verify(&key, &hash, &signatures[0].to_bytes()));
//! ```
//!
//! Start reading at [`dkg`], with `spec/dkls23/dkg.md` beside it.

pub mod check;
mod curve;
pub mod derive;
pub mod dkg;
mod dlog;
pub mod export;
pub mod finish;
pub mod import;
mod ot;
mod pair;
mod polynomial;
pub mod presign;
pub mod quorum_change;
pub mod recover;
pub mod refresh;
mod session_id;
pub mod share;
pub mod sign;
pub mod signature;
#[cfg(test)]
mod testing;
mod transcript;

pub use check::{Check, PresignatureCheck, ShareCheck};
#[cfg(feature = "primitives")]
pub use ot::primitives;
pub use presign::Presignature;
pub use share::KeyShare;
pub use signature::{Signature, verify};
