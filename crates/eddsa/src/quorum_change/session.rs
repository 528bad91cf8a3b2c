//! Quorum change for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::Layout;
use quorate_core::session::{self, ChannelKey, Kind, Outgoing, Step};
use quorate_core::{Abort, FromEach, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::message::{
    OldId, PARTY_ID, ROUND_0, ROUND_1, Round0, Round1, Round2, SHARE, SHARE_COMMITMENT, Share,
    ShareCommitment, round_2,
};
use super::round2::AwaitingKeys;
use super::round3::AwaitingPartyIds;
use super::round4::AwaitingContributions;
use super::round5::{AwaitingCommitments, Dealings};
use super::round6::{AwaitingPolynomials, AwaitingShares};
use super::{Params, round1};
use crate::check::Check;
use crate::share::NewShare;

/// One party's run of `ED-QC`. Its result is the new share, or nothing for a party that leaves.
pub struct Session {
    state: State,
    /// The other new parties, by new id: the order in which they are sent to.
    new: Vec<PartyIndex>,
    /// Mine, if I am new.
    new_id: Option<u8>,
    round2_kind: Kind,
    mail: Mailboxes,
    /// Made in round 2, and sent once the others' keys are known.
    held: Option<Vec<Outgoing>>,
}

enum State {
    Keys(AwaitingKeys),
    PartyIds(AwaitingPartyIds),
    Contributions(AwaitingContributions),
    /// With my new id.
    Commitments(AwaitingCommitments, u8),
    Polynomials(AwaitingPolynomials),
    Shares(AwaitingShares),
    Over,
}

impl Session {
    /// Starts, with the round 1 message for everybody.
    ///
    /// Draws nothing; `channel` is this session's key for key agreement, which that message carries.
    ///
    /// # Errors
    ///
    /// [`Check::QcMembers`], [`Check::QcThreshold`], [`Check::QcOwnShare`], [`Check::QcEnoughOld`].
    pub fn start(params: Params, channel: ChannelKey) -> Result<(Self, Vec<Outgoing>), Check> {
        let mut new = params.new.clone();
        new.retain(|&j| j != params.me);
        let round2_kind = round_2(params.threshold);
        let (state, message) = round1::start(params, channel)?;

        let run = &state.run;
        let (others, old) = (run.others.clone(), run.old.clone());
        // Nobody deals to a party that leaves.
        let dealers = run.new_id.map_or_else(BTreeSet::new, |_| old.clone());
        let mail = Mailboxes::default()
            .then::<Round0>(ROUND_0, &others)
            .then::<OldId>(PARTY_ID, &old)
            .then::<Round1>(ROUND_1, &others)
            .then::<ShareCommitment>(SHARE_COMMITMENT, &dealers)
            .then::<Round2>(round2_kind, &old)
            .and::<Share>(SHARE, &dealers);
        let (new_id, state) = (run.new_id, State::Keys(state));
        let session = Self { state, new, new_id, round2_kind, mail, held: None };
        Ok((session, vec![message.to_all(ROUND_0)]))
    }

    /// One message for each new party, by new id.
    fn to_each<M: Layout>(&self, messages: &FromEach<M>, kind: Kind) -> Vec<Outgoing> {
        let ordered = self.new.iter().filter_map(|&j| Some((j, messages.of(j)?)));
        ordered.map(|(j, message)| message.to_one(kind, j)).collect()
    }

    fn deal(&self, dealings: Option<Dealings>) -> Vec<Outgoing> {
        let Some(Dealings { shares, opening }) = dealings else { return Vec::new() };
        let mut messages = self.to_each(&shares, SHARE);
        messages.push(opening.to_all(self.round2_kind));
        messages
    }
}

impl session::Session for Session {
    type Output = Option<NewShare>;
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
    ) -> Result<Step<Option<NewShare>>, Abort<Check>> {
        if let Some(messages) = self.held.take() {
            return Ok(Step::Send(messages));
        }
        if !self.mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::Keys(round) => {
                let round0 = self.mail.take::<Round0>(ROUND_0);
                let channels = round0.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, message) = round.receive(round0)?;
                self.held = Some(message.iter().map(|message| message.to_all(PARTY_ID)).collect());
                self.state = State::PartyIds(next);
                Ok(Step::Channels(channels))
            }
            State::PartyIds(round) => {
                let (next, message) = round.receive(self.mail.take(PARTY_ID), rng)?;
                self.state = State::Contributions(next);
                Ok(Step::Send(vec![message.to_all(ROUND_1)]))
            }
            State::Contributions(round) => {
                let (next, commitments) = round.receive(self.mail.take(ROUND_1), rng)?;
                let messages = commitments.iter();
                let mut messages: Vec<_> =
                    messages.flat_map(|each| self.to_each(each, SHARE_COMMITMENT)).collect();
                self.state = if let Some(new_id) = self.new_id {
                    State::Commitments(next, new_id)
                } else {
                    let (next, dealings) = next.leave();
                    messages.extend(self.deal(dealings));
                    State::Polynomials(next)
                };
                Ok(Step::Send(messages))
            }
            State::Commitments(round, new_id) => {
                let (next, dealings) = round.receive(new_id, self.mail.take(SHARE_COMMITMENT))?;
                self.state = State::Shares(next);
                Ok(Step::Send(self.deal(dealings)))
            }
            State::Polynomials(round) => {
                round.receive(self.mail.take(self.round2_kind)).map(|()| Step::Done(None))
            }
            State::Shares(round) => {
                let (round2, shares) = (self.mail.take(self.round2_kind), self.mail.take(SHARE));
                round.receive(round2, shares).map(|share| Step::Done(Some(share)))
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Over => BTreeSet::new(),
            _ => self.mail.awaiting(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match self.state {
            State::Keys(_) => 2,
            State::PartyIds(_) => 3,
            State::Contributions(_) => 4,
            State::Commitments(..) => 5,
            State::Polynomials(_) | State::Shares(_) | State::Over => 6,
        };
        (round, 6)
    }
}
