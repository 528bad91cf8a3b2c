//! Finishing for a caller who has a mailbox.

use std::collections::BTreeSet;

use quorate_core::check::require;
use quorate_core::mailbox::Mailboxes;
use quorate_core::payload::Layout;
use quorate_core::session::{self, Kind, Outgoing, Step};
use quorate_core::{Abort, PartyIndex, Workers};
use rand_core::CryptoRng;

use super::Params;
use super::message::{ROUND_4, Round4};
use super::round2::AwaitingPartials;
use crate::check::Check;
use crate::signature::Signature;

/// One party's run of `FINISH`. Its result is the signature.
///
/// Its message is out before anything is checked, so an [`Abort`] has nothing to keep from the others: the layer that
/// frames messages sends no abort for this session. A new attempt takes a new presignature.
pub struct Session {
    state: State,
    mail: Mailboxes,
}

enum State {
    Partials(AwaitingPartials),
    Over,
}

impl Session {
    /// Starts, with this party's part for everybody. Draws nothing.
    ///
    /// The presignature is used up once the message is made: before it is sent, no copy of the presignature may be
    /// left anywhere.
    ///
    /// # Errors
    ///
    /// [`Check::FinishSigners`] for a single signer, or one that is not among them.
    pub fn start(params: Params) -> Result<(Self, Vec<Outgoing>), Check> {
        let Params { presignature, me, signers, hash } = params;
        // 1.1
        require(signers >= 2 && me.get() < signers, Check::FinishSigners)?;
        let others: BTreeSet<_> = PartyIndex::first(signers).filter(|&j| j != me).collect();
        let mail = Mailboxes::default().then::<Round4>(ROUND_4, &others);
        let (state, message) = presignature.finish(others, hash);
        Ok((Self { state: State::Partials(state), mail }, vec![message.to_all(ROUND_4)]))
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
        _: &mut dyn CryptoRng,
        _: &dyn Workers,
    ) -> Result<Step<Signature>, Abort<Check>> {
        if !self.mail.is_complete() {
            return Ok(Step::Wait);
        }
        match core::mem::replace(&mut self.state, State::Over) {
            State::Partials(round) => round.receive(self.mail.take(ROUND_4)).map(Step::Done),
            State::Over => Ok(Step::Wait),
        }
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self.state {
            State::Partials(_) => self.mail.awaiting(),
            State::Over => BTreeSet::new(),
        }
    }

    fn round(&self) -> (u8, u8) {
        (2, 2)
    }
}
