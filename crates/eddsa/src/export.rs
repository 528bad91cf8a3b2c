//! Export: enough shares become a whole key again. `spec/eddsa/import_export.md`.
//!
//! Whoever holds the result holds the key. No message asks for a share here: who exports has decided so, and to which
//! key, before the session exists.

use std::collections::BTreeSet;
use std::sync::Arc;

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{self, Cast, ChannelKey, Delivery, Kind, Outgoing, Step};
use quorate_core::{Abort, FromEach, PartyIndex, Secret, Workers};
use rand_core::CryptoRng;

use crate::check::Check;
use crate::curve::{self, SCALAR_LEN};
use crate::polynomial::lagrange;
use crate::share::KeyShare;

/// The party that gets the key.
pub const RECEIVER: PartyIndex = PartyIndex::new(0);

const SHARE: Kind = Kind { tag: 1, cast: Cast::Enclosed, len: SCALAR_LEN + 1 };

/// What the setup of an export says, and this party's share.
pub struct Params {
    /// My share of the key.
    pub share: Arc<KeyShare>,
    /// My place among the parties.
    pub me: PartyIndex,
    /// How many parties there are, the receiver included.
    pub parties: u8,
}

/// One exporter's run of `ED-EXPORT`: one message, and no result.
pub struct Exporter(State);

/// The receiver's run of `ED-EXPORT`. Its result is the private key, 32 bytes little-endian.
pub struct Receiver {
    state: State<AwaitingShares>,
    mail: Mailboxes,
}

enum State<R = ()> {
    Running(R),
    Over,
}

/// SHARE.
struct Share {
    secret: Secret<[u8; SCALAR_LEN]>,
    party_id: u8,
}

/// A party that holds a share and waits for those of the others.
struct AwaitingShares {
    own: Arc<KeyShare>,
}

impl Params {
    /// 1.1
    fn check(&self, receives: bool) -> Result<(), Check> {
        let Self { share, me, parties } = self;
        let enough = share.threshold() <= *parties && *parties <= share.parties();
        let in_place = me.get() < *parties && receives == (*me == RECEIVER);
        require(enough && in_place, Check::ExportParties)
    }
}

impl Exporter {
    /// Starts, with this party's share for the receiver, enclosed to `receiver`, which is the receiver's key.
    ///
    /// Whoever holds the other half of that key gets the share. A setup that names it is signed by whoever made it:
    /// the caller shows the key to a person who compares it with what the receiver shows.
    ///
    /// # Errors
    ///
    /// [`Check::ExportParties`] for too few parties or too many, and for the receiver itself.
    pub fn start(params: &Params, receiver: ChannelKey) -> Result<(Self, Vec<Outgoing>), Check> {
        params.check(false)?;
        // 1.2
        let secret = Secret::fill(|secret| *secret = params.share.secret.expose().to_bytes());
        let message = Share { secret, party_id: params.share.party_id() };
        let message = message.outgoing(SHARE, Delivery::Enclosed(RECEIVER, receiver));
        Ok((Self(State::Running(())), vec![message]))
    }
}

impl Receiver {
    /// Starts; there is nothing to send. The setup has told the others the key that the shares are enclosed to.
    ///
    /// # Errors
    ///
    /// [`Check::ExportParties`] for too few parties or too many, and for any party but the first.
    pub fn start(params: Params) -> Result<Self, Check> {
        params.check(true)?;
        let others = PartyIndex::first(params.parties).filter(|&j| j != RECEIVER).collect();
        let mail = Mailboxes::default().then::<Share>(SHARE, &others);
        Ok(Self { state: State::Running(AwaitingShares { own: params.share }), mail })
    }
}

impl AwaitingShares {
    /// Round 2 of the receiver.
    fn receive(self, shares: FromEach<Share>) -> Result<Secret<[u8; SCALAR_LEN]>, Abort<Check>> {
        let Self { own } = self;

        let shares = shares.check_each(|_, Share { secret, party_id }| {
            // 2.1
            require(party_id < own.parties, Check::ExportPartyId)?;
            // 2.2
            let decoded = curve::nonzero_scalar(secret.expose());
            let mut secret =
                require_some(decoded, Check::ExportShareScalar, || curve::reduce(secret.expose()))?;
            Ok((Secret::take(&mut secret), party_id))
        })?;

        // 2.3
        let ids = shares.as_ref().map(|_, (_, id)| *id).with_own(RECEIVER, own.party_id);
        let mut alike = ids.repeated();
        alike.remove(&RECEIVER);
        require(alike.is_empty(), Check::ExportPartyIdsDistinct)
            .map_err(|check| Abort::suspect(check, &alike))?;

        // 2.4
        let term = |secret: &Scalar, id| lagrange(id, ids.values().copied()) * secret;
        let mut key = term(own.secret.expose(), own.party_id);
        shares.values().for_each(|(secret, id)| key += term(secret.expose(), *id));
        let key = Secret::take(&mut key);

        // 2.5
        let same = EdwardsPoint::mul_base(key.expose()) == own.public_key;
        let senders = shares.parties().collect();
        require(same, Check::ExportKey).map_err(|check| Abort::suspect(check, &senders))?;
        Ok(Secret::fill(|bytes| *bytes = key.expose().to_bytes()))
    }
}

impl session::Session for Exporter {
    type Output = ();
    type Check = Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        BTreeSet::new()
    }

    fn deliver(&mut self, _: PartyIndex, _: u64, _: &[u8]) {}

    fn advance(
        &mut self,
        _: &mut dyn CryptoRng,
        _: &dyn Workers,
    ) -> Result<Step<()>, Abort<Check>> {
        match core::mem::replace(&mut self.0, State::Over) {
            State::Running(()) => Ok(Step::Done(())),
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        BTreeSet::new()
    }

    fn round(&self) -> (u8, u8) {
        (1, 1)
    }
}

impl session::Session for Receiver {
    type Output = Secret<[u8; SCALAR_LEN]>;
    type Check = Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.mail.expects()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.mail.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        _: &mut dyn CryptoRng,
        _: &dyn Workers,
    ) -> Result<Step<Self::Output>, Abort<Check>> {
        if !self.mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::Running(round) => round.receive(self.mail.take(SHARE)).map(Step::Done),
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Running(_) => self.mail.awaiting(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        (2, 2)
    }
}

impl Layout for Share {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let secret = reader.secret()?;
        let [party_id] = reader.array()?;
        Some(Self { secret, party_id })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.secret.expose());
        bytes.push(self.party_id);
    }
}
