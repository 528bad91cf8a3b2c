//! One device in one run of one protocol: frames in, frames out.
//!
//! Ties an engine's [`Session`], which knows payloads, to the [`Exchange`] of the wire, which knows how payloads are
//! framed, authenticated and encrypted. Neither knows the other.

use std::collections::BTreeSet;

use quorate_core::session::{ChannelKey, Outgoing, Session, Step};
use quorate_core::{Abort, PartyIndex, Workers, wipe_stack};
use quorate_wire::frame::{self, Exchange, Frame, Incoming, NoChannel, SealError};
use rand_core::CryptoRng;

/// A run that has not ended yet.
pub struct Run<S: Session> {
    session: S,
    exchange: Exchange,
    outbox: Vec<Frame>,
    first: Vec<Outgoing>,
}

/// What became of a run after a frame.
#[derive(Debug)]
pub enum Progress<O> {
    /// The frame was used, kept for later, or was not worth reading; the run goes on.
    Waiting,
    /// The result. Frames that are still in the outbox must be sent: others wait for them.
    Done(O),
    /// This party has given up. Not blame: the frames that are here may still name somebody.
    PeerAborted(PartyIndex),
    /// This party has begun anew. Not blame, and no later frame of it may be read: it fits nothing that came before.
    PeerBeganAnew(PartyIndex),
}

/// What became of a frame that was only taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A payload for a round, now or later.
    Used,
    /// Kept until its sender's key is known, or not worth reading.
    Unused,
    /// This party has given up.
    PeerAborted(PartyIndex),
    /// This party has begun anew.
    PeerBeganAnew(PartyIndex),
}

impl<O> Progress<O> {
    /// Changes the result, if there is one.
    pub fn map<U>(self, change: impl FnOnce(O) -> U) -> Progress<U> {
        match self {
            Self::Waiting => Progress::Waiting,
            Self::Done(output) => Progress::Done(change(output)),
            Self::PeerAborted(from) => Progress::PeerAborted(from),
            Self::PeerBeganAnew(from) => Progress::PeerBeganAnew(from),
        }
    }
}

/// A run that ended without a result because of what others sent. One abort frame is in the outbox.
#[derive(Debug)]
pub enum Failed<C> {
    /// A check of the protocol does not hold.
    Protocol(Abort<C>),
    /// A check of the framing does not hold.
    Framing(Abort<frame::Check>),
    /// The engine wanted to send a private message before it knew the receiver's key: a fault of this program.
    Fault(NoChannel),
}

impl<S: Session> Run<S> {
    /// Starts the session with the exchange's key. Its first messages are framed by the first [`Run::advance`].
    ///
    /// # Errors
    ///
    /// Whatever `start` refuses; nothing has been sent then.
    pub fn start<E>(
        exchange: Exchange,
        start: impl FnOnce(ChannelKey) -> Result<(S, Vec<Outgoing>), E>,
    ) -> Result<Self, E> {
        let started = start(exchange.channel_key());
        wipe_stack();
        let (session, first) = started?;
        let mut run = Self { session, exchange, outbox: Vec::new(), first };
        run.exchange.expect(run.session.expects());
        Ok(run)
    }

    /// Takes one frame, authentic or not, in any order, any number of times.
    ///
    /// # Errors
    ///
    /// [`Failed`], naming whom it can. The run is over: its secrets are gone when it is dropped.
    pub fn receive(
        &mut self,
        bytes: &[u8],
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Progress<S::Output>, Failed<S::Check>> {
        match self.keep(bytes) {
            Kept::Used => self.advance(rng, workers),
            Kept::PeerAborted(from) => Ok(Progress::PeerAborted(from)),
            Kept::PeerBeganAnew(from) => Ok(Progress::PeerBeganAnew(from)),
            Kept::Unused => Ok(Progress::Waiting),
        }
    }

    /// Takes one frame for a run whose turn has not come: no round is run, and nothing is to be sent.
    ///
    /// Each message of each party is kept once, so there is nothing to fill up.
    pub fn keep(&mut self, bytes: &[u8]) -> Kept {
        match self.exchange.open(bytes) {
            Incoming::Opened(opened) => {
                self.session.deliver(opened.from, opened.tag, &opened.payload);
                Kept::Used
            }
            Incoming::Abort { from } => Kept::PeerAborted(from),
            Incoming::Anew { from } => Kept::PeerBeganAnew(from),
            Incoming::Kept | Incoming::Ignored => Kept::Unused,
        }
    }

    /// Frames what is to be sent first and runs every round that has become complete. Needed by hand only after
    /// [`Run::start`].
    ///
    /// # Errors
    ///
    /// As for [`Run::receive`].
    pub fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Progress<S::Output>, Failed<S::Check>> {
        let progress = self.run_rounds(rng, workers);
        wipe_stack();
        progress
    }

    fn run_rounds(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Progress<S::Output>, Failed<S::Check>> {
        let first = core::mem::take(&mut self.first);
        self.frame(first)?;
        loop {
            match self.session.advance(rng, workers) {
                Ok(Step::Wait) => return Ok(Progress::Waiting),
                Ok(Step::Send(messages)) => self.frame(messages)?,
                Ok(Step::Done(output)) => return Ok(Progress::Done(output)),
                Ok(Step::Channels(keys)) => match self.exchange.learn(keys) {
                    Ok(opened) => {
                        for message in opened {
                            self.session.deliver(message.from, message.tag, &message.payload);
                        }
                    }
                    Err(refused) => {
                        self.give_up();
                        return Err(Failed::Framing(refused));
                    }
                },
                Err(abort) => {
                    self.give_up();
                    return Err(Failed::Protocol(abort));
                }
            }
        }
    }

    /// Takes what has to be sent, in order.
    pub fn take_frames(&mut self) -> Vec<Frame> {
        core::mem::take(&mut self.outbox)
    }

    /// Puts an abort frame into the outbox: this party leaves.
    pub fn give_up(&mut self) {
        self.outbox.push(self.exchange.abort());
    }

    /// Whose messages the current round lacks.
    pub fn awaiting(&self) -> BTreeSet<PartyIndex> {
        self.session.awaiting()
    }

    /// The current round and how many there are, from 1.
    pub fn round(&self) -> (u8, u8) {
        self.session.round()
    }

    fn frame(&mut self, messages: Vec<Outgoing>) -> Result<(), Failed<S::Check>> {
        for message in messages {
            match self.exchange.seal(&message) {
                Ok(frame) => self.outbox.push(frame),
                Err(SealError::NoChannel(fault)) => return Err(Failed::Fault(fault)),
                Err(SealError::Refused(abort)) => {
                    self.give_up();
                    return Err(Failed::Framing(abort));
                }
            }
        }
        Ok(())
    }
}
