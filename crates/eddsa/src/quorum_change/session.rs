//! Quorum change for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::payload::{Inbox, Layout, take_both};
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
    round0: Inbox<Round0>,
    party_ids: Inbox<OldId>,
    round1: Inbox<Round1>,
    commitments: Inbox<ShareCommitment>,
    shares: Inbox<Share>,
    round2: Inbox<Round2>,
}

enum State {
    Keys(AwaitingKeys),
    /// Round 2 is done; what it sends goes out next.
    Naming(AwaitingPartyIds, Vec<Outgoing>),
    PartyIds(AwaitingPartyIds),
    Contributions(AwaitingContributions),
    Commitments(AwaitingCommitments),
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
        let session = Self {
            new,
            new_id: run.new_id,
            round2_kind,
            round0: Inbox::new(ROUND_0, others.clone()),
            party_ids: Inbox::new(PARTY_ID, old.clone()),
            round1: Inbox::new(ROUND_1, others),
            commitments: Inbox::new(SHARE_COMMITMENT, dealers.clone()),
            shares: Inbox::new(SHARE, dealers),
            round2: Inbox::new(round2_kind, old),
            state: State::Keys(state),
        };
        Ok((session, vec![message.to_all(ROUND_0)]))
    }

    fn stay(&mut self, state: State) -> Step<Option<NewShare>> {
        self.state = state;
        Step::Wait
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
        self.round0
            .expects()
            .chain(self.party_ids.expects())
            .chain(self.round1.expects())
            .chain(self.commitments.expects())
            .chain(self.shares.expects())
            .chain(self.round2.expects())
            .collect()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.round0.deliver(from, tag, payload);
        self.party_ids.deliver(from, tag, payload);
        self.round1.deliver(from, tag, payload);
        self.commitments.deliver(from, tag, payload);
        self.shares.deliver(from, tag, payload);
        self.round2.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        _: &dyn Workers,
    ) -> Result<Step<Option<NewShare>>, Abort<Check>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Keys(round) => {
                let Some(round0) = self.round0.take() else {
                    return Ok(self.stay(State::Keys(round)));
                };
                let channels = round0.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, message) = round.receive(round0)?;
                let messages = message.iter().map(|message| message.to_all(PARTY_ID)).collect();
                self.state = State::Naming(next, messages);
                Ok(Step::Channels(channels))
            }
            State::Naming(next, messages) => {
                self.state = State::PartyIds(next);
                Ok(Step::Send(messages))
            }
            State::PartyIds(round) => {
                let Some(party_ids) = self.party_ids.take() else {
                    return Ok(self.stay(State::PartyIds(round)));
                };
                let (next, message) = round.receive(party_ids, rng)?;
                self.state = State::Contributions(next);
                Ok(Step::Send(vec![message.to_all(ROUND_1)]))
            }
            State::Contributions(round) => {
                let Some(round1) = self.round1.take() else {
                    return Ok(self.stay(State::Contributions(round)));
                };
                let (next, commitments) = round.receive(round1, rng)?;
                let messages = commitments.iter();
                let mut messages: Vec<_> =
                    messages.flat_map(|each| self.to_each(each, SHARE_COMMITMENT)).collect();
                if self.new_id.is_some() {
                    self.state = State::Commitments(next);
                } else {
                    let (next, dealings) = next.leave();
                    messages.extend(self.deal(dealings));
                    self.state = State::Polynomials(next);
                }
                Ok(Step::Send(messages))
            }
            State::Commitments(round) => {
                let Some((new_id, commitments)) = self.new_id.zip(self.commitments.take()) else {
                    return Ok(self.stay(State::Commitments(round)));
                };
                let (next, dealings) = round.receive(new_id, commitments)?;
                self.state = State::Shares(next);
                Ok(Step::Send(self.deal(dealings)))
            }
            State::Polynomials(round) => {
                let Some(round2) = self.round2.take() else {
                    return Ok(self.stay(State::Polynomials(round)));
                };
                round.receive(round2).map(|()| Step::Done(None))
            }
            State::Shares(round) => {
                let Some((round2, shares)) = take_both(&mut self.round2, &mut self.shares) else {
                    return Ok(self.stay(State::Shares(round)));
                };
                round.receive(round2, shares).map(|share| Step::Done(Some(share)))
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Keys(_) => self.round0.lacking(),
            State::Naming(..) | State::PartyIds(_) => self.party_ids.lacking(),
            State::Contributions(_) => self.round1.lacking(),
            State::Commitments(_) => self.commitments.lacking(),
            State::Polynomials(_) => self.round2.lacking(),
            State::Shares(_) => &self.round2.lacking() | &self.shares.lacking(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match self.state {
            State::Keys(_) => 2,
            State::Naming(..) | State::PartyIds(_) => 3,
            State::Contributions(_) => 4,
            State::Commitments(_) => 5,
            State::Polynomials(_) | State::Shares(_) | State::Over => 6,
        };
        (round, 6)
    }
}
