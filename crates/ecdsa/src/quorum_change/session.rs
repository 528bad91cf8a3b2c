//! Quorum change for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::payload::{Inbox, Layout, take_both};
use quorate_core::session::{self, ChannelKey, Kind, Outgoing, Step};
use quorate_core::{Abort, FromEach, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::message::{
    Answer, OT_1, OT_2, ROUND_0, ROUND_1, Round0, Round1, Round2, SHARE, SHARE_COMMITMENT, Share,
    ShareCommitment, round_2,
};
use super::round2::AwaitingPartyIds;
use super::round3::AwaitingContributions;
use super::round4::{AwaitingCommitments, Dealings};
use super::round5::{AwaitingPolynomials, AwaitingShares};
use super::round6::AwaitingOffers;
use super::round7::AwaitingAnswers;
use super::{Params, round1};
use crate::check::Check;
use crate::pair::Ot1;
use crate::share::KeyShare;

/// One party's run of `QC`. Its result is the new share, or nothing for a party that leaves.
pub struct Session {
    state: State,
    /// The other new parties, by new id: the order in which they are sent to.
    new: Vec<PartyIndex>,
    /// Mine, if I am new.
    new_id: Option<u8>,
    round2_kind: Kind,
    round0: Inbox<Round0>,
    round1: Inbox<Round1>,
    commitments: Inbox<ShareCommitment>,
    shares: Inbox<Share>,
    round2: Inbox<Round2>,
    ot1: Inbox<Ot1>,
    ot2: Inbox<Answer>,
}

enum State {
    PartyIds(AwaitingPartyIds),
    Contributions(AwaitingContributions),
    /// Round 3 is done; its messages go out next.
    Dealing(AwaitingCommitments, Vec<Outgoing>),
    Commitments(AwaitingCommitments),
    Polynomials(AwaitingPolynomials),
    Shares(AwaitingShares),
    Offers(AwaitingOffers),
    Answers(AwaitingAnswers),
    Over,
}

impl Session {
    /// Starts, with the round 1 message of an old party for everybody.
    ///
    /// Draws nothing; `channel` is this session's key for key agreement, which the message of round 2 carries.
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
        // Nobody deals to a party that leaves, nor makes OTs with it.
        let nobody = BTreeSet::new();
        let dealers = run.new_id.map_or(nobody.clone(), |_| old.clone());
        let peers = run.new_id.map_or(nobody, |_| run.new.parties().collect());
        let session = Self {
            new,
            new_id: run.new_id,
            round2_kind,
            round0: Inbox::new(ROUND_0, old.clone()),
            round1: Inbox::new(ROUND_1, others),
            commitments: Inbox::new(SHARE_COMMITMENT, dealers.clone()),
            shares: Inbox::new(SHARE, dealers),
            round2: Inbox::new(round2_kind, old),
            ot1: Inbox::new(OT_1, peers.clone()),
            ot2: Inbox::new(OT_2, peers),
            state: State::PartyIds(state),
        };
        let messages = message.iter().map(|message| message.to_all(ROUND_0)).collect();
        Ok((session, messages))
    }

    fn stay(&mut self, state: State) -> Step<Option<KeyShare>> {
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
    type Output = Option<KeyShare>;
    type Check = Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.round0
            .expects()
            .chain(self.round1.expects())
            .chain(self.commitments.expects())
            .chain(self.shares.expects())
            .chain(self.round2.expects())
            .chain(self.ot1.expects())
            .chain(self.ot2.expects())
            .collect()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.round0.deliver(from, tag, payload);
        self.round1.deliver(from, tag, payload);
        self.commitments.deliver(from, tag, payload);
        self.shares.deliver(from, tag, payload);
        self.round2.deliver(from, tag, payload);
        self.ot1.deliver(from, tag, payload);
        self.ot2.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<Option<KeyShare>>, Abort<Check>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::PartyIds(round) => {
                let Some(round0) = self.round0.take() else {
                    return Ok(self.stay(State::PartyIds(round)));
                };
                let (next, message) = round.receive(round0, rng)?;
                self.state = State::Contributions(next);
                Ok(Step::Send(vec![message.to_all(ROUND_1)]))
            }
            State::Contributions(round) => {
                let Some(round1) = self.round1.take() else {
                    return Ok(self.stay(State::Contributions(round)));
                };
                let channels = round1.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, commitments) = round.receive(round1, rng);
                let messages = commitments.iter();
                let messages = messages.flat_map(|each| self.to_each(each, SHARE_COMMITMENT));
                self.state = State::Dealing(next, messages.collect());
                Ok(Step::Channels(channels))
            }
            State::Dealing(round, mut messages) => {
                if self.new_id.is_some() {
                    self.state = State::Commitments(round);
                } else {
                    let (next, dealings) = round.leave();
                    messages.extend(self.deal(dealings));
                    self.state = State::Polynomials(next);
                }
                Ok(Step::Send(messages))
            }
            State::Commitments(round) => {
                let Some((new_id, commitments)) = self.new_id.zip(self.commitments.take()) else {
                    return Ok(self.stay(State::Commitments(round)));
                };
                let (next, dealings) = round.receive(new_id, commitments);
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
                let (next, offers) = round.receive(round2, shares, rng, workers)?;
                self.state = State::Offers(next);
                Ok(Step::Send(self.to_each(&offers, OT_1)))
            }
            State::Offers(round) => {
                let Some(offers) = self.ot1.take() else {
                    return Ok(self.stay(State::Offers(round)));
                };
                let (next, answers) = round.receive(offers, rng, workers)?;
                self.state = State::Answers(next);
                Ok(Step::Send(self.to_each(&answers, OT_2)))
            }
            State::Answers(round) => {
                let Some(answers) = self.ot2.take() else {
                    return Ok(self.stay(State::Answers(round)));
                };
                round.receive(answers, workers).map(|share| Step::Done(Some(share)))
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::PartyIds(_) => self.round0.lacking(),
            State::Contributions(_) => self.round1.lacking(),
            State::Dealing(..) | State::Commitments(_) => self.commitments.lacking(),
            State::Polynomials(_) => self.round2.lacking(),
            State::Shares(_) => &self.round2.lacking() | &self.shares.lacking(),
            State::Offers(_) => self.ot1.lacking(),
            State::Answers(_) => self.ot2.lacking(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match self.state {
            State::PartyIds(_) => 2,
            State::Contributions(_) => 3,
            State::Dealing(..) | State::Commitments(_) => 4,
            State::Polynomials(_) | State::Shares(_) => 5,
            State::Offers(_) => 6,
            State::Answers(_) | State::Over => 7,
        };
        (round, 7)
    }
}
