//! The same key, shared anew: key generation in which the constant terms are given. `spec/eddsa/refresh.md`.
//!
//! A refresh takes its parts from the old shares, a migration from another system, an [`import`](crate::import) from
//! the initiator.

use core::fmt;

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use quorate_core::session::Outgoing;
use rand_core::CryptoRng;

use crate::check::Check;
use crate::curve::{self, POINT_LEN};
use crate::dkg;
use crate::share::KeyShare;

/// One party's part of a key that exists, and what all parties know of that key.
pub struct Given {
    /// s_i: the parts of all parties add up to the private key.
    pub(crate) part: Secret<Scalar>,
    /// PK*
    pub(crate) public_key: EdwardsPoint,
    pub(crate) chain_code: [u8; 32],
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").finish_non_exhaustive()
    }
}

impl Given {
    /// Refresh: the part that a share stands for when all of its parties take part.
    ///
    /// # Errors
    ///
    /// [`Check::RefreshParties`] unless `parties` is how many hold a share.
    pub fn of_share(share: &KeyShare, parties: u8) -> Result<Self, Check> {
        // 1.1
        require(parties == share.parties, Check::RefreshParties)?;
        Ok(Self {
            part: share.part(0..share.parties),
            public_key: share.public_key,
            chain_code: share.chain_code,
        })
    }

    /// Migration: a part from outside, 32 bytes little-endian, and the 32 bytes of the public key.
    ///
    /// # Errors
    ///
    /// [`Check::RefreshPart`] unless the part is a scalar other than zero and the key a point of prime order.
    pub fn from_outside(
        part: &[u8; 32],
        public_key: &[u8; POINT_LEN],
        chain_code: [u8; 32],
    ) -> Result<Self, Check> {
        // 1.2
        let decoded = Self::decode(part, public_key, chain_code);
        require_some(decoded, Check::RefreshPart, || Self::decode_lax(part, public_key, chain_code))
    }

    /// `None` unless the part is a scalar other than zero and the key decodes.
    pub(crate) fn decode(
        part: &[u8; 32],
        public_key: &[u8; POINT_LEN],
        chain_code: [u8; 32],
    ) -> Option<Self> {
        let mut part = curve::nonzero_scalar(part)?;
        let part = Secret::take(&mut part);
        Some(Self { part, public_key: curve::decode_point(public_key)?, chain_code })
    }

    /// What remains of [`Self::decode`] without its check.
    pub(crate) fn decode_lax(
        part: &[u8; 32],
        public_key: &[u8; POINT_LEN],
        chain_code: [u8; 32],
    ) -> Self {
        let mut part = curve::reduce(part);
        let part = Secret::take(&mut part);
        Self { part, public_key: curve::decode_lax(public_key), chain_code }
    }
}

/// Starts, with the round 1 message for everybody. Threshold and party ids are those of `params`.
#[must_use]
pub fn start(
    params: dkg::Params,
    given: Given,
    rng: &mut dyn CryptoRng,
) -> (dkg::Session, Vec<Outgoing>) {
    dkg::Session::start_given(params, Some(given), rng)
}
