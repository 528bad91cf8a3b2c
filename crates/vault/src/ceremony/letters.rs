//! Letters between devices: sealed, numbered, read once.

use std::collections::{BTreeMap, BTreeSet};

use quorate_wire::relay_api::{Message, Namespace, PartyId, SessionId, message_hash};
use quorate_wire::seal::SessionKey;
use rand_core::CryptoRng;

/// The first number of what makes OTs in a quorum change: above what all messages before it have together, in any committee.
const OFFERS: i64 = 10_000;

/// A letter that opened.
pub(super) struct Letter {
    /// The device it says it comes from. The frames inside authenticate themselves.
    pub(super) from: String,
    /// What was sealed.
    pub(super) bytes: Vec<u8>,
}

/// The letters of this device in one relay session.
pub(super) struct Letters {
    session: SessionId,
    me: String,
    /// The next letter's number in each namespace.
    next: BTreeMap<Namespace, i64>,
    read: BTreeSet<(Namespace, String, String)>,
}

impl Letters {
    pub(super) fn new(session: SessionId, me: String) -> Self {
        Self { session, me, next: BTreeMap::new(), read: BTreeSet::new() }
    }

    /// A protocol begins in this namespace: its letters are numbered from 0 (`spec/sealing.md` 3.3). Other clients sort the letters
    /// of all their peers by that number alone. Numbers that went on from an earlier protocol would put this device's
    /// first letter behind a later round of somebody else's, which those clients then read too early, and lose.
    pub(super) fn count_anew(&mut self, namespace: &Namespace) {
        self.next.remove(namespace);
    }

    /// The letters of a frame of this tag come next (`spec/sealing.md` 3.4): whatever a quorum change of the ECDSA key begins
    /// with is to be read before anybody's offers of OTs, and our offers after all of that, though a device that comes new
    /// sends less before them than one that stays.
    pub(super) fn place(&mut self, namespace: &Namespace, tag: u64) {
        match tag {
            10..=14 => self.count_anew(namespace),
            15 | 16 => {
                let next = self.next.entry(namespace.clone()).or_default();
                *next = OFFERS.max(*next);
            }
            _ => {}
        }
    }

    /// Seals `bytes` to one device, for the `copy`-th time after the first. `None` for a name that no relay can carry; no committee has one.
    pub(super) fn letter(
        &mut self,
        key: &SessionKey,
        namespace: &Namespace,
        to: &str,
        bytes: &[u8],
        copy: u64,
        rng: &mut dyn CryptoRng,
    ) -> Option<Message> {
        let next = self.next.entry(namespace.clone()).or_default();
        let sequence_no = *next;
        *next = next.saturating_add(1);
        Some(Message {
            session_id: self.session.clone(),
            from: PartyId::parse(&self.me).ok()?,
            to: vec![PartyId::parse(to).ok()?],
            body: key.seal(bytes, rng),
            // A relay keeps one message of a hash: the same words from two devices must have two.
            // So must the same words a second time, for a reader that remembers the hash and has lost the words.
            hash: match copy {
                0 => message_hash(&[self.me.as_bytes(), bytes].concat()),
                copy => message_hash(&[self.me.as_bytes(), bytes, &copy.to_be_bytes()].concat()),
            },
            sequence_no,
        })
    }

    /// Opens a letter unless it has been read before or is nobody's in this session.
    pub(super) fn open(
        &mut self,
        key: &SessionKey,
        namespace: &Namespace,
        message: &Message,
    ) -> Option<Letter> {
        let id = (namespace.clone(), message.from.to_string(), message.hash.clone());
        if message.from.as_str() == self.me || self.read.contains(&id) {
            return None;
        }
        let bytes = key.open(&message.body).ok()?;
        self.read.insert(id);
        Some(Letter { from: message.from.to_string(), bytes })
    }
}
