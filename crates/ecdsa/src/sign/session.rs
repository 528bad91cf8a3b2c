//! Signing for a caller who has a mailbox: messages in any order, one at a time.

use std::collections::BTreeSet;

use quorate_core::payload::{Inbox, Layout};
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
    expects: BTreeSet<(PartyIndex, Kind)>,
    state: State,
    round4: Inbox<Round4>,
}

enum State {
    Presigning(presign::Session, Finish),
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
        let (presigning, messages) = presign::Session::start(params, channel, rng)?;
        let round4 = Inbox::new(ROUND_4, others.clone());
        let mut expects = session::Session::expects(&presigning);
        expects.extend(round4.expects());
        let state = State::Presigning(presigning, Finish { others, hash });
        Ok((Self { expects, state, round4 }, messages))
    }
}

impl session::Session for Session {
    type Output = Signature;
    type Check = Check;

    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.expects.clone()
    }

    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        if let State::Presigning(presigning, _) = &mut self.state {
            presigning.deliver(from, tag, payload);
        }
        self.round4.deliver(from, tag, payload);
    }

    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<Signature>, Abort<Check>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Presigning(mut presigning, finish) => {
                let step = match presigning.advance(rng, workers)? {
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
            State::Partials(round) => {
                let Some(round4) = self.round4.take() else {
                    self.state = State::Partials(round);
                    return Ok(Step::Wait);
                };
                round.receive(round4).map(Step::Done)
            }
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match &self.state {
            State::Presigning(presigning, _) => presigning.awaiting(),
            State::Partials(_) => self.round4.lacking(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        let round = match &self.state {
            State::Presigning(presigning, _) => presigning.round().0,
            State::Partials(_) | State::Over => 5,
        };
        (round, 5)
    }
}
