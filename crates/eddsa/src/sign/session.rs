//! Signing for a caller who has a mailbox: messages in any order, one at a time.
//!
//! It gathers what a round needs, then calls the round.

use std::collections::BTreeSet;

use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::Layout;
use quorate_core::session::{self, Kind, Outgoing, Step};
use quorate_core::{Abort, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::message::{ROUND_1, ROUND_2, ROUND_3, Round1, Round2, Round3};
use super::round2::AwaitingCommitments;
use super::round3::AwaitingNonces;
use super::round4::AwaitingPartials;
use super::{Params, round1};
use crate::check::Check;
use crate::signature::Signature;

/// One party's run of `ED-SIGN`. Its result is the signature.
///
/// All its messages are broadcasts. It never says [`Step::Channels`].
pub struct Session {
    state: State,
    mail: Mailboxes,
}

enum State {
    Commitments(AwaitingCommitments),
    Nonces(AwaitingNonces),
    Partials(AwaitingPartials),
    Over,
}

impl Session {
    /// Starts, with the round 1 message for everybody. Draws what round 1 says.
    ///
    /// # Errors
    ///
    /// [`Check::SignCommittee`] for fewer signers than the threshold or more than there are shares.
    pub fn start(params: Params, rng: &mut dyn CryptoRng) -> Result<(Self, Vec<Outgoing>), Check> {
        let (state, message) = round1::start(params, rng)?;
        let others = &state.run.others;
        let mail = Mailboxes::default()
            .then::<Round1>(ROUND_1, others)
            .then::<Round2>(ROUND_2, others)
            .then::<Round3>(ROUND_3, others);
        let session = Self { state: State::Commitments(state), mail };
        Ok((session, vec![message.to_all(ROUND_1)]))
    }
}

impl session::Session for Session {
    type Output = Signature;
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
    ) -> Result<Step<Signature>, Abort<Check>> {
        if !self.mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::Commitments(round) => {
                let (next, message) = round.receive(self.mail.take(ROUND_1), rng)?;
                self.state = State::Nonces(next);
                Ok(Step::Send(vec![message.to_all(ROUND_2)]))
            }
            State::Nonces(round) => {
                let (next, message) = round.receive(self.mail.take(ROUND_2))?;
                self.state = State::Partials(next);
                Ok(Step::Send(vec![message.to_all(ROUND_3)]))
            }
            State::Partials(round) => round.receive(self.mail.take(ROUND_3)).map(Step::Done),
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
            State::Commitments(_) => 2,
            State::Nonces(_) => 3,
            State::Partials(_) | State::Over => 4,
        };
        (round, 4)
    }
}
