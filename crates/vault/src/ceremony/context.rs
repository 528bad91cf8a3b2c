//! What every stage of a ceremony works with: the meeting, the mail, the clock, the effects.

use std::sync::Arc;

use quorate_core::Workers;
use quorate_wire::frame::Frame;
use quorate_wire::hello::Hello;
use quorate_wire::relay_api::{Namespace, PartyId, SessionId};
use quorate_wire::seal::SessionKey;
use rand_core::CryptoRng;

use super::io::{Effect, Event, Millis};
use super::letters::Letters;
use crate::store::{Store, Timestamp};

/// This device, as it comes to a ceremony.
pub struct Device<'a> {
    /// Its party id for a vault that it has no part in yet.
    pub party: String,
    /// What it holds.
    pub store: &'a dyn Store,
    /// The clock.
    pub now: Millis,
    /// The time of day.
    pub today: Timestamp,
    /// How long it waits.
    pub patience: Patience,
    /// Who computes for it: its cores.
    pub workers: Arc<dyn Workers>,
}

/// Who this device is in the meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It made the link.
    Initiator,
    /// It followed a link.
    Joiner {
        /// The initiator's name, where the link tells it; otherwise the first in the lobby.
        initiator: Option<String>,
    },
}

/// Where and as whom a device meets the others.
pub struct Meeting {
    /// The relay session.
    pub session: SessionId,
    /// The key that seals everything in it.
    pub key: SessionKey,
    /// This device's party id.
    pub me: String,
    /// Its role.
    pub role: Role,
}

impl Meeting {
    /// Whether this device made the link.
    pub fn initiates(&self) -> bool {
        self.role == Role::Initiator
    }

    /// The initiator, as far as it is known.
    pub(super) fn initiator_name(&self) -> String {
        match &self.role {
            Role::Initiator => self.me.clone(),
            Role::Joiner { initiator } => {
                initiator.clone().unwrap_or_else(|| "the initiating device".to_owned())
            }
        }
    }
}

/// How long to wait, in milliseconds (CEREMONY 5).
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For devices to come.
    pub lobby: u64,
    /// For the first message of a protocol: it comes only after its sender's person has approved.
    pub consent: u64,
    /// For the next message within a round.
    pub round: u64,
    /// For the whole ceremony.
    pub total: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { lobby: 300_000, consent: 300_000, round: 60_000, total: 900_000 }
    }
}

impl Patience {
    /// `--timeout`: how long to wait in any round, the first one included.
    #[must_use]
    pub fn with_round(self, round: u64) -> Self {
        Self { round, consent: round, ..self }
    }
}

/// How long an abort waits for frames that may still name a culprit (CEREMONY 6).
pub(super) const ABORT_GRACE: u64 = 2_000;
/// How long a link's initiator may be absent before the link counts as expired (CEREMONY 2).
pub(super) const EXPIRY: u64 = 10_000;
/// After this long without news the others' hellos are looked at, and the screen names whom it waits for.
pub(super) const QUIET: u64 = 10_000;
/// After this long without news in a last round, a published result is looked for.
pub(super) const STALLED: u64 = 2_000;
/// How long a protocol waits before it speaks in a mailbox that another one has just used (CEREMONY 8).
pub(super) const BETWEEN: u64 = 1_000;
/// A registration older than this is renewed: relays forget lists after five minutes.
pub(super) const REGISTER_AGAIN: u64 = 120_000;
/// A registration that the relay does not list after this long is renewed.
pub(super) const FORGOTTEN: u64 = 1_000;
/// How long a voter without a certificate looks for one (COMMIT 5).
pub(super) const CERTIFICATE: u64 = 60_000;

/// What stages share.
pub(super) struct Context {
    pub(super) meeting: Meeting,
    pub(super) letters: Letters,
    pub(super) patience: Patience,
    pub(super) workers: Arc<dyn Workers>,
    pub(super) now: Millis,
    pub(super) began: Millis,
    pub(super) wall: Timestamp,
    pub(super) last_news: Millis,
    pub(super) effects: Vec<Effect>,
}

impl Context {
    pub(super) fn new(meeting: Meeting, device: &Device<'_>) -> Self {
        Self {
            letters: Letters::new(meeting.session.clone(), meeting.me.clone()),
            meeting,
            patience: device.patience,
            workers: Arc::clone(&device.workers),
            now: device.now,
            began: device.now,
            wall: device.today,
            last_news: device.now,
            effects: Vec::new(),
        }
    }

    /// Something useful arrived.
    pub(super) fn news(&mut self) {
        self.last_news = self.now;
    }

    pub(super) fn quiet(&self) -> u64 {
        self.now.since(self.last_news)
    }

    pub(super) fn total_elapsed(&self) -> bool {
        self.now.since(self.began) > self.patience.total
    }

    /// The time of day.
    pub(super) fn today(&self) -> Timestamp {
        Timestamp(self.wall.0.saturating_add(self.now.since(self.began) / 1_000))
    }

    pub(super) fn show(&mut self, event: Event) {
        self.effects.push(Effect::Show(event));
    }

    /// Seals `bytes` to one device.
    pub(super) fn post(
        &mut self,
        namespace: &Namespace,
        to: &str,
        bytes: &[u8],
        rng: &mut dyn CryptoRng,
    ) {
        self.post_copy(namespace, to, bytes, 0, rng);
    }

    /// Seals to one device what it has been sent before, for the `copy`-th time after the first.
    pub(super) fn post_copy(
        &mut self,
        namespace: &Namespace,
        to: &str,
        bytes: &[u8],
        copy: u64,
        rng: &mut dyn CryptoRng,
    ) {
        let key = &self.meeting.key;
        if let Some(message) = self.letters.letter(key, namespace, to, bytes, copy, rng) {
            self.effects.push(Effect::Post(namespace.clone(), message));
        }
    }

    /// Posts frames. A broadcast goes to everybody else, one letter each, as all clients do.
    pub(super) fn post_frames(
        &mut self,
        names: &[String],
        namespace: &Namespace,
        frames: Vec<Frame>,
        rng: &mut dyn CryptoRng,
    ) {
        let me = self.meeting.me.clone();
        for frame in frames {
            self.letters.place(namespace, frame.tag);
            let receivers: Vec<&String> = match frame.to {
                Some(to) => names.get(usize::from(to)).into_iter().collect(),
                None => names.iter().filter(|name| **name != me).collect(),
            };
            for to in receivers {
                self.post(namespace, to, &frame.bytes, rng);
            }
        }
    }

    /// Stores a sealed setup message.
    pub(super) fn put_setup(
        &mut self,
        namespace: &Namespace,
        bytes: &[u8],
        rng: &mut dyn CryptoRng,
    ) {
        let body = self.meeting.key.seal(bytes, rng);
        self.effects.push(Effect::PutSetup(namespace.clone(), body));
    }

    /// Says hello, or overwrites the hello.
    pub(super) fn say(&mut self, hello: &Hello, rng: &mut dyn CryptoRng) {
        let namespace = hello_slot(&self.meeting.me);
        self.put_setup(&namespace, &hello.to_json(), rng);
    }

    pub(super) fn say_gone(&mut self, reason: &'static str, rng: &mut dyn CryptoRng) {
        self.say(&Hello::Gone(reason.to_owned()), rng);
    }

    /// Reads a hello. `None` for anything that is not one: the slot may hold anybody's bytes.
    pub(super) fn read_hello(&self, body: Option<&String>) -> Option<Hello> {
        Hello::from_json(&self.meeting.key.open(body?).ok()?)
    }
}

/// The slot in which a device says hello.
pub(super) fn hello_slot(party: &str) -> Namespace {
    PartyId::parse(party).map(|party| Namespace::hello(&party)).unwrap_or_default()
}
