//! Key generation for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::Layout;
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
    rounds: Rounds,
    mail: Mailboxes,
}

/// The rounds of a run. Whoever runs them keeps its mail.
pub(crate) struct Rounds {
    round2_kind: Kind,
    state: State,
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
        Self::start_given(params, None, rng)
    }

    /// The same, with a part of a key that exists.
    pub(crate) fn start_given(
        params: Params,
        given: Option<Given>,
        rng: &mut dyn CryptoRng,
    ) -> (Self, Vec<Outgoing>) {
        let mail = Rounds::mail_after(Mailboxes::default(), &params.committee);
        let (rounds, messages) = Rounds::start(params, given, rng);
        (Self { rounds, mail }, messages)
    }
}

impl Rounds {
    /// The mail of a run of this committee, after that of what comes before it.
    pub(crate) fn mail_after(before: Mailboxes, committee: &Committee) -> Mailboxes {
        let others = committee.others();
        before
            .then::<Round0>(ROUND_0, others)
            .then::<Round1>(ROUND_1, others)
            .then::<Round2>(round_2(committee.size(), committee.threshold()), others)
    }

    /// Starts, with the round 1 message for everybody.
    pub(crate) fn start(
        params: Params,
        given: Option<Given>,
        rng: &mut dyn CryptoRng,
    ) -> (Self, Vec<Outgoing>) {
        let Params { committee, key_id } = params;
        let round2_kind = round_2(committee.size(), committee.threshold());
        let (state, message) = round1::start(Run { committee, key_id, given }, rng);
        (Self { round2_kind, state: State::Keys(state) }, vec![message.to_all(ROUND_0)])
    }

    /// Runs the round that has become complete, if one has.
    pub(crate) fn advance(
        &mut self,
        mail: &mut Mailboxes,
        rng: &mut dyn CryptoRng,
    ) -> Result<Step<NewShare>, Abort<Check>> {
        if !mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::Keys(round) => {
                let (next, message) = round.receive(mail.take(ROUND_0), rng)?;
                self.state = State::Commitments(next);
                Ok(Step::Send(vec![message.to_all(ROUND_1)]))
            }
            State::Commitments(round) => {
                let (next, message) = round.receive(mail.take(ROUND_1), rng)?;
                self.state = State::Openings(next);
                Ok(Step::Send(vec![message.to_all(self.round2_kind)]))
            }
            State::Openings(round) => round.receive(mail.take(self.round2_kind)).map(Step::Done),
            State::Over => Ok(Step::Wait),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// The current round, from 1.
    pub(crate) fn round(&self) -> u8 {
        match self.state {
            State::Keys(_) => 2,
            State::Commitments(_) => 3,
            State::Openings(_) | State::Over => 4,
        }
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
        self.rounds.advance(&mut self.mail, rng)
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        if self.rounds.is_over() { BTreeSet::new() } else { self.mail.awaiting() }
    }

    fn round(&self) -> (u8, u8) {
        (self.rounds.round(), 4)
    }
}
