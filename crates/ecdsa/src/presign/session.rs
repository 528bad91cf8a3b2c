//! Presigning for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::{Layout, to_each};
use quorate_core::session::{self, ChannelKey, Kind, Outgoing, Step};
use quorate_core::{Abort, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::message::{ROUND_1, ROUND_2, ROUND_3, Round1, Round2, Round3};
use super::presignature::Presignature;
use super::round2::AwaitingCommitments;
use super::round3::AwaitingOffers;
use super::round4::AwaitingProducts;
use super::{Params, round1};
use crate::check::Check;

/// One party's run of `SIGN` up to the presignature, which is its result.
pub struct Session {
    rounds: Rounds,
    mail: Mailboxes,
}

/// The rounds of a run. Whoever runs them keeps its mail.
pub(crate) struct Rounds {
    state: State,
    /// Made in round 2, and sent once the others' keys are known.
    held: Option<Vec<Outgoing>>,
}

enum State {
    Commitments(AwaitingCommitments),
    Offers(AwaitingOffers),
    Products(AwaitingProducts),
    Over,
}

impl Session {
    /// Starts, with the round 1 message for everybody.
    ///
    /// Draws what round 1 says; `channel` is this session's key for key agreement, which that message carries.
    ///
    /// # Errors
    ///
    /// [`Check::SignCommittee`] for fewer signers than the threshold or more than there are shares, and what
    /// derivation refuses.
    pub fn start(
        params: Params,
        channel: ChannelKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, Vec<Outgoing>), Check> {
        let (rounds, mail, messages) = Rounds::start(params, channel, rng)?;
        Ok((Self { rounds, mail }, messages))
    }
}

impl Rounds {
    /// Starts, with the mail of the run and the round 1 message for everybody.
    pub(crate) fn start(
        params: Params,
        channel: ChannelKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, Mailboxes, Vec<Outgoing>), Check> {
        let (state, message) = round1::start(params, channel, rng)?;
        let others = &state.run.others;
        let mail = Mailboxes::default()
            .then::<Round1>(ROUND_1, others)
            .then::<Round2>(ROUND_2, others)
            .then::<Round3>(ROUND_3, others);
        let rounds = Self { state: State::Commitments(state), held: None };
        Ok((rounds, mail, vec![message.to_all(ROUND_1)]))
    }

    /// Runs the round that has become complete, if one has.
    pub(crate) fn advance(
        &mut self,
        mail: &mut Mailboxes,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<Presignature>, Abort<Check>> {
        if let Some(messages) = self.held.take() {
            return Ok(Step::Send(messages));
        }
        if !mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::Commitments(round) => {
                let round1 = mail.take::<Round1>(ROUND_1);
                let channels = round1.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, messages) = round.receive(round1, rng, workers)?;
                self.held = Some(to_each(&messages, ROUND_2));
                self.state = State::Offers(next);
                Ok(Step::Channels(channels))
            }
            State::Offers(round) => {
                let (next, messages) = round.receive(mail.take(ROUND_2), rng, workers)?;
                self.state = State::Products(next);
                Ok(Step::Send(to_each(&messages, ROUND_3)))
            }
            State::Products(round) => round.receive(mail.take(ROUND_3), workers).map(Step::Done),
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
            State::Offers(_) => 3,
            State::Products(_) | State::Over => 4,
        }
    }
}

impl session::Session for Session {
    type Output = Presignature;
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
    ) -> Result<Step<Presignature>, Abort<Check>> {
        self.rounds.advance(&mut self.mail, rng, workers)
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        if self.rounds.is_over() { BTreeSet::new() } else { self.mail.awaiting() }
    }

    fn round(&self) -> (u8, u8) {
        (self.rounds.round(), 4)
    }
}
