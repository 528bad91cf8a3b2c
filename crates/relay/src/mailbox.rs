//! What a relay keeps (`RELAY 2`, `RELAY 3`): lists of parties, mailboxes, single values; each with its lifetime,
//! all of it accounted for.
//!
//! Time comes in as an argument. Whatever is due at `now` is gone before a call looks at anything, so a caller never
//! sees an expired value, however rarely the relay sweeps.

mod expiring_map;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quorate_wire::relay_api::{MAX_PARTIES, Namespace, PartyId, SessionId};

use expiring_map::{Entry, ExpiringMap};

/// How long a list or a mailbox lives after it was last written to.
pub const LIST_LIFETIME: Duration = Duration::from_mins(5);
/// How long a setup message, a payload or a signature lives after it was stored.
pub const VALUE_LIFETIME: Duration = Duration::from_hours(1);

/// What one entry costs beside its contents: more than the longest names and all bookkeeping around them.
const ENTRY_OVERHEAD: usize = 1024;
/// What one message in a mailbox costs beside its own bytes.
const LETTER_OVERHEAD: usize = 96;
/// What one party id in a list costs beside its own bytes.
const NAME_OVERHEAD: usize = 48;

/// How much a relay keeps at most, in accounted bytes: contents and a fixed overhead an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// One mailbox.
    pub mailbox: usize,
    /// Everything of one session.
    pub session: usize,
    /// Everything.
    pub total: usize,
}

impl Default for Quotas {
    /// 4 MiB, 32 MiB, 256 MiB. The largest ceremony that the setup's byte counts allow in practice, 20 devices with
    /// 100 kB for each pair, stays below the first two.
    fn default() -> Self {
        Self { mailbox: 4 << 20, session: 32 << 20, total: 256 << 20 }
    }
}

/// Why something was not stored. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// The list would name more parties than a setup can.
    #[error("more than {MAX_PARTIES} parties in one list")]
    List,
    /// A recipient's mailbox is at its quota.
    #[error("the mailbox is full")]
    Mailbox,
    /// The session is at its quota.
    #[error("the session is full")]
    Session,
    /// The relay is at its quota.
    #[error("the relay is full")]
    Relay,
}

/// One of the three lists of parties that a session has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartyList {
    /// Who has registered, in the order of joining.
    Participants,
    /// The committee, as it was published first.
    Committee,
    /// Who has finished.
    Finished,
}

/// The name of a single value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueKey {
    /// A setup message, or whatever else is put into a setup slot.
    Setup(SessionId, Namespace),
    /// A finished signature.
    Signature(SessionId, Namespace),
    /// A blob under the SHA-256 of its bytes.
    Payload([u8; 32]),
}

impl ValueKey {
    fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Setup(sid, _) | Self::Signature(sid, _) => Some(sid),
            Self::Payload(_) => None,
        }
    }
}

/// A message as a mailbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The sender's name for it; a mailbox takes each only once.
    pub hash: String,
    /// The message as it is served.
    pub json: Bytes,
}

impl Letter {
    fn cost(&self) -> usize {
        LETTER_OVERHEAD + self.hash.len() + self.json.len()
    }
}

/// One recipient's messages in one namespace of a session.
pub type MailboxKey = (SessionId, PartyId, Namespace);

/// How much a relay keeps, for its metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Accounted bytes, out of [`Quotas::total`].
    pub bytes: usize,
    /// Sessions that have anything stored.
    pub sessions: usize,
    /// Lists of parties.
    pub lists: usize,
    /// Mailboxes.
    pub mailboxes: usize,
    /// Setup messages, signatures and payloads.
    pub values: usize,
    /// Entries dropped because their time was over, since the beginning.
    pub expired: u64,
}

/// Everything one relay keeps.
#[derive(Debug)]
pub struct Mailboxes {
    quotas: Quotas,
    lists: ExpiringMap<(SessionId, PartyList), Vec<PartyId>>,
    boxes: ExpiringMap<MailboxKey, Vec<Letter>>,
    values: ExpiringMap<ValueKey, Bytes>,
    by_session: HashMap<SessionId, usize>,
    bytes: usize,
    expired: u64,
}

impl Mailboxes {
    /// An empty relay.
    #[must_use]
    pub fn new(quotas: Quotas) -> Self {
        Self {
            quotas,
            lists: ExpiringMap::new(LIST_LIFETIME),
            boxes: ExpiringMap::new(LIST_LIFETIME),
            values: ExpiringMap::new(VALUE_LIFETIME),
            by_session: HashMap::new(),
            bytes: 0,
            expired: 0,
        }
    }

    /// Adds those of `parties` that the list lacks, in the order given, and lets the list live on.
    ///
    /// # Errors
    ///
    /// [`Full::List`], [`Full::Session`] or [`Full::Relay`].
    pub fn enlist(
        &mut self,
        now: Instant,
        sid: &SessionId,
        which: PartyList,
        parties: &[PartyId],
    ) -> Result<(), Full> {
        self.expire(now);
        let key = (sid.clone(), which);
        let (mut list, held) =
            self.lists.get(&key).map_or_else(Default::default, |e| (e.value.clone(), e.cost));
        for party in parties {
            if !list.contains(party) {
                list.push(party.clone());
            }
        }
        if list.is_empty() {
            return Ok(());
        }
        if list.len() > MAX_PARTIES {
            return Err(Full::List);
        }
        let names: usize = list.iter().map(|party| NAME_OVERHEAD + party.as_str().len()).sum();
        let cost = ENTRY_OVERHEAD + names;
        self.room(Some(sid), cost.saturating_sub(held))?;
        self.settle(Some(sid), held, cost);
        self.lists.put(key, Entry { value: list, cost }, now);
        Ok(())
    }

    /// The list; empty when there is none.
    pub fn list(&mut self, now: Instant, sid: &SessionId, which: PartyList) -> Vec<PartyId> {
        self.expire(now);
        self.lists.get(&(sid.clone(), which)).map(|entry| entry.value.clone()).unwrap_or_default()
    }

    /// Drops the list.
    pub fn disband(&mut self, now: Instant, sid: &SessionId, which: PartyList) {
        self.expire(now);
        if let Some(entry) = self.lists.remove(&(sid.clone(), which)) {
            self.settle(Some(sid), entry.cost, 0);
        }
    }

    /// Appends a copy of `letter` to the mailbox of each recipient that has none with this hash yet.
    ///
    /// A mailbox that has it lives on all the same.
    ///
    /// # Errors
    ///
    /// [`Full::Mailbox`], [`Full::Session`] or [`Full::Relay`]; then nobody has got a copy.
    pub fn post(
        &mut self,
        now: Instant,
        sid: &SessionId,
        namespace: &Namespace,
        to: &[PartyId],
        letter: &Letter,
    ) -> Result<(), Full> {
        self.expire(now);
        let mut deliveries: HashMap<MailboxKey, Delivery> = HashMap::new();
        for recipient in to {
            let key = (sid.clone(), recipient.clone(), namespace.clone());
            let delivery = self.delivery(&key, letter);
            if delivery.held.saturating_add(delivery.added) > self.quotas.mailbox {
                return Err(Full::Mailbox);
            }
            deliveries.insert(key, delivery);
        }
        self.room(Some(sid), deliveries.values().map(|delivery| delivery.added).sum())?;

        for (key, Delivery { held, added, copy }) in deliveries {
            let mut letters = self.boxes.remove(&key).map(|e| e.value).unwrap_or_default();
            letters.extend(copy.then(|| letter.clone()));
            self.settle(Some(sid), held, held + added);
            self.boxes.put(key, Entry { value: letters, cost: held + added }, now);
        }
        Ok(())
    }

    /// The messages of a mailbox as they are served, oldest first; empty when there is none.
    pub fn letters(&mut self, now: Instant, key: &MailboxKey) -> Vec<Bytes> {
        self.expire(now);
        self.boxes
            .get(key)
            .map(|entry| entry.value.iter().map(|letter| letter.json.clone()).collect())
            .unwrap_or_default()
    }

    /// Removes the message with this hash from a mailbox, if it is there. What is left lives on.
    pub fn discard(&mut self, now: Instant, key: &MailboxKey, hash: &str) {
        self.expire(now);
        let Some(Entry { value: mut letters, cost }) = self.boxes.remove(key) else { return };
        let of_hash = letters.extract_if(.., |letter| letter.hash == hash);
        let freed: usize = of_hash.map(|letter| letter.cost()).sum();
        let left = if letters.is_empty() { 0 } else { cost.saturating_sub(freed) };
        self.settle(Some(&key.0), cost, left);
        if !letters.is_empty() {
            self.boxes.put(key.clone(), Entry { value: letters, cost: left }, now);
        }
    }

    /// Stores a single value, in place of an earlier one.
    ///
    /// # Errors
    ///
    /// [`Full::Session`] or [`Full::Relay`]; then the earlier value is still there.
    pub fn store(&mut self, now: Instant, key: ValueKey, value: Bytes) -> Result<(), Full> {
        self.expire(now);
        let held = self.values.get(&key).map_or(0, |entry| entry.cost);
        let cost = ENTRY_OVERHEAD + value.len();
        self.room(key.session(), cost.saturating_sub(held))?;
        self.settle(key.session(), held, cost);
        self.values.put(key, Entry { value, cost }, now);
        Ok(())
    }

    /// A single value, if it is there.
    pub fn fetch(&mut self, now: Instant, key: &ValueKey) -> Option<Bytes> {
        self.expire(now);
        self.values.get(key).map(|entry| entry.value.clone())
    }

    /// Drops everything whose time is over.
    pub fn expire(&mut self, now: Instant) {
        while let Some((key, entry)) = self.lists.take_due(now) {
            self.expired += 1;
            self.settle(Some(&key.0), entry.cost, 0);
        }
        while let Some((key, entry)) = self.boxes.take_due(now) {
            self.expired += 1;
            self.settle(Some(&key.0), entry.cost, 0);
        }
        while let Some((key, entry)) = self.values.take_due(now) {
            self.expired += 1;
            self.settle(key.session(), entry.cost, 0);
        }
    }

    /// How much there is.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats {
            bytes: self.bytes,
            sessions: self.by_session.len(),
            lists: self.lists.len(),
            mailboxes: self.boxes.len(),
            values: self.values.len(),
            expired: self.expired,
        }
    }

    /// What delivering `letter` would change in one mailbox.
    fn delivery(&self, key: &MailboxKey, letter: &Letter) -> Delivery {
        match self.boxes.get(key) {
            Some(entry) if entry.value.iter().any(|other| other.hash == letter.hash) => {
                Delivery { held: entry.cost, added: 0, copy: false }
            }
            Some(entry) => Delivery { held: entry.cost, added: letter.cost(), copy: true },
            None => Delivery { held: 0, added: ENTRY_OVERHEAD + letter.cost(), copy: true },
        }
    }

    /// Whether `more` bytes fit, in the session and in all.
    fn room(&self, sid: Option<&SessionId>, more: usize) -> Result<(), Full> {
        let held = sid.and_then(|sid| self.by_session.get(sid)).copied().unwrap_or_default();
        if sid.is_some() && held.saturating_add(more) > self.quotas.session {
            return Err(Full::Session);
        }
        if self.bytes.saturating_add(more) > self.quotas.total {
            return Err(Full::Relay);
        }
        Ok(())
    }

    /// Books an entry that cost `before` and now costs `after`.
    fn settle(&mut self, sid: Option<&SessionId>, before: usize, after: usize) {
        self.bytes = self.bytes.saturating_sub(before).saturating_add(after);
        let Some(sid) = sid else { return };
        let held = self.by_session.get(sid).copied().unwrap_or_default();
        let held = held.saturating_sub(before).saturating_add(after);
        if held == 0 {
            self.by_session.remove(sid);
        } else {
            self.by_session.insert(sid.clone(), held);
        }
    }
}

/// What one recipient's mailbox costs, what a message adds to it, and whether it is added at all.
struct Delivery {
    held: usize,
    added: usize,
    copy: bool,
}
