//! Import: a whole key becomes a shared one. `spec/eddsa/import_export.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! initiator, party 0                                    every other party
//!   round1::split      g(0) = the key                     → KEY: Y_j
//!   round2::AwaitingKeys::receive     ← KEY               ·
//!                                     → PART: s_j         round3::AwaitingPart::receive   ← PART
//! ```
//!
//! Then all run [`refresh`](crate::refresh) on what they have.

mod message;
mod round1;
mod round2;
mod round3;
mod session;

use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::{PartyIndex, Secret};
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, Zeroizing};

pub use session::Session;

use crate::curve::SCALAR_LEN;

/// The party that knows the key.
pub const INITIATOR: PartyIndex = PartyIndex::new(0);

/// The private key behind an Ed25519 seed: the scalar of RFC 8032, mod L, little-endian.
#[must_use]
pub fn key_of_seed(seed: &[u8; 32]) -> Secret<[u8; SCALAR_LEN]> {
    let mut hash: [u8; 64] = Sha512::digest(seed).into();
    let mut half = Zeroizing::new([0; 32]);
    half.iter_mut().zip(&hash).for_each(|(to, from)| *to = *from);
    hash.zeroize();
    let clamped = Zeroizing::new(clamp_integer(*half));
    Secret::fill(|key| *key = Scalar::from_bytes_mod_order(*clamped).to_bytes())
}

/// The public key, as in RFC 8032, of a private key, a scalar of 32 bytes little-endian. `None` unless that is less than
/// the order and not zero.
#[must_use]
pub fn public_key(key: &[u8; SCALAR_LEN]) -> Option<[u8; 32]> {
    let key = Option::<Scalar>::from(Scalar::from_canonical_bytes(*key)).map(Zeroizing::new)?;
    (*key != Scalar::ZERO).then(|| EdwardsPoint::mul_base(&key).compress().to_bytes())
}
