//! Import for a caller who has a mailbox: messages in any order, one at a time.

use std::collections::BTreeSet;

use quorate_core::check::require;
use quorate_core::payload::{Inbox, Layout};
use quorate_core::session::{self, ChannelKey, Delivery, Kind, Outgoing, Step};
use quorate_core::{Abort, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::INITIATOR;
use super::message::{KEY, Key, PART, Part};
use super::round1::split;
use super::round2::AwaitingKeys;
use super::round3::AwaitingPart;
use crate::check::Check;
use crate::curve::SCALAR_LEN;
use crate::dkg::{self, Mail};
use crate::refresh::Given;
use crate::share::NewShare;

/// One party's run of `ED-IMPORT`, and of the `ED-REFRESH` that follows. Its result is the share.
///
/// The initiator has known the whole key, and so has whoever gave it. Every device compares the public key of its
/// share with what its user expects before it is kept.
pub struct Session {
    expects: BTreeSet<(PartyIndex, Kind)>,
    state: State,
}

enum State {
    Keys(AwaitingKeys, Inbox<Key>, Sharing),
    Part(AwaitingPart, Inbox<Part>, Sharing),
    Sharing(dkg::Session),
    Over,
}

/// The run that follows, until it can start.
struct Sharing {
    params: dkg::Params,
    /// Who is quicker than the initiator has begun already.
    mail: Mail,
}

impl Session {
    /// Starts as the initiator, which brings the private key, 32 bytes little-endian. It has nothing to send yet.
    ///
    /// The chain code is the caller's: random for a key that has none. Draws the t − 1 upper coefficients of the
    /// polynomial, and what [`refresh`](crate::refresh::start) draws later.
    ///
    /// # Errors
    ///
    /// [`Check::ImportInitiator`] unless this is party 0, [`Check::ImportKey`] unless the key is a scalar other than
    /// zero.
    pub fn start_initiator(
        params: dkg::Params,
        key: &[u8; SCALAR_LEN],
        chain_code: [u8; 32],
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, Vec<Outgoing>), Check> {
        let round = split(&params.committee, key, chain_code, rng)?;
        let keys = Inbox::new(KEY, params.committee.others().clone());
        let mail = Mail::new(&params.committee);
        let expects = keys.expects().chain(mail.expects()).collect();
        let state = State::Keys(round, keys, Sharing { params, mail });
        Ok((Self { expects, state }, Vec::new()))
    }

    /// Starts as any other party, with a message that tells the initiator where to enclose this party's part.
    ///
    /// Draws nothing yet. `enclosure` is the key (X25519) of the layer that opens what is enclosed.
    ///
    /// # Errors
    ///
    /// [`Check::ImportInitiator`] if this is party 0.
    pub fn start(
        params: dkg::Params,
        enclosure: ChannelKey,
    ) -> Result<(Self, Vec<Outgoing>), Check> {
        let committee = params.committee.clone();
        // 1.1
        require(committee.me() != INITIATOR, Check::ImportInitiator)?;
        let parts = Inbox::new(PART, [INITIATOR].into());
        let mail = Mail::new(&committee);
        let expects = parts.expects().chain(mail.expects()).collect();
        let round = AwaitingPart { committee };
        let state = State::Part(round, parts, Sharing { params, mail });
        let message = Key { enclosure }.outgoing(KEY, Delivery::Signed(INITIATOR));
        Ok((Self { expects, state }, vec![message]))
    }

    fn stay(&mut self, state: State) -> Step<NewShare> {
        self.state = state;
        Step::Wait
    }
}

impl Sharing {
    fn start(self, given: Given, rng: &mut dyn CryptoRng) -> (State, Vec<Outgoing>) {
        let Self { params, mail } = self;
        let (sharing, messages) = dkg::Session::start_given(params, Some(given), mail, rng);
        (State::Sharing(sharing), messages)
    }
}

impl session::Session for Session {
    type Output = NewShare;
    type Check = Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.expects.clone()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        match &mut self.state {
            State::Keys(_, keys, sharing) => {
                keys.deliver(from, tag, payload);
                sharing.mail.deliver(from, tag, payload);
            }
            State::Part(_, parts, sharing) => {
                parts.deliver(from, tag, payload);
                sharing.mail.deliver(from, tag, payload);
            }
            State::Sharing(sharing) => sharing.deliver(from, tag, payload),
            State::Over => {}
        }
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<NewShare>, Abort<Check>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Keys(round, mut keys, sharing) => {
                let Some(keys) = keys.take() else {
                    return Ok(self.stay(State::Keys(round, keys, sharing)));
                };
                let (given, parts) = round.receive(keys);
                let enclose = |(j, (key, part)): (PartyIndex, &(ChannelKey, Part))| {
                    part.outgoing(PART, Delivery::Enclosed(j, *key))
                };
                let mut messages: Vec<_> = parts.iter().map(enclose).collect();
                let (state, first) = sharing.start(given, rng);
                messages.extend(first);
                self.state = state;
                Ok(Step::Send(messages))
            }
            State::Part(round, mut parts, sharing) => {
                let Some((_, part)) = parts.take().and_then(|all| all.into_iter().next()) else {
                    return Ok(self.stay(State::Part(round, parts, sharing)));
                };
                let given = round.receive(&part)?;
                let (state, messages) = sharing.start(given, rng);
                self.state = state;
                Ok(Step::Send(messages))
            }
            State::Sharing(mut sharing) => {
                let step = sharing.advance(rng, workers)?;
                if !matches!(step, Step::Done(_)) {
                    self.state = State::Sharing(sharing);
                }
                Ok(step)
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match &self.state {
            State::Keys(_, keys, _) => keys.lacking(),
            State::Part(_, parts, _) => parts.lacking(),
            State::Sharing(sharing) => sharing.awaiting(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match &self.state {
            State::Keys(..) | State::Part(..) => 2,
            State::Sharing(sharing) => sharing.round().0.saturating_add(1),
            State::Over => 5,
        };
        (round, 5)
    }
}
