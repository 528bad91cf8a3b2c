//! Export: enough shares become a whole key again. `spec/eddsa/import_export.md`.
//!
//! Whoever holds the result holds the key. Nothing here answers a message: a person decides on every device that its
//! share goes out.

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, PartyIndex, Secret};
use zeroize::Zeroizing;

use crate::check::Check;
use crate::curve::{self, SCALAR_LEN};
use crate::polynomial::lagrange;
use crate::share::KeyShare;
use quorate_core::payload::Reader;

/// Length of a share on its way out.
pub const EXPORTED_LEN: usize = 33;

/// What this party gives away: its secret, and its party id.
#[must_use]
pub fn share_of(share: &KeyShare) -> Zeroizing<[u8; EXPORTED_LEN]> {
    let mut bytes = Zeroizing::new([0; EXPORTED_LEN]);
    let fields = share.secret.expose().as_bytes().iter().chain([&share.party_id]);
    bytes.iter_mut().zip(fields).for_each(|(to, from)| *to = *from);
    bytes
}

/// A party that holds a share and waits for those of the others.
pub struct AwaitingShares<'a> {
    own: &'a KeyShare,
    me: PartyIndex,
}

impl<'a> AwaitingShares<'a> {
    /// The receiver among `parties`, itself included.
    ///
    /// # Errors
    ///
    /// [`Check::ExportEnough`] if so many cannot make the key, or there are not so many.
    pub fn new(own: &'a KeyShare, me: PartyIndex, parties: u8) -> Result<Self, Check> {
        // 3.1
        let enough = own.threshold <= parties && parties <= own.parties && me.get() < parties;
        require(enough, Check::ExportEnough)?;
        Ok(Self { own, me })
    }

    /// The private key, 32 bytes little-endian, of this party's share and what every other one has sent.
    ///
    /// # Errors
    ///
    /// [`Abort::Blame`] for what is no share of this key's sharing, [`Abort::Suspect`] if two are the same or all
    /// together do not make the key.
    pub fn receive(
        self,
        received: FromEach<Zeroizing<[u8; EXPORTED_LEN]>>,
    ) -> Result<Secret<[u8; SCALAR_LEN]>, Abort<Check>> {
        let Self { own, me } = self;

        let shares = received.check_each(|_, bytes| {
            let mut reader = Reader::new(&*bytes);
            let mut read = || Some((reader.secret()?, reader.array()?));
            let (secret, [id]) = read().ok_or(Check::ExportShareScalar)?;
            // 3.2
            require(id < own.parties, Check::ExportPartyId)?;
            // 3.3
            let decoded = curve::nonzero_scalar(&secret);
            let mut secret =
                require_some(decoded, Check::ExportShareScalar, || curve::reduce(&secret))?;
            Ok((Secret::take(&mut secret), id))
        })?;

        // 3.4
        let ids = shares.as_ref().map(|_, (_, id)| *id).with_own(me, own.party_id);
        let mut alike = ids.repeated();
        alike.remove(&me);
        require(alike.is_empty(), Check::ExportPartyIdsDistinct)
            .map_err(|check| Abort::suspect(check, &alike))?;

        // 3.5
        let term = |secret: &Scalar, id| lagrange(id, ids.values().copied()) * secret;
        let mut key = term(own.secret.expose(), own.party_id);
        shares.values().for_each(|(secret, id)| key += term(secret.expose(), *id));
        let key = Secret::take(&mut key);

        // 3.6
        let same = EdwardsPoint::mul_base(key.expose()) == own.public_key;
        let senders = shares.parties().collect();
        require(same, Check::ExportKey).map_err(|check| Abort::suspect(check, &senders))?;
        Ok(Secret::fill(|bytes| *bytes = key.expose().to_bytes()))
    }
}
