//! A relay, devices and people in one thread: ceremonies in a seeded order, with whatever goes wrong.

use std::collections::{BTreeMap, BTreeSet};

use quorate_vault::ceremony::{
    Answer, Ceremony, Decision, Effect, Event, Millis, Outcome, Request, Want,
};
use quorate_vault::failure::Failure;
use quorate_vault::store::Store;
use quorate_wire::relay_api::{Message, Namespace};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// A relay's memory of one session.
#[derive(Default)]
pub(crate) struct Relay {
    pub(crate) participants: Vec<String>,
    pub(crate) started: Vec<String>,
    pub(crate) completed: BTreeSet<String>,
    pub(crate) setups: BTreeMap<Namespace, String>,
    pub(crate) mailboxes: BTreeMap<(String, Namespace), Vec<Message>>,
    pub(crate) results: BTreeMap<Namespace, String>,
}

impl Relay {
    fn answer(&self, me: &str, want: Want) -> Answer {
        match want {
            Want::Participants => Answer::Participants(self.participants.clone()),
            Want::Started => Answer::Started(self.started.clone()),
            Want::Setup(slot) => {
                let body = self.setups.get(&slot).cloned();
                Answer::Setup(slot, body)
            }
            Want::Mailbox(namespace) => {
                let mail = self
                    .mailboxes
                    .get(&(me.to_owned(), namespace.clone()))
                    .cloned()
                    .unwrap_or_default();
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

/// One device: its store, its person, its part in the ceremony.
pub(crate) struct Device<S> {
    pub(crate) me: String,
    pub(crate) store: S,
    pub(crate) ceremony: Option<Ceremony>,
    pub(crate) says: Decision,
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
            thinks: 0,
            answers_at: None,
            asked: Vec::new(),
            events: Vec::new(),
            dead: false,
            outcome: None,
        }
    }
}

/// What happens to a message on its way: it may be changed, or lost.
pub(crate) type Tamper = Box<dyn FnMut(&Namespace, Message) -> Option<Message>>;

/// Everything there is.
pub(crate) struct World<S> {
    pub(crate) relay: Relay,
    pub(crate) devices: Vec<Device<S>>,
    pub(crate) now: Millis,
    pub(crate) rng: ChaCha20Rng,
    /// May change or drop a message on its way.
    pub(crate) tamper: Tamper,
}

impl<S: Store> World<S> {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            relay: Relay::default(),
            devices: Vec::new(),
            now: Millis(1_000),
            rng: ChaCha20Rng::seed_from_u64(seed),
            tamper: Box::new(|_, message| Some(message)),
        }
    }

    /// Runs until every living device has an outcome, or `limit` simulated milliseconds have passed.
    pub(crate) fn run(&mut self, limit: u64) {
        let end = self.now.0 + limit;
        while self.now.0 < end
            && self.devices.iter().any(|d| !d.dead && d.outcome.is_none() && d.ceremony.is_some())
        {
            let start = usize::try_from(self.rng.next_u32()).unwrap() % self.devices.len();
            for turn in 0..self.devices.len() {
                self.turn((start + turn) % self.devices.len());
            }
            self.now = Millis(self.now.0 + 100);
        }
    }

    fn turn(&mut self, index: usize) {
        if self.devices[index].dead || self.devices[index].outcome.is_some() {
            return;
        }
        let Some(mut ceremony) = self.devices[index].ceremony.take() else { return };
        let device = &mut self.devices[index];
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
                    Effect::Start(committee) => self.relay.started = committee,
                    Effect::PutSetup(slot, body) => {
                        self.relay.setups.insert(slot, body);
                    }
                    Effect::Post(namespace, message) => {
                        if let Some(message) = (self.tamper)(&namespace, message) {
                            for to in &message.to {
                                let mailbox = self
                                    .relay
                                    .mailboxes
                                    .entry((to.to_string(), namespace.clone()))
                                    .or_default();
                                // As relays do (RELAY 1.7).
                                if mailbox.iter().all(|held| held.hash != message.hash) {
                                    mailbox.push(message.clone());
                                }
                            }
                        }
                    }
                    Effect::Delete(namespace, hash) => {
                        if let Some(mailbox) = self.relay.mailboxes.get_mut(&(me, namespace)) {
                            mailbox.retain(|message| message.hash != hash);
                        }
                    }
                    Effect::PublishResult(id, body) => {
                        self.relay.results.insert(id, body);
                    }
                    Effect::Complete => {
                        self.relay.completed.insert(me);
                    }
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
