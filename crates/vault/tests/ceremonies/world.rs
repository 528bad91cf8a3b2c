//! A relay, devices and people in one thread: ceremonies in a seeded order, with whatever goes wrong.

use std::collections::{BTreeMap, BTreeSet};

use quorate_vault::ceremony::{
    Answer, Ceremony, Decision, Effect, Event, Millis, Outcome, Request, Suite, Want,
};
use quorate_vault::failure::Failure;
use quorate_vault::store::Store;
use quorate_wire::relay_api::{Message, Namespace};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// A relay's memory of one session.
#[derive(Default)]
pub(crate) struct Relay {
    pub(crate) ways: Ways,
    pub(crate) participants: Vec<String>,
    pub(crate) started: Vec<String>,
    pub(crate) completed: BTreeSet<String>,
    pub(crate) setups: BTreeMap<Namespace, String>,
    pub(crate) mailboxes: BTreeMap<(String, Namespace), Vec<Message>>,
    pub(crate) results: BTreeMap<Namespace, String>,
}

/// What relays of the field do otherwise (`spec/clients.md`).
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent oddities")]
pub(crate) struct Ways {
    /// A later list of the committee takes the place of the first.
    pub(crate) replaces_start: bool,
    /// What is read without a namespace is everything there is for the reader.
    pub(crate) returns_everything: bool,
    /// The newest message first.
    pub(crate) newest_first: bool,
    /// Nothing is ever removed from a mailbox.
    pub(crate) keeps_mail: bool,
    /// Every message is there twice, under two hashes.
    pub(crate) echoes: bool,
}

impl Relay {
    fn mailbox(&self, me: &str, namespace: &Namespace) -> Vec<Message> {
        let everything = self.ways.returns_everything && *namespace == Namespace::default();
        let boxes = self.mailboxes.iter();
        let mut mail: Vec<Message> = boxes
            .filter(|((party, of), _)| party == me && (everything || of == namespace))
            .flat_map(|(_, mail)| mail.clone())
            .collect();
        if self.ways.newest_first {
            mail.reverse();
        }
        mail
    }

    fn append(&mut self, namespace: &Namespace, message: &Message) {
        for to in &message.to {
            let mailbox = self.mailboxes.entry((to.to_string(), namespace.clone())).or_default();
            // As relays do (RELAY 1.7).
            if mailbox.iter().all(|held| held.hash != message.hash) {
                mailbox.push(message.clone());
            }
        }
        if self.ways.echoes && !message.hash.ends_with("again") {
            let hash = format!("{} again", message.hash);
            self.append(namespace, &Message { hash, ..message.clone() });
        }
    }

    fn start(&mut self, committee: Vec<String>) {
        if self.ways.replaces_start {
            self.started = committee;
            return;
        }
        for party in committee {
            if !self.started.contains(&party) {
                self.started.push(party);
            }
        }
    }

    fn answer(&self, me: &str, want: Want) -> Answer {
        match want {
            Want::Participants => Answer::Participants(self.participants.clone()),
            Want::Started => Answer::Started(self.started.clone()),
            Want::Setup(slot) => {
                let body = self.setups.get(&slot).cloned();
                Answer::Setup(slot, body)
            }
            Want::Mailbox(namespace) => {
                let mail = self.mailbox(me, &namespace);
                Answer::Mailbox(namespace, mail)
            }
            Want::Result(id) => {
                let body = self.results.get(&id).cloned();
                Answer::Result(id, body)
            }
            Want::Finished => Answer::Finished(self.completed.iter().cloned().collect()),
        }
    }
}

/// What other clients do otherwise than our devices (`spec/clients.md`).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habits {
    /// It says nothing of itself: no hello, and none of why it leaves.
    pub(crate) wordless: bool,
    /// It loses what is for the second key while it is at the first.
    pub(crate) loses_early: bool,
    /// It publishes the committee as well, by name, as soon as so many are there.
    pub(crate) starts_with: Option<usize>,
    /// It makes each setup of an import when that key's turn has come.
    pub(crate) late_setups: bool,
    pub(crate) completes: Completes,
}

/// When a device says that it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Completes {
    #[default]
    AtOnce,
    /// So many milliseconds later.
    Late(u64),
    Never,
}

impl Habits {
    /// Those of the phones.
    pub(crate) const PHONE: Self = Self {
        wordless: true,
        loses_early: true,
        starts_with: None,
        late_setups: false,
        completes: Completes::AtOnce,
    };
}

/// One device: its store, its person, its part in the ceremony.
pub(crate) struct Device<S> {
    pub(crate) me: String,
    pub(crate) store: S,
    pub(crate) ceremony: Option<Ceremony>,
    pub(crate) says: Decision,
    pub(crate) habits: Habits,
    /// The hashes of what it has had and lost: it will not look at them again.
    lost: BTreeSet<String>,
    /// Setups whose turn has not come.
    held: Vec<(Namespace, String)>,
    completes_at: Option<Millis>,
    /// How long its person takes to say it, in milliseconds.
    pub(crate) thinks: u64,
    answers_at: Option<Millis>,
    pub(crate) asked: Vec<Request>,
    pub(crate) events: Vec<Event>,
    /// Its process died: it does nothing more, and its ceremony is gone.
    pub(crate) dead: bool,
    pub(crate) outcome: Option<Result<Outcome, Failure>>,
}

impl<S> Device<S> {
    pub(crate) fn new(me: &str, store: S) -> Self {
        Self {
            me: me.to_owned(),
            store,
            ceremony: None,
            says: Decision::Approve,
            habits: Habits::default(),
            lost: BTreeSet::new(),
            held: Vec::new(),
            completes_at: None,
            thinks: 0,
            answers_at: None,
            asked: Vec::new(),
            events: Vec::new(),
            dead: false,
            outcome: None,
        }
    }

    /// Which key it makes or uses at present.
    pub(crate) fn key(&self) -> Option<Suite> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Progress { key, .. } => Some(*key),
            _ => None,
        })
    }

    /// The setups that it has held back for the key that it makes at present.
    fn setups_of_the_hour(&mut self) -> Vec<(Namespace, String)> {
        let slot = self.events.iter().rev().find_map(|event| match event {
            Event::Progress { chain: Some(chain), .. } => Some(Namespace::parse(chain).unwrap()),
            Event::Progress { key: Suite::Eddsa, .. } => Some(Namespace::eddsa_import()),
            Event::Progress { .. } => Some(Namespace::default()),
            _ => None,
        });
        self.held.extract_if(.., |(held, _)| Some(&*held) == slot.as_ref()).collect()
    }
}

/// What happens to a message on its way: it may be changed, or lost.
pub(crate) type Tamper = Box<dyn FnMut(&Namespace, Message) -> Option<Message>>;

/// What happens to a setup on its way: it may be changed, or lost.
pub(crate) type TamperSetup = Box<dyn FnMut(&Namespace, String) -> Option<String>>;

/// Everything there is.
pub(crate) struct World<S> {
    pub(crate) relay: Relay,
    pub(crate) devices: Vec<Device<S>>,
    pub(crate) now: Millis,
    pub(crate) rng: ChaCha20Rng,
    /// Who is served first. Not what the devices draw from: how much that is must not change the order.
    turns: ChaCha20Rng,
    /// May change or drop a message on its way.
    pub(crate) tamper: Tamper,
    /// May change or drop a setup message on its way.
    pub(crate) tamper_setup: TamperSetup,
}

impl<S: Store> World<S> {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            relay: Relay::default(),
            devices: Vec::new(),
            now: Millis(1_000),
            rng: ChaCha20Rng::seed_from_u64(seed),
            turns: ChaCha20Rng::seed_from_u64(!seed),
            tamper: Box::new(|_, message| Some(message)),
            tamper_setup: Box::new(|_, body| Some(body)),
        }
    }

    /// Runs until every living device has an outcome, or `limit` simulated milliseconds have passed.
    pub(crate) fn run(&mut self, limit: u64) {
        let end = self.now.0 + limit;
        while self.now.0 < end
            && self.devices.iter().any(|d| !d.dead && d.outcome.is_none() && d.ceremony.is_some())
        {
            self.complete_late();
            for device in &mut self.devices {
                self.relay.setups.extend(device.setups_of_the_hour());
            }
            let start = usize::try_from(self.turns.next_u32()).unwrap() % self.devices.len();
            for turn in 0..self.devices.len() {
                self.turn((start + turn) % self.devices.len());
            }
            self.now = Millis(self.now.0 + 100);
        }
    }

    fn complete_late(&mut self) {
        for device in &mut self.devices {
            if device.completes_at.take_if(|at| *at <= self.now).is_some() {
                self.relay.completed.insert(device.me.clone());
            }
        }
    }

    /// Whether a message comes before its receiver can use it, and the receiver is one that loses such; or has come before
    /// and was lost then.
    fn is_lost(&mut self, from: usize, message: &Message) -> bool {
        let ahead = self.devices[from].key();
        let to = message.to[0].as_str();
        let Some(receiver) = self.devices.iter_mut().find(|device| device.me == to) else {
            return false;
        };
        let early = (ahead, receiver.key()) == (Some(Suite::Eddsa), Some(Suite::Ecdsa));
        if receiver.habits.loses_early && early {
            receiver.lost.insert(message.hash.clone());
        }
        receiver.lost.contains(&message.hash)
    }

    fn turn(&mut self, index: usize) {
        if self.devices[index].dead || self.devices[index].outcome.is_some() {
            return;
        }
        let Some(mut ceremony) = self.devices[index].ceremony.take() else { return };
        let device = &mut self.devices[index];
        let full = device.habits.starts_with.filter(|&n| self.relay.participants.len() >= n);
        if full.is_some() {
            device.habits.starts_with = None;
            let mut committee = self.relay.participants.clone();
            committee.sort();
            self.relay.start(committee);
        }
        if device.answers_at.take_if(|at| *at <= self.now).is_some() {
            ceremony.decide(self.now, device.says, &mut self.rng);
        }
        let me = device.me.clone();
        for want in ceremony.wants() {
            let answer = self.relay.answer(&me, want);
            ceremony.answer(self.now, answer, &mut self.rng);
            if !self.perform(index, &mut ceremony) {
                return;
            }
        }
        ceremony.tick(self.now, &mut self.rng);
        if !self.perform(index, &mut ceremony) {
            return;
        }
        if let Some(outcome) = ceremony.outcome() {
            self.devices[index].outcome = Some(outcome.clone());
        }
        self.devices[index].ceremony = Some(ceremony);
    }

    /// Performs effects in order. `false` if the device died.
    pub(crate) fn perform(&mut self, index: usize, ceremony: &mut Ceremony) -> bool {
        loop {
            let effects = ceremony.take_effects();
            if effects.is_empty() {
                return true;
            }
            for effect in effects {
                let me = self.devices[index].me.clone();
                match effect {
                    Effect::Register => {
                        if !self.relay.participants.contains(&me) {
                            self.relay.participants.push(me);
                        }
                    }
                    Effect::Start(committee) => self.relay.start(committee),
                    Effect::PutSetup(slot, _)
                        if slot == hello_slot(&me) && self.devices[index].habits.wordless => {}
                    Effect::PutSetup(slot, body) => {
                        let device = &mut self.devices[index];
                        let Some(body) = (self.tamper_setup)(&slot, body) else { continue };
                        if device.habits.late_setups && slot != Namespace::default() {
                            device.held.push((slot, body));
                        } else {
                            self.relay.setups.insert(slot, body);
                        }
                    }
                    Effect::Post(namespace, message) => {
                        if let Some(message) = (self.tamper)(&namespace, message)
                            && !self.is_lost(index, &message)
                        {
                            self.relay.append(&namespace, &message);
                        }
                    }
                    Effect::Delete(namespace, hash) => {
                        let mailbox = self.relay.mailboxes.get_mut(&(me, namespace));
                        if let Some(mailbox) = mailbox.filter(|_| !self.relay.ways.keeps_mail) {
                            mailbox.retain(|message| message.hash != hash);
                        }
                    }
                    Effect::PublishResult(id, body) => {
                        self.relay.results.insert(id, body);
                    }
                    Effect::Complete => match self.devices[index].habits.completes {
                        Completes::AtOnce => {
                            self.relay.completed.insert(me);
                        }
                        Completes::Late(by) => {
                            self.devices[index].completes_at = Some(Millis(self.now.0 + by));
                        }
                        Completes::Never => {}
                    },
                    Effect::Persist(change) => {
                        if let Err(error) = self.devices[index].store.commit(change) {
                            if error.to_string().contains("the device died") {
                                self.devices[index].dead = true;
                                return false;
                            }
                            ceremony.store_failed(self.now, &error, &mut self.rng);
                            break;
                        }
                    }
                    Effect::Ask(request) => {
                        self.devices[index].asked.push(request);
                        let device = &mut self.devices[index];
                        if device.thinks > 0 {
                            device.answers_at = Some(Millis(self.now.0 + device.thinks));
                        } else {
                            ceremony.decide(self.now, device.says, &mut self.rng);
                        }
                    }
                    Effect::Show(event) => self.devices[index].events.push(event),
                }
            }
        }
    }
}

/// Where a device says hello.
pub(crate) fn hello_slot(party: &str) -> Namespace {
    Namespace::hello(&quorate_wire::relay_api::PartyId::parse(party).unwrap())
}
