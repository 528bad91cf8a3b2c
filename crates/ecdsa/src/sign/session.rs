//! Signing for a caller who has a mailbox: messages in any order, one at a time.

use std::collections::BTreeSet;

use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::Layout;
use quorate_core::session::{self, ChannelKey, Kind, Outgoing, Step};
use quorate_core::{Abort, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::Params;
use crate::check::Check;
use crate::finish::{AwaitingPartials, ROUND_4, Round4};
use crate::presign;
use crate::signature::Signature;

/// One party's run of `SIGN`. Its result is the signature.
pub struct Session {
    state: State,
    mail: Mailboxes,
}

enum State {
    Presigning(presign::Rounds, Finish),
    Partials(AwaitingPartials),
    Over,
}

/// What the presigning need not know.
struct Finish {
    others: BTreeSet<PartyIndex>,
    hash: [u8; 32],
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
        let Params { share, me, signers, path, hash } = params;
        let others: BTreeSet<_> = PartyIndex::first(signers).filter(|&j| j != me).collect();
        let params = presign::Params { share, me, signers, path };
        let (presigning, mail, messages) = presign::Rounds::start(params, channel, rng)?;
        let mail = mail.then::<Round4>(ROUND_4, &others);
        let state = State::Presigning(presigning, Finish { others, hash });
        Ok((Self { state, mail }, messages))
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
        workers: &dyn Workers,
    ) -> Result<Step<Signature>, Abort<Check>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Presigning(mut presigning, finish) => {
                let step = match presigning.advance(&mut self.mail, rng, workers)? {
                    Step::Done(presignature) => {
                        let (next, message) = presignature.finish(finish.others, finish.hash);
                        self.state = State::Partials(next);
                        return Ok(Step::Send(vec![message.to_all(ROUND_4)]));
                    }
                    Step::Wait => Step::Wait,
                    Step::Send(messages) => Step::Send(messages),
                    Step::Channels(channels) => Step::Channels(channels),
                };
                self.state = State::Presigning(presigning, finish);
                Ok(step)
            }
            State::Partials(round) if self.mail.is_complete() => {
                round.receive(self.mail.take(ROUND_4)).map(Step::Done)
            }
            State::Partials(round) => {
                self.state = State::Partials(round);
                Ok(Step::Wait)
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Presigning(..) | State::Partials(_) => self.mail.awaiting(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match &self.state {
            State::Presigning(presigning, _) => presigning.round(),
            State::Partials(_) | State::Over => 5,
        };
        (round, 5)
    }
}
