//! The mailbox-fed face that every protocol shows to the layers above.
//!
//! A session takes authenticated payloads in any order, gathers what a round needs, runs the round, and says what
//! to send. It has no clock, no socket and no randomness of its own. Framing, authentication and encryption belong
//! to the layer that carries the payloads; layouts belong to the protocol.

use std::collections::{BTreeMap, BTreeSet};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::abort::Abort;
use crate::check::Check;
use crate::party::PartyIndex;
use crate::workers::Workers;

/// Who may read a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cast {
    /// Everyone in the setup: the same bytes for all, signed.
    Broadcast,
    /// One party: encrypted under the keys that the run's first messages announce.
    Private,
    /// One party: signed, and readable on its way. Announces a key to the only party that will use it.
    Signed,
    /// One party: encrypted to a key that it gave to the sender, with the sender's own fresh key in front.
    Enclosed,
}

/// Who a message goes to, and how it is protected on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// [`Cast::Broadcast`].
    Broadcast,
    /// [`Cast::Private`].
    Private(PartyIndex),
    /// [`Cast::Signed`].
    Signed(PartyIndex),
    /// [`Cast::Enclosed`], to this key of the receiver's.
    Enclosed(PartyIndex, ChannelKey),
}

impl Delivery {
    /// The one party that the message is for, unless it is for all.
    #[must_use]
    pub fn receiver(self) -> Option<PartyIndex> {
        match self {
            Self::Broadcast => None,
            Self::Private(to) | Self::Signed(to) | Self::Enclosed(to, _) => Some(to),
        }
    }
}

/// One kind of message of a protocol: what it is called on the wire, who may read it, how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// The number that goes into the message id.
    pub tag: u64,
    /// Who may read it.
    pub cast: Cast,
    /// Length of the payload in bytes: exact, for this session's numbers of parties and threshold.
    pub len: usize,
}

/// A payload to be framed and sent. The order of a session's payloads is part of the protocol: it numbers the
/// encryptions.
#[derive(Debug)]
pub struct Outgoing {
    /// The kind's number.
    pub tag: u64,
    /// Whom for, and how.
    pub delivery: Delivery,
    /// The payload. Private and enclosed ones hold secrets until they are sealed.
    pub payload: Zeroizing<Vec<u8>>,
}

/// A public key for key agreement (X25519, 32 bytes): of a session, carried in its first signed broadcast, or for
/// enclosed messages alone.
pub type ChannelKey = [u8; 32];

/// What the caller does next.
#[derive(Debug)]
pub enum Step<O> {
    /// Nothing, until another message arrives.
    Wait,
    /// Frame and send these, in this order; then advance again.
    Send(Vec<Outgoing>),
    /// The peers' key agreement keys are known: private messages can be opened from now on. Advance again.
    Channels(BTreeMap<PartyIndex, ChannelKey>),
    /// The result. Everything that this party had to send has been handed out before.
    Done(O),
}

/// One run of one protocol, from one party's side.
pub trait Session: Send {
    /// What a finished run leaves behind.
    type Output;
    /// The checks of this protocol.
    type Check: Check;

    /// Every message this session takes from others in its whole life.
    fn expects(&self) -> BTreeSet<(PartyIndex, Kind)>;

    /// Takes one authenticated payload of exactly the length of its kind. A second one of the same kind from the
    /// same party is ignored, as is one that the session does not expect. Early ones wait for their round.
    ///
    /// Call [`Session::advance`] afterwards until it says [`Step::Wait`] or [`Step::Done`].
    fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]);

    /// Runs the round that has become complete, if one has. What it computes for each of several parties, `workers`
    /// may run at the same time; all of it has ended when this returns.
    ///
    /// # Errors
    ///
    /// The [`Abort`] of the round. The session is over, and its secrets are gone.
    fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Step<Self::Output>, Abort<Self::Check>>;

    /// Whose messages the current round lacks. Empty once the session is over.
    fn awaiting(&self) -> BTreeSet<PartyIndex>;

    /// The current round and how many there are, from 1.
    fn round(&self) -> (u8, u8);
}
