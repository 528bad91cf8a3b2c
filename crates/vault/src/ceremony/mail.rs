//! Letters between devices: sealed, numbered, read once.

use std::collections::BTreeSet;

use quorate_wire::relay_api::{Message, Namespace, PartyId, SessionId, message_hash};
use quorate_wire::seal::SessionKey;
use rand_core::CryptoRng;

/// A letter that opened.
pub(super) struct Letter {
    /// The device it says it comes from. The frames inside authenticate themselves.
    pub(super) from: String,
    /// What was sealed.
    pub(super) bytes: Vec<u8>,
}

/// This device's mail in one relay session.
pub(super) struct Mail {
    session: SessionId,
    me: String,
    sequence: i64,
    read: BTreeSet<(Namespace, String, String)>,
}

impl Mail {
    pub(super) fn new(session: SessionId, me: String) -> Self {
        Self { session, me, sequence: 0, read: BTreeSet::new() }
    }

    /// Seals `bytes` to one device, for the `copy`-th time after the first. `None` for a name that no relay can carry; no committee has one.
    pub(super) fn letter(
        &mut self,
        key: &SessionKey,
        to: &str,
        bytes: &[u8],
        copy: u64,
        rng: &mut dyn CryptoRng,
    ) -> Option<Message> {
        self.sequence = self.sequence.saturating_add(1);
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
            sequence_no: self.sequence,
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
