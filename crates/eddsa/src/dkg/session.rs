//! Key generation for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::payload::{Inbox, Layout};
use quorate_core::session::{self, Kind, Outgoing, Step};
use quorate_core::{Abort, Committee, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::message::{ROUND_0, ROUND_1, Round0, Round1, Round2, round_2};
use super::round2::AwaitingKeys;
use super::round3::AwaitingCommitments;
use super::round4::AwaitingOpenings;
use super::{Params, Run, round1};
use crate::check::Check;
use crate::refresh::Given;
use crate::share::NewShare;

/// One party's run of `ED-DKG`. Its result is the share.
///
/// All its messages are broadcasts: what is private in them is sealed inside. It never says [`Step::Channels`].
pub struct Session {
    state: State,
    mail: Mail,
}

/// What has arrived, and waits for its round.
pub(crate) struct Mail {
    round2_kind: Kind,
    round0: Inbox<Round0>,
    round1: Inbox<Round1>,
    round2: Inbox<Round2>,
}

enum State {
    Keys(AwaitingKeys),
    Commitments(AwaitingCommitments),
    Openings(AwaitingOpenings),
    Over,
}

impl Session {
    /// Starts, with the round 1 message for everybody. Draws what round 1 says.
    #[must_use]
    pub fn start(params: Params, rng: &mut dyn CryptoRng) -> (Self, Vec<Outgoing>) {
        let mail = Mail::new(&params.committee);
        Self::start_given(params, None, mail, rng)
    }

    /// The same, with a part of a key that exists, and with what has arrived already.
    pub(crate) fn start_given(
        params: Params,
        given: Option<Given>,
        mail: Mail,
        rng: &mut dyn CryptoRng,
    ) -> (Self, Vec<Outgoing>) {
        let Params { committee, key_id } = params;
        let (state, message) = round1::start(Run { committee, key_id, given }, rng);
        (Self { state: State::Keys(state), mail }, vec![message.to_all(ROUND_0)])
    }

    fn stay(&mut self, state: State) -> Step<NewShare> {
        self.state = state;
        Step::Wait
    }
}

impl Mail {
    /// Nothing yet, for a run of this committee.
    pub(crate) fn new(committee: &Committee) -> Self {
        let round2_kind = round_2(committee.size(), committee.threshold());
        let others = committee.others();
        Self {
            round2_kind,
            round0: Inbox::new(ROUND_0, others.clone()),
            round1: Inbox::new(ROUND_1, others.clone()),
            round2: Inbox::new(round2_kind, others.clone()),
        }
    }

    /// Every message of a run.
    pub(crate) fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.round0.expects().chain(self.round1.expects()).chain(self.round2.expects()).collect()
    }

    /// Keeps a message until its round.
    pub(crate) fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.round0.deliver(from, tag, payload);
        self.round1.deliver(from, tag, payload);
        self.round2.deliver(from, tag, payload);
    }
}

impl session::Session for Session {
    type Output = NewShare;
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
        _: &dyn Workers,
    ) -> Result<Step<NewShare>, Abort<Check>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Keys(round) => {
                let Some(round0) = self.mail.round0.take() else {
                    return Ok(self.stay(State::Keys(round)));
                };
                let (next, message) = round.receive(round0, rng)?;
                self.state = State::Commitments(next);
                Ok(Step::Send(vec![message.to_all(ROUND_1)]))
            }
            State::Commitments(round) => {
                let Some(round1) = self.mail.round1.take() else {
                    return Ok(self.stay(State::Commitments(round)));
                };
                let (next, message) = round.receive(round1, rng)?;
                self.state = State::Openings(next);
                Ok(Step::Send(vec![message.to_all(self.mail.round2_kind)]))
            }
            State::Openings(round) => {
                let Some(round2) = self.mail.round2.take() else {
                    return Ok(self.stay(State::Openings(round)));
                };
                round.receive(round2).map(Step::Done)
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Keys(_) => self.mail.round0.lacking(),
            State::Commitments(_) => self.mail.round1.lacking(),
            State::Openings(_) => self.mail.round2.lacking(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match self.state {
            State::Keys(_) => 2,
            State::Commitments(_) => 3,
            State::Openings(_) | State::Over => 4,
        };
        (round, 4)
    }
}
