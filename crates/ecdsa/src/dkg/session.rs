//! Key generation for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::{Layout, to_each};
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
    rounds: Rounds,
    mail: Mailboxes,
}

/// The rounds of a run. Whoever runs them keeps its mail.
pub(crate) struct Rounds {
    kinds: Kinds,
    state: State,
    /// Made in round 2, and sent once the others' keys are known.
    held: Option<Vec<Outgoing>>,
}

enum State {
    Commitments(AwaitingCommitments),
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
        Self::start_given(params, None, channel, rng)
    }

    /// The same, with a part of a key that exists.
    pub(crate) fn start_given(
        params: Params,
        given: Option<Given>,
        channel: ChannelKey,
        rng: &mut dyn CryptoRng,
    ) -> (Self, Vec<Outgoing>) {
        let mail = Rounds::mail_after(Mailboxes::default(), &params.committee);
        let (rounds, messages) = Rounds::start(params, given, channel, rng);
        (Self { rounds, mail }, messages)
    }
}

impl Rounds {
    /// The mail of a run of this committee, after that of what comes before it.
    pub(crate) fn mail_after(before: Mailboxes, committee: &Committee) -> Mailboxes {
        let kinds = Kinds::new(committee.threshold());
        let others = committee.others();
        before
            .then::<Round1>(kinds.round1, others)
            .then::<Round2>(kinds.round2, others)
            .and::<Ot1>(kinds.ot1, others)
            .then::<Round3>(kinds.round3, others)
            .then::<Round4>(kinds.round4, others)
    }

    /// Starts, with the round 1 message for everybody.
    pub(crate) fn start(
        params: Params,
        given: Option<Given>,
        channel: ChannelKey,
        rng: &mut dyn CryptoRng,
    ) -> (Self, Vec<Outgoing>) {
        let Params { committee, key_id } = params;
        let kinds = Kinds::new(committee.threshold());
        let (state, message) = round1::start(Run { committee, key_id, given }, channel, rng);
        let message = message.to_all(kinds.round1);
        (Self { kinds, state: State::Commitments(state), held: None }, vec![message])
    }

    /// Runs the round that has become complete, if one has.
    pub(crate) fn advance(
        &mut self,
        mail: &mut Mailboxes,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<KeyShare>, Abort<Check>> {
        if let Some(messages) = self.held.take() {
            return Ok(Step::Send(messages));
        }
        if !mail.is_complete() {
            return Ok(Step::Wait);
        }
        let kinds = self.kinds;
        match core::mem::replace(&mut self.state, State::Over) {
            State::Commitments(round) => {
                let round1 = mail.take::<Round1>(kinds.round1);
                let channels = round1.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, offers, message) = round.receive(round1, rng, workers)?;
                let mut messages = to_each(&offers, kinds.ot1);
                messages.push(message.to_all(kinds.round2));
                self.held = Some(messages);
                self.state = State::Polynomials(next);
                Ok(Step::Channels(channels))
            }
            State::Polynomials(round) => {
                let (round2, ot1) = (mail.take(kinds.round2), mail.take(kinds.ot1));
                let (next, messages) = round.receive(round2, ot1, rng, workers)?;
                self.state = State::Shares(next);
                Ok(Step::Send(to_each(&messages, kinds.round3)))
            }
            State::Shares(round) => {
                let (next, message) = round.receive(mail.take(kinds.round3), rng, workers)?;
                self.state = State::Confirmations(next);
                Ok(Step::Send(vec![message.to_all(kinds.round4)]))
            }
            State::Confirmations(round) => round.receive(mail.take(kinds.round4)).map(Step::Done),
            State::Over => Ok(Step::Wait),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// The current round, from 1.
    pub(crate) fn round(&self) -> u8 {
        match self.state {
            State::Commitments(_) => 2,
            State::Polynomials(_) => 3,
            State::Shares(_) => 4,
            State::Confirmations(_) | State::Over => 5,
        }
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
        self.rounds.advance(&mut self.mail, rng, workers)
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        if self.rounds.is_over() { BTreeSet::new() } else { self.mail.awaiting() }
    }

    fn round(&self) -> (u8, u8) {
        (self.rounds.round(), 5)
    }
}
