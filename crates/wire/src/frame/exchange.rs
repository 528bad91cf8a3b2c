//! One party's traffic in one run.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{SigningKey, VerifyingKey};
use quorate_core::session::{Cast, ChannelKey, Delivery, Kind, Outgoing};
use quorate_core::{Abort, PartyIndex};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::private::{self, Channel, KeyPair};
use super::{ABORT_TAG, Check, Enclosure, MessageId, SIGNATURE_LEN, signed};
use crate::setup::{Setup, Suite};

/// How many frames of one id wait for the sender's key. A forged first copy must not shut out the real one, and
/// nobody may fill the memory with copies.
const MAX_CANDIDATES: usize = 8;

/// Turns payloads into frames and frames into payloads, for one party of one run.
///
/// It holds the party's signing key and the run's X25519 secrets, and numbers the encryptions: it is neither `Clone`
/// nor can it be stored, since a second copy would encrypt twice under one nonce.
pub struct Exchange {
    suite: Suite,
    instance: [u8; 32],
    me: PartyIndex,
    signing: Box<SigningKey>,
    verifying: Vec<VerifyingKey>,
    keys: KeyPair,
    encrypted: u32,
    enclosure: Option<Enclosure>,
    channels: BTreeMap<PartyIndex, Channel>,
    expected: BTreeMap<MessageId, Expected>,
    /// The signed messages that have used up their ids, with the digests of their frames up to the signature.
    used: BTreeMap<MessageId, (Expected, [u8; 32])>,
    kept: BTreeMap<MessageId, Vec<Vec<u8>>>,
}

/// What a message id stands for.
#[derive(Clone, Copy)]
struct Expected {
    from: PartyIndex,
    kind: Kind,
}

/// A frame to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// `None`: to every other party.
    pub to: Option<PartyIndex>,
    /// The tag of its payload. It does not travel: the id in the bytes is a hash of it.
    pub tag: u64,
    /// The bytes, authenticated; private ones are encrypted.
    pub bytes: Vec<u8>,
}

/// An authenticated payload of exactly the length of its kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Opened {
    /// Who sent it.
    pub from: PartyIndex,
    /// The kind's number.
    pub tag: u64,
    /// The payload.
    pub payload: Zeroizing<Vec<u8>>,
}

/// What became of a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A payload for the session.
    Opened(Opened),
    /// This party has ended its session. Everybody who holds the setup can sign such a message.
    Abort {
        /// Who sent it.
        from: PartyIndex,
    },
    /// This party has begun anew with the same setup: it has signed another payload under an id that is used up. Everybody
    /// who holds the setup can sign such a message.
    Anew {
        /// Who sent it.
        from: PartyIndex,
    },
    /// A private frame whose sender's key is not known yet; [`Exchange::learn`] comes back to it.
    Kept,
    /// Nothing that this party waits for: unknown, a duplicate, of another length, or not authentic.
    Ignored,
}

/// The position is not one of the setup's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setup has no party at position {0}")]
pub struct NotAParty(pub PartyIndex);

/// A private payload came before its receiver's key, or an enclosed one in a run without [`Enclosure`]: a bug in the
/// program that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no private channel to party {0}")]
pub struct NoChannel(pub PartyIndex);

/// Why a payload is not framed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// There is no key to encrypt with.
    #[error(transparent)]
    NoChannel(#[from] NoChannel),
    /// The receiver wants a message enclosed to a key with which anybody could read along.
    #[error(transparent)]
    Refused(#[from] Abort<Check>),
}

impl Exchange {
    /// Begins the traffic of party `me`.
    ///
    /// Draws from `rng` the run's X25519 secret (32 bytes).
    ///
    /// # Errors
    ///
    /// [`NotAParty`] if the setup has no such position.
    pub fn new(setup: &Setup, me: PartyIndex, rng: &mut dyn CryptoRng) -> Result<Self, NotAParty> {
        let key = |seed: &quorate_core::Secret<_>| SigningKey::from_bytes(seed.expose());
        let signing =
            setup.seeds().get(usize::from(me)).map(key).map(Box::new).ok_or(NotAParty(me))?;
        let verifying = setup.seeds().iter().map(|seed| key(seed).verifying_key()).collect();
        let mut exchange = Self {
            suite: setup.suite(),
            instance: setup.instance(),
            me,
            signing,
            verifying,
            keys: KeyPair::draw(rng),
            encrypted: 0,
            enclosure: None,
            channels: BTreeMap::new(),
            expected: BTreeMap::new(),
            used: BTreeMap::new(),
            kept: BTreeMap::new(),
        };
        let abort = Kind { tag: ABORT_TAG, cast: Cast::Broadcast, len: 0 };
        exchange.expect(PartyIndex::first(setup.size()).map(|j| (j, abort)).collect());
        Ok(exchange)
    }

    /// For a run with enclosed messages: the key pair that encloses and opens them.
    #[must_use]
    pub fn with_enclosure(mut self, enclosure: Enclosure) -> Self {
        self.enclosure = Some(enclosure);
        self
    }

    /// The run's X25519 public key, which this party's first broadcast announces.
    #[must_use]
    pub fn channel_key(&self) -> ChannelKey {
        self.keys.public_key()
    }

    /// Waits for these messages from now on. Own ones, and those of strangers to the setup, are left out.
    pub fn expect(&mut self, messages: BTreeSet<(PartyIndex, Kind)>) {
        for (from, kind) in messages.into_iter().filter(|(from, _)| *from != self.me) {
            let receiver = match kind.cast {
                Cast::Broadcast => None,
                Cast::Private | Cast::Signed | Cast::Enclosed => Some(self.me),
            };
            if let Some(id) = self.id(kind.tag, from, receiver) {
                self.expected.insert(id, Expected { from, kind });
            }
        }
    }

    /// Opens a frame, whoever brought it (`spec/frames.md` 5).
    pub fn open(&mut self, bytes: &[u8]) -> Incoming {
        // 5.1
        let Some(id) = MessageId::of_frame(bytes) else { return Incoming::Ignored };
        let Some(&expected) = self.expected.get(&id) else { return self.compare(id, bytes) };
        let Expected { from, kind } = expected;
        let payload = match kind.cast {
            // 5.2
            Cast::Broadcast | Cast::Signed => self
                .verifying
                .get(usize::from(from))
                .and_then(|key| signed::verify(key, bytes, kind.len))
                .map(|payload| Zeroizing::new(payload.to_vec())),
            Cast::Enclosed => self.enclosure.as_ref().and_then(|key| key.open(bytes, kind.len)),
            // 5.3
            Cast::Private if !private::has_length(bytes, 0, kind.len) => None,
            Cast::Private => match self.channels.get(&from) {
                Some(channel) => channel.open(bytes, 0),
                None => return self.keep(id, bytes),
            },
        };
        match payload {
            Some(payload) => {
                if matches!(kind.cast, Cast::Broadcast | Cast::Signed) {
                    self.used.insert(id, (expected, digest(bytes)));
                }
                self.opened(id, expected, payload)
            }
            None => Incoming::Ignored,
        }
    }

    /// Takes the keys that the peers announced, and opens what has been kept for them. A key that is known already
    /// stays as it is.
    ///
    /// # Errors
    ///
    /// [`Check::KeyContributes`], naming everybody whose key does not; what they sent stays shut.
    pub fn learn(
        &mut self,
        keys: BTreeMap<PartyIndex, ChannelKey>,
    ) -> Result<Vec<Opened>, Abort<Check>> {
        let mut faulty = BTreeMap::new();
        for (j, key) in keys {
            if j == self.me || self.channels.contains_key(&j) {
                continue;
            }
            match Channel::agree(&self.keys, &key, Check::KeyContributes) {
                Ok(channel) => {
                    self.channels.insert(j, channel);
                }
                Err(check) => {
                    faulty.insert(j, check);
                }
            }
        }
        if faulty.is_empty() { Ok(self.open_kept()) } else { Err(Abort::Blame(faulty)) }
    }

    /// Frames a payload of this party's session. The order of the calls numbers the encryptions.
    ///
    /// # Errors
    ///
    /// [`SealError::NoChannel`] if a private payload's receiver has no known key, or this party none to enclose with;
    /// [`SealError::Refused`], naming the receiver, if the key that it has given for enclosing does not contribute.
    pub fn seal(&mut self, outgoing: &Outgoing) -> Result<Frame, SealError> {
        let Outgoing { tag, delivery, payload } = outgoing;
        let bytes = match *delivery {
            Delivery::Broadcast => self.broadcast(*tag, payload),
            Delivery::Private(to) => self.encrypt(*tag, to, payload).ok_or(NoChannel(to))?,
            Delivery::Signed(to) => {
                let id = self.id(*tag, self.me, Some(to)).ok_or(NoChannel(to))?;
                signed::sign(&self.signing, &id, payload)
            }
            Delivery::Enclosed(to, key) => {
                let id = self.id(*tag, self.me, Some(to)).ok_or(NoChannel(to))?;
                let enclosure = self.enclosure.as_mut().ok_or(NoChannel(to))?;
                let sealed = enclosure.seal(&id, &key, payload);
                sealed.map_err(|check| Abort::blame(to, check))?.ok_or(NoChannel(to))?
            }
        };
        Ok(Frame { to: delivery.receiver(), tag: *tag, bytes })
    }

    /// The message that tells everybody that this party's session is over.
    #[must_use]
    pub fn abort(&self) -> Frame {
        Frame { to: None, tag: ABORT_TAG, bytes: self.broadcast(ABORT_TAG, &[]) }
    }

    fn broadcast(&self, tag: u64, payload: &[u8]) -> Vec<u8> {
        let sender = self.signing.verifying_key().to_bytes();
        let id = MessageId::new(tag, &sender, None, &self.instance);
        signed::sign(&self.signing, &id, payload)
    }

    fn encrypt(&mut self, tag: u64, to: PartyIndex, payload: &[u8]) -> Option<Vec<u8>> {
        let id = self.id(tag, self.me, Some(to))?;
        let channel = self.channels.get(&to)?;
        // Counted before use: a number is never used twice, whatever happens next.
        self.encrypted = self.encrypted.checked_add(1)?;
        // 1.2
        let flags = match self.suite {
            Suite::Ecdsa => 0x8000 | u16::from(to.get()),
            Suite::Eddsa => 0,
        };
        channel.seal(&id, flags, &[], self.encrypted, payload)
    }

    fn id(&self, tag: u64, from: PartyIndex, to: Option<PartyIndex>) -> Option<MessageId> {
        let key = |j: PartyIndex| self.verifying.get(usize::from(j)).map(VerifyingKey::as_bytes);
        let receiver = match to {
            Some(to) => Some(key(to)?),
            None => None,
        };
        Some(MessageId::new(tag, key(from)?, receiver, &self.instance))
    }

    /// 5.6: what a frame says that comes under a used id.
    fn compare(&self, id: MessageId, bytes: &[u8]) -> Incoming {
        let Some((Expected { from, kind }, used)) = self.used.get(&id) else {
            return Incoming::Ignored;
        };
        let key = self.verifying.get(usize::from(*from));
        let signs = |key| signed::verify(key, bytes, kind.len).is_some();
        if digest(bytes) != *used && key.is_some_and(signs) {
            return Incoming::Anew { from: *from };
        }
        Incoming::Ignored
    }

    /// 5.3: holds a private frame until its sender's key is known.
    fn keep(&mut self, id: MessageId, bytes: &[u8]) -> Incoming {
        let candidates = self.kept.entry(id).or_default();
        if candidates.len() >= MAX_CANDIDATES || candidates.iter().any(|kept| kept == bytes) {
            return Incoming::Ignored;
        }
        candidates.push(bytes.to_vec());
        Incoming::Kept
    }

    fn open_kept(&mut self) -> Vec<Opened> {
        let mut opened = Vec::new();
        for (&id, candidates) in &self.kept {
            let Some(&Expected { from, kind }) = self.expected.get(&id) else { continue };
            let Some(channel) = self.channels.get(&from) else { continue };
            if let Some(payload) = candidates.iter().find_map(|frame| channel.open(frame, 0)) {
                self.expected.remove(&id);
                opened.push(Opened { from, tag: kind.tag, payload });
            }
        }
        let (expected, channels) = (&self.expected, &self.channels);
        self.kept.retain(|id, _| {
            expected.get(id).is_some_and(|Expected { from, .. }| !channels.contains_key(from))
        });
        opened.sort_by_key(|one| (one.tag, one.from));
        opened
    }

    /// 5.5: an id is used up by the first frame that authenticates.
    fn opened(
        &mut self,
        id: MessageId,
        expected: Expected,
        payload: Zeroizing<Vec<u8>>,
    ) -> Incoming {
        self.expected.remove(&id);
        let Expected { from, kind } = expected;
        if kind.tag == ABORT_TAG {
            Incoming::Abort { from }
        } else {
            Incoming::Opened(Opened { from, tag: kind.tag, payload })
        }
    }
}

/// Of a signed frame, all but the signature: what signs is not what is said.
fn digest(frame: &[u8]) -> [u8; 32] {
    let signed = frame.split_last_chunk::<SIGNATURE_LEN>().map_or(frame, |(signed, _)| signed);
    Sha256::digest(signed).into()
}

impl core::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Exchange")
            .field("me", &self.me)
            .field("expected", &self.expected.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Exchange {
    /// The id of one of this party's own messages.
    pub(super) fn own_id(&self, tag: u64, to: Option<PartyIndex>) -> MessageId {
        self.id(tag, self.me, to).unwrap()
    }

    /// What one of this party's own recorded frames says.
    pub(super) fn read_own(&self, delivery: Delivery, frame: &[u8]) -> Zeroizing<Vec<u8>> {
        match delivery {
            Delivery::Broadcast | Delivery::Signed(_) => {
                let end = frame.len() - super::SIGNATURE_LEN;
                Zeroizing::new(frame[super::HEADER_LEN..end].to_vec())
            }
            Delivery::Private(to) => self.channels[&to].open_own(frame, 0).unwrap(),
            Delivery::Enclosed(_, key) => self.enclosure.as_ref().unwrap().open_own(frame, &key),
        }
    }
}
