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
    Answer, OT_1, OT_2, ROUND_0, ROUND_1, Round0, Round1, Round2, SHARE, SHARE_COMMITMENT, Share,
    ShareCommitment, round_2,
};
use super::round1;
use super::round2::AwaitingPartyIds;
use super::round3::AwaitingContributions;
use super::round4::{AwaitingCommitments, Dealings};
use super::round5::{AwaitingPolynomials, AwaitingShares};
use super::round6::AwaitingOffers;
use super::round7::AwaitingAnswers;
use super::run::Params;
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
    mail: Mailboxes,
    /// Made in round 3, and sent once the others' keys are known.
    held: Option<Vec<Outgoing>>,
}

enum State {
    PartyIds(AwaitingPartyIds),
    Contributions(AwaitingContributions),
    /// With my new id.
    Commitments(AwaitingCommitments, u8),
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
        let mail = Mailboxes::default()
            .then::<Round0>(ROUND_0, &old)
            .then::<Round1>(ROUND_1, &others)
            .then::<ShareCommitment>(SHARE_COMMITMENT, &dealers)
            .then::<Round2>(round2_kind, &old)
            .and::<Share>(SHARE, &dealers)
            .then::<Ot1>(OT_1, &peers)
            .then::<Answer>(OT_2, &peers);
        let (new_id, state) = (run.new_id, State::PartyIds(state));
        let session = Self { state, new, new_id, round2_kind, mail, held: None };
        let messages = message.iter().map(|message| message.to_all(ROUND_0)).collect();
        Ok((session, messages))
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
        self.mail.expects()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        self.mail.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<Option<KeyShare>>, Abort<Check>> {
        if let Some(messages) = self.held.take() {
            return Ok(Step::Send(messages));
        }
        if !self.mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::PartyIds(round) => {
                let (next, message) = round.receive(self.mail.take(ROUND_0), rng)?;
                self.state = State::Contributions(next);
                Ok(Step::Send(vec![message.to_all(ROUND_1)]))
            }
            State::Contributions(round) => {
                let round1 = self.mail.take::<Round1>(ROUND_1);
                let channels = round1.iter().map(|(j, message)| (j, message.channel)).collect();
                let (next, commitments) = round.receive(round1, rng);
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
                self.held = Some(messages);
                Ok(Step::Channels(channels))
            }
            State::Commitments(round, new_id) => {
                let (next, dealings) = round.receive(new_id, self.mail.take(SHARE_COMMITMENT));
                self.state = State::Shares(next);
                Ok(Step::Send(self.deal(dealings)))
            }
            State::Polynomials(round) => {
                round.receive(self.mail.take(self.round2_kind)).map(|()| Step::Done(None))
            }
            State::Shares(round) => {
                let (round2, shares) = (self.mail.take(self.round2_kind), self.mail.take(SHARE));
                let (next, offers) = round.receive(round2, shares, rng, workers)?;
                self.state = State::Offers(next);
                Ok(Step::Send(self.to_each(&offers, OT_1)))
            }
            State::Offers(round) => {
                let (next, answers) = round.receive(self.mail.take(OT_1), rng, workers)?;
                self.state = State::Answers(next);
                Ok(Step::Send(self.to_each(&answers, OT_2)))
            }
            State::Answers(round) => {
                let share = round.receive(self.mail.take(OT_2), workers)?;
                Ok(Step::Done(Some(share)))
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
            State::PartyIds(_) => 2,
            State::Contributions(_) => 3,
            State::Commitments(..) => 4,
            State::Polynomials(_) | State::Shares(_) => 5,
            State::Offers(_) => 6,
            State::Answers(_) | State::Over => 7,
        };
        (round, 7)
    }
}
