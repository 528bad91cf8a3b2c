//! Presigning for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::payload::{Inbox, Layout, to_each};
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
    state: State,
    round1: Inbox<Round1>,
    round2: Inbox<Round2>,
    round3: Inbox<Round3>,
}

enum State {
    Commitments(AwaitingCommitments),
    /// Round 2 is done; its messages go out next.
    Offering(AwaitingOffers, Vec<Outgoing>),
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
        let (state, message) = round1::start(params, channel, rng)?;
        let others = &state.run.others;
        let session = Self {
            round1: Inbox::new(ROUND_1, others.clone()),
            round2: Inbox::new(ROUND_2, others.clone()),
            round3: Inbox::new(ROUND_3, others.clone()),
            state: State::Commitments(state),
        };
        Ok((session, vec![message.to_all(ROUND_1)]))
    }

    fn stay(&mut self, state: State) -> Step<Presignature> {
        self.state = state;
        Step::Wait
    }
}

impl session::Session for Session {
    type Output = Presignature;
    type Check = Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.round1.expects().chain(self.round2.expects()).chain(self.round3.expects()).collect()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.round1.deliver(from, tag, payload);
        self.round2.deliver(from, tag, payload);
        self.round3.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<Presignature>, Abort<Check>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Commitments(round) => {
                let Some(round1) = self.round1.take() else {
                    return Ok(self.stay(State::Commitments(round)));
                };
                let channels = round1.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, messages) = round.receive(round1, rng, workers)?;
                self.state = State::Offering(next, to_each(&messages, ROUND_2));
                Ok(Step::Channels(channels))
            }
            State::Offering(next, messages) => {
                self.state = State::Offers(next);
                Ok(Step::Send(messages))
            }
            State::Offers(round) => {
                let Some(round2) = self.round2.take() else {
                    return Ok(self.stay(State::Offers(round)));
                };
                let (next, messages) = round.receive(round2, rng, workers)?;
                self.state = State::Products(next);
                Ok(Step::Send(to_each(&messages, ROUND_3)))
            }
            State::Products(round) => {
                let Some(round3) = self.round3.take() else {
                    return Ok(self.stay(State::Products(round)));
                };
                round.receive(round3, workers).map(Step::Done)
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Commitments(_) => self.round1.lacking(),
            State::Offering(..) | State::Offers(_) => self.round2.lacking(),
            State::Products(_) => self.round3.lacking(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match self.state {
            State::Commitments(_) => 2,
            State::Offering(..) | State::Offers(_) => 3,
            State::Products(_) | State::Over => 4,
        };
        (round, 4)
    }
}
