//! Key generation for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::payload::{Inbox, Layout, take_both, to_each};
use quorate_core::session::{self, ChannelKey, Kind, Outgoing, Step};
use quorate_core::{Abort, Committee, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::message::{Kinds, Round1, Round2, Round3, Round4};
use super::round2::AwaitingCommitments;
use super::round3::AwaitingPolynomials;
use super::round4::AwaitingShares;
use super::round5::AwaitingConfirmations;
use super::{Params, Run, round1};
use crate::check::Check;
use crate::pair::Ot1;
use crate::refresh::Given;
use crate::share::KeyShare;

/// One party's run of `DKG`. Its result is the share.
pub struct Session {
    state: State,
    mail: Mail,
}

/// What has arrived, and waits for its round.
pub(crate) struct Mail {
    kinds: Kinds,
    round1: Inbox<Round1>,
    ot1: Inbox<Ot1>,
    round2: Inbox<Round2>,
    round3: Inbox<Round3>,
    round4: Inbox<Round4>,
}

enum State {
    Commitments(AwaitingCommitments),
    /// Round 2 is done; its messages go out next.
    Offering(AwaitingPolynomials, Vec<Outgoing>),
    Polynomials(AwaitingPolynomials),
    Shares(AwaitingShares),
    Confirmations(AwaitingConfirmations),
    Over,
}

impl Session {
    /// Starts, with the round 1 message for everybody.
    ///
    /// Draws what round 1 says; `channel` is this session's key for key agreement, which that message carries.
    #[must_use]
    pub fn start(
        params: Params,
        channel: ChannelKey,
        rng: &mut dyn CryptoRng,
    ) -> (Self, Vec<Outgoing>) {
        let mail = Mail::new(&params.committee);
        Self::start_given(params, None, mail, channel, rng)
    }

    /// The same, with a part of a key that exists, and with what has arrived already.
    pub(crate) fn start_given(
        params: Params,
        given: Option<Given>,
        mail: Mail,
        channel: ChannelKey,
        rng: &mut dyn CryptoRng,
    ) -> (Self, Vec<Outgoing>) {
        let Params { committee, key_id } = params;
        let (state, message) = round1::start(Run { committee, key_id, given }, channel, rng);
        let message = message.to_all(mail.kinds.round1);
        (Self { state: State::Commitments(state), mail }, vec![message])
    }

    fn stay(&mut self, state: State) -> Step<KeyShare> {
        self.state = state;
        Step::Wait
    }
}

impl Mail {
    /// Nothing yet, for a run of this committee.
    pub(crate) fn new(committee: &Committee) -> Self {
        let kinds = Kinds::new(committee.threshold());
        let others = committee.others();
        Self {
            kinds,
            round1: Inbox::new(kinds.round1, others.clone()),
            ot1: Inbox::new(kinds.ot1, others.clone()),
            round2: Inbox::new(kinds.round2, others.clone()),
            round3: Inbox::new(kinds.round3, others.clone()),
            round4: Inbox::new(kinds.round4, others.clone()),
        }
    }

    /// Every message of a run.
    pub(crate) fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.round1
            .expects()
            .chain(self.ot1.expects())
            .chain(self.round2.expects())
            .chain(self.round3.expects())
            .chain(self.round4.expects())
            .collect()
    }

    /// Keeps a message until its round.
    pub(crate) fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.round1.deliver(from, tag, payload);
        self.ot1.deliver(from, tag, payload);
        self.round2.deliver(from, tag, payload);
        self.round3.deliver(from, tag, payload);
        self.round4.deliver(from, tag, payload);
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
        match core::mem::replace(&mut self.state, State::Over) {
            State::Commitments(round) => {
                let Some(round1) = self.mail.round1.take() else {
                    return Ok(self.stay(State::Commitments(round)));
                };
                let channels = round1.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, offers, message) = round.receive(round1, rng, workers)?;
                let mut messages = to_each(&offers, self.mail.kinds.ot1);
                messages.push(message.to_all(self.mail.kinds.round2));
                self.state = State::Offering(next, messages);
                Ok(Step::Channels(channels))
            }
            State::Offering(next, messages) => {
                self.state = State::Polynomials(next);
                Ok(Step::Send(messages))
            }
            State::Polynomials(round) => {
                let Some((round2, ot1)) = take_both(&mut self.mail.round2, &mut self.mail.ot1)
                else {
                    return Ok(self.stay(State::Polynomials(round)));
                };
                let (next, messages) = round.receive(round2, ot1, rng, workers)?;
                self.state = State::Shares(next);
                Ok(Step::Send(to_each(&messages, self.mail.kinds.round3)))
            }
            State::Shares(round) => {
                let Some(round3) = self.mail.round3.take() else {
                    return Ok(self.stay(State::Shares(round)));
                };
                let (next, message) = round.receive(round3, rng, workers)?;
                self.state = State::Confirmations(next);
                Ok(Step::Send(vec![message.to_all(self.mail.kinds.round4)]))
            }
            State::Confirmations(round) => {
                let Some(round4) = self.mail.round4.take() else {
                    return Ok(self.stay(State::Confirmations(round)));
                };
                round.receive(round4).map(Step::Done)
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Commitments(_) => self.mail.round1.lacking(),
            State::Offering(..) | State::Polynomials(_) => {
                &self.mail.round2.lacking() | &self.mail.ot1.lacking()
            }
            State::Shares(_) => self.mail.round3.lacking(),
            State::Confirmations(_) => self.mail.round4.lacking(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match self.state {
            State::Commitments(_) => 2,
            State::Offering(..) | State::Polynomials(_) => 3,
            State::Shares(_) => 4,
            State::Confirmations(_) | State::Over => 5,
        };
        (round, 5)
    }
}
