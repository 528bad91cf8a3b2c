//! Import for a caller who has a mailbox: messages in any order, one at a time.

use std::collections::BTreeSet;

use quorate_core::check::require;
use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::Layout;
use quorate_core::session::{self, ChannelKey, Delivery, Kind, Outgoing, Step};
use quorate_core::{Abort, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::INITIATOR;
use super::message::{KEY, Key, Record, record};
use super::round1::split;
use super::round2::AwaitingKeys;
use super::round3::AwaitingRecord;
use crate::check::Check;
use crate::curve::SCALAR_LEN;
use crate::dkg;
use crate::refresh::Given;
use crate::share::KeyShare;

/// One party's run of `IMPORT`, and of the `REFRESH` that follows. Its result is the share.
///
/// The initiator has known the whole key, and so has whoever gave it. Every device compares the public key of its
/// share with what its user expects before it is kept.
pub struct Session {
    state: State,
    mail: Mailboxes,
}

enum State {
    Keys(AwaitingKeys, Sharing),
    Record(AwaitingRecord, Sharing),
    Sharing(dkg::Rounds),
    Over,
}

/// The run that follows, until it can start.
struct Sharing {
    params: dkg::Params,
    channel: ChannelKey,
}

impl Session {
    /// Starts as the initiator, which brings the private key, 32 bytes big-endian. It has nothing to send yet.
    ///
    /// The chain code is the caller's: random for a key that has none. Draws the t − 1 upper coefficients of the
    /// polynomial, and what [`refresh`](crate::refresh::start) draws later; `channel` is the key for key agreement of
    /// that run. The layer that encloses the shares has another for that.
    ///
    /// # Errors
    ///
    /// [`Check::ImportInitiator`] unless this is party 0, [`Check::ImportKey`] unless the key is a scalar other than
    /// zero.
    pub fn start_initiator(
        params: dkg::Params,
        key: &[u8; SCALAR_LEN],
        chain_code: [u8; 32],
        channel: ChannelKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, Vec<Outgoing>), Check> {
        let round = split(&params.committee, key, chain_code, rng)?;
        let keys = Mailboxes::default().then::<Key>(KEY, params.committee.others());
        let mail = dkg::Rounds::mail_after(keys, &params.committee);
        Ok((Self { state: State::Keys(round, Sharing { params, channel }), mail }, Vec::new()))
    }

    /// Starts as any other party, with a message that tells the initiator where to enclose this party's share.
    ///
    /// Draws nothing yet. `enclosure` is the key of the layer that opens what is enclosed; `channel` is the key for key
    /// agreement of the run that follows. They are two.
    ///
    /// # Errors
    ///
    /// [`Check::ImportInitiator`] if this is party 0.
    pub fn start(
        params: dkg::Params,
        enclosure: ChannelKey,
        channel: ChannelKey,
    ) -> Result<(Self, Vec<Outgoing>), Check> {
        let committee = params.committee.clone();
        // 1.1
        require(committee.me() != INITIATOR, Check::ImportInitiator)?;
        let records =
            Mailboxes::default().then::<Record>(record(committee.size()), &[INITIATOR].into());
        // Who is quicker than the initiator begins the run that follows already.
        let mail = dkg::Rounds::mail_after(records, &committee);
        let state = State::Record(AwaitingRecord { committee }, Sharing { params, channel });
        let message = Key { enclosure }.outgoing(KEY, Delivery::Signed(INITIATOR));
        Ok((Self { state, mail }, vec![message]))
    }
}

impl Sharing {
    fn start(self, given: Given, rng: &mut dyn CryptoRng) -> (State, Vec<Outgoing>) {
        let Self { params, channel } = self;
        let (sharing, messages) = dkg::Rounds::start(params, Some(given), channel, rng);
        (State::Sharing(sharing), messages)
    }
}

impl session::Session for Session {
    type Output = KeyShare;
    type Check = Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.mail.expects()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.mail.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<KeyShare>, Abort<Check>> {
        if let State::Sharing(sharing) = &mut self.state {
            return sharing.advance(&mut self.mail, rng, workers);
        }
        if !self.mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::Keys(round, sharing) => {
                let kind = record(sharing.params.committee.size());
                let (given, records) = round.receive(self.mail.take(KEY));
                let enclose = |(j, (key, record)): (PartyIndex, &(ChannelKey, Record))| {
                    record.outgoing(kind, Delivery::Enclosed(j, *key))
                };
                let mut messages: Vec<_> = records.iter().map(enclose).collect();
                let (state, first) = sharing.start(given, rng);
                messages.extend(first);
                self.state = state;
                Ok(Step::Send(messages))
            }
            State::Record(round, sharing) => {
                let kind = record(sharing.params.committee.size());
                let given = round.receive(&self.mail.take_one(kind))?;
                let (state, messages) = sharing.start(given, rng);
                self.state = state;
                Ok(Step::Send(messages))
            }
            State::Sharing(_) | State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        let over = match &self.state {
            State::Keys(..) | State::Record(..) => false,
            State::Sharing(sharing) => sharing.is_over(),
            State::Over => true,
        };
        if over { BTreeSet::new() } else { self.mail.awaiting() }
    }

    fn round(&self) -> (u8, u8) {
        let round = match &self.state {
            State::Keys(..) | State::Record(..) => 2,
            State::Sharing(sharing) => sharing.round().saturating_add(1),
            State::Over => 6,
        };
        (round, 6)
    }
}
