//! The same key, shared anew: key generation in which the constant terms are given. `spec/dkls23/refresh.md`.
//!
//! A refresh takes its parts from the old shares, a migration from another system, an [`import`](crate::import) from
//! the initiator.

use core::fmt;

use std::collections::BTreeMap;

use k256::elliptic_curve::ops::MulVartime;
use k256::{ProjectivePoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::session::{ChannelKey, Outgoing};
use quorate_core::{Committee, PartyIndex, Secret};
use rand_core::CryptoRng;

use crate::check::Check;
use crate::curve::{self, POINT_LEN, SCALAR_LEN};
use crate::dkg;
use crate::polynomial::lagrange;
use crate::share::{KeyShare, Member};

/// One party's part of a key that exists, and what all parties know of that key.
pub struct Given {
    /// a_i: the parts of all parties add up to the private key.
    pub(crate) part: Secret<Scalar>,
    /// PK*
    pub(crate) public_key: ProjectivePoint,
    /// rcc
    pub(crate) chain_code: [u8; 32],
    /// a_j·G of every party of which it is known, by index.
    pub(crate) public_parts: BTreeMap<PartyIndex, ProjectivePoint>,
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
    /// [`Check::RefreshParties`] unless the committee is of all who hold a share, each at the place of its party id.
    pub fn of_share(share: &KeyShare, committee: &Committee) -> Result<Self, Check> {
        // 1.1
        let everybody = committee.size() == share.parties();
        let same_place = committee.me().get() == share.party_id();
        require(everybody && same_place, Check::RefreshParties)?;

        let xs = || share.members.iter().map(|member| &member.x);
        let public_part = |member: &Member| {
            member.public_share.mul_vartime(&lagrange(&Scalar::ZERO, &member.x, xs()))
        };
        let lambda = share.lagrange(0..share.parties());
        Ok(Self {
            part: Secret::fill(|part| *part = lambda * share.secret.expose()),
            public_key: share.public_key,
            chain_code: share.root_chain_code,
            public_parts: committee.all().zip(share.members.iter().map(public_part)).collect(),
        })
    }

    /// Migration: a part from outside, as GG20 leaves it: 32 bytes big-endian, weighted already, so that all parts add
    /// up to the private key. The public key is 33 bytes compressed.
    ///
    /// # Errors
    ///
    /// [`Check::RefreshPart`] unless the part is a scalar other than zero and the key a point other than the identity.
    pub fn from_outside(
        part: &[u8; SCALAR_LEN],
        public_key: &[u8; POINT_LEN],
        chain_code: [u8; 32],
    ) -> Result<Self, Check> {
        // 1.2
        let decoded = curve::nonzero_scalar(part).zip(curve::decode_nonidentity(public_key));
        let (mut part, public_key) = require_some(decoded, Check::RefreshPart, || {
            (curve::reduce(part), curve::decode_point(public_key).unwrap_or_default())
        })?;
        Ok(Self {
            part: Secret::take(&mut part),
            public_key,
            chain_code,
            public_parts: BTreeMap::new(),
        })
    }
}

/// Starts, with the round 1 message for everybody. Threshold and party ids are those of `params`.
///
/// Draws what round 1 of key generation says, without a constant term; `channel` is this session's key for key
/// agreement, which that message carries.
#[must_use]
pub fn start(
    params: dkg::Params,
    given: Given,
    channel: ChannelKey,
    rng: &mut dyn CryptoRng,
) -> (dkg::Session, Vec<Outgoing>) {
    dkg::Session::start_given(params, Some(given), channel, rng)
}
