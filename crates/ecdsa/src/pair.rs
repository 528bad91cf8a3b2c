//! What two parties set up between them once, in key generation and in a quorum change: OT seeds both ways.
//!
//! ```text
//! i, to receive from j                       j, to send to i
//!   start ──────── OT1: offers ────────────▶ answer
//!   receive ◀───── OT2: replies, trees ─────   keeps every leaf
//!   keeps all leaves but one a tree
//! ```
//!
//! Each of the two plays both roles, in two runs with session ids of their own.

use quorate_core::payload::{Layout, Reader};
use sha2::{Digest, Sha256};

use crate::check::Check;
use crate::ot::base::{ReceiverCoins, SenderCoins};
use crate::ot::{BaseOtId, PprfId, base, pprf};
use crate::transcript::label;

/// The pair that this party forms with one other, within a session.
#[derive(Clone, Copy)]
pub(crate) struct Pair<'a> {
    /// The session id of the run.
    pub(crate) fsid: &'a [u8; 32],
    /// My party id.
    pub(crate) me: u8,
    /// The other's.
    pub(crate) other: u8,
}

/// OT1: the offers of the OT receiver.
pub(crate) struct Ot1(pub(crate) Box<base::Message>);

/// What the OT sender answers: its replies, and its trees.
pub(crate) struct Ot2 {
    /// Base-OT message 2.
    pub(crate) replies: Box<base::Message>,
    /// The PPRF message.
    pub(crate) trees: Box<pprf::Message>,
}

/// A party that has made its offers to one other, and waits for the answer.
pub(crate) struct AwaitingAnswer(base::AwaitingSender);

impl Pair<'_> {
    /// Makes the offers: I am the OT receiver.
    pub(crate) fn start(self, coins: ReceiverCoins) -> (AwaitingAnswer, Ot1) {
        let (awaiting, offers) = base::start(&self.base_ot_id(self.me, self.other), coins);
        (AwaitingAnswer(awaiting), Ot1(offers))
    }

    /// Answers the other's offers: I am the OT sender.
    ///
    /// # Errors
    ///
    /// The check that the offers failed.
    pub(crate) fn answer(
        self,
        offers: &Ot1,
        coins: SenderCoins,
    ) -> Result<(pprf::SenderSeed, Ot2), Check> {
        let id = self.base_ot_id(self.other, self.me);
        let (keys, replies) = base::send(&id, &offers.0, coins)?;
        let (seed, trees) = pprf::build(&self.pprf_id(self.me, self.other), &keys);
        Ok((seed, Ot2 { replies, trees }))
    }

    /// OTSID, where `a` makes the offers.
    fn base_ot_id(self, a: u8, b: u8) -> BaseOtId {
        BaseOtId(self.id(a, b, b"base_ot_session_id"))
    }

    /// PPRFSID, where `a` builds the trees.
    fn pprf_id(self, a: u8, b: u8) -> PprfId {
        PprfId(self.id(a, b, b"all_but_one_session_id"))
    }

    fn id(self, a: u8, b: u8, purpose: &[u8]) -> [u8; 32] {
        Sha256::new()
            .chain_update(label::DKG)
            .chain_update(self.fsid)
            .chain_update(b"sender_id")
            .chain_update(u64::from(a).to_be_bytes())
            .chain_update(b"receiver_id")
            .chain_update(u64::from(b).to_be_bytes())
            .chain_update(purpose)
            .finalize()
            .into()
    }
}

impl AwaitingAnswer {
    /// Finishes as OT receiver.
    ///
    /// # Errors
    ///
    /// The check that the answer failed.
    pub(crate) fn receive(self, pair: Pair<'_>, answer: &Ot2) -> Result<pprf::ReceiverSeed, Check> {
        let keys = self.0.receive(&answer.replies)?;
        pprf::eval(&pair.pprf_id(pair.other, pair.me), &keys, &answer.trees)
    }
}

impl Layout for Ot1 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self(reader.boxed()?))
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.0.as_slice());
    }
}

impl Layout for Ot2 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { replies: reader.boxed()?, trees: reader.boxed()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.replies.as_slice());
        bytes.extend_from_slice(self.trees.as_slice());
    }
}
