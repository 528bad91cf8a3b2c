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
pub struct Relay {
    pub participants: Vec<String>,
    pub started: Vec<String>,
    pub completed: BTreeSet<String>,
    pub setups: BTreeMap<Namespace, String>,
    pub mailboxes: BTreeMap<(String, Namespace), Vec<Message>>,
    pub results: BTreeMap<Namespace, String>,
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
        }
    }
}

/// One device: its store, its person, its part in the ceremony.
pub struct Device<S> {
    pub me: String,
    pub store: S,
    pub ceremony: Option<Ceremony>,
    pub says: Decision,
    pub asked: Vec<Request>,
    pub events: Vec<Event>,
    /// Its process died: it does nothing more, and its ceremony is gone.
    pub dead: bool,
    pub outcome: Option<Result<Outcome, Failure>>,
}

impl<S> Device<S> {
    pub fn new(me: &str, store: S) -> Self {
        Self {
            me: me.to_owned(),
            store,
            ceremony: None,
            says: Decision::Approve,
            asked: Vec::new(),
            events: Vec::new(),
            dead: false,
            outcome: None,
        }
    }
}

/// Everything there is.
pub struct World<S> {
    pub relay: Relay,
    pub devices: Vec<Device<S>>,
    pub now: Millis,
    pub rng: ChaCha20Rng,
    /// May change or drop a message on its way.
    pub tamper: Box<dyn FnMut(&Namespace, Message) -> Option<Message>>,
}

impl<S: Store> World<S> {
    pub fn new(seed: u64) -> Self {
        Self {
            relay: Relay::default(),
            devices: Vec::new(),
            now: Millis(1_000),
            rng: ChaCha20Rng::seed_from_u64(seed),
            tamper: Box::new(|_, message| Some(message)),
        }
    }

    /// Runs until every living device has an outcome, or `limit` simulated milliseconds have passed.
    pub fn run(&mut self, limit: u64) {
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
        let me = self.devices[index].me.clone();
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
    pub fn perform(&mut self, index: usize, ceremony: &mut Ceremony) -> bool {
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
                                mailbox.push(message.clone());
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
                        let says = self.devices[index].says;
                        ceremony.decide(self.now, says, &mut self.rng);
                    }
                    Effect::Show(event) => self.devices[index].events.push(event),
                }
            }
        }
    }
}
