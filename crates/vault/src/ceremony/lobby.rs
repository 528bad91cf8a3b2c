//! The lobby: devices come, say hello, and the initiator says who takes part (CEREMONY 1 to 3).

use std::collections::BTreeMap;

use quorate_wire::hello::{Hello, Presence};
use rand_core::CryptoRng;

use super::consent::AwaitingSetup;
use super::desk::{Desk, EXPIRY, FORGOTTEN, REGISTER_AGAIN, Role, hello_slot};
use super::running::peer_left;
use super::task::{Task, certified};
use super::{Answer, Effect, Event, Millis, Stage, Want};
use crate::failure::{Failure, Kind};
use crate::store::{Change, State};

/// Devices gather.
pub(super) struct Lobby {
    task: Task,
    present: Vec<String>,
    hellos: BTreeMap<String, Presence>,
    gone: Vec<String>,
    registered: Option<Millis>,
    /// A joiner found its own name in the list before it registered.
    listed_already: bool,
}

impl Lobby {
    /// Opens the lobby. The initiator registers at once; a joiner looks around first.
    pub(super) fn open(desk: &mut Desk, task: Task, rng: &mut dyn CryptoRng) -> Self {
        let mut lobby = Self {
            task,
            present: Vec::new(),
            hellos: BTreeMap::new(),
            gone: Vec::new(),
            registered: None,
            listed_already: false,
        };
        if desk.meeting.initiates() {
            lobby.register(desk, rng);
        }
        lobby
    }

    pub(super) fn wants(&self, desk: &Desk) -> Vec<Want> {
        let mut wants = vec![Want::Participants];
        if !desk.meeting.initiates() && self.registered.is_some() {
            wants.push(Want::Started);
        }
        if let Task::Resume(commit) = &self.task {
            wants.push(Want::Result(commit.result_id()));
        }
        let me = &desk.meeting.me;
        if self.listed_already {
            wants.push(Want::Setup(hello_slot(me)));
        }
        if self.registered.is_some() {
            let others =
                self.present.iter().filter(|party| *party != me && !self.gone.contains(party));
            wants.extend(others.map(|party| Want::Setup(hello_slot(party))));
        }
        wants
    }

    pub(super) fn answer(
        mut self,
        desk: &mut Desk,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        match answer {
            Answer::Participants(list) => self.gathered(desk, list, rng),
            Answer::Started(committee) if !committee.is_empty() => {
                self.started(desk, committee, rng)
            }
            Answer::Result(id, Some(body)) => match self.task {
                Task::Resume(commit) if commit.result_id() == id => match commit.published(&body) {
                    Some(signature) => commit.activate(desk, signature),
                    None => Stage::Lobby(Self { task: Task::Resume(commit), ..self }),
                },
                task => Stage::Lobby(Self { task, ..self }),
            },
            Answer::Setup(slot, body) => {
                if slot == hello_slot(&desk.meeting.me) {
                    return self.own_slot(desk, body.as_ref(), rng);
                }
                let Some(party) =
                    self.present.iter().find(|party| hello_slot(party) == slot).cloned()
                else {
                    return Stage::Lobby(self);
                };
                match desk.read_hello(body.as_ref()) {
                    Some(Hello::Here(presence)) => {
                        if let Task::Resume(commit) = self.task {
                            return match certified(&commit.sharing, presence.certificate) {
                                Some(certificate) => commit.activate(desk, certificate),
                                None => Self { task: Task::Resume(commit), ..self }
                                    .said_hello(desk, party, presence, rng),
                            };
                        }
                        self.learn(desk, &presence);
                        self.said_hello(desk, party, presence, rng)
                    }
                    Some(Hello::Gone(reason)) => self.left(desk, party, &reason),
                    None => Stage::Lobby(self),
                }
            }
            _ => Stage::Lobby(self),
        }
    }

    fn said_hello(
        mut self,
        desk: &mut Desk,
        party: String,
        presence: Presence,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if self.hellos.insert(party, presence).is_none() {
            desk.news();
        }
        self.start_if_ready(desk, rng)
    }

    pub(super) fn tick(mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        if let Some(at) = self.registered
            && desk.now.since(at) > REGISTER_AGAIN
        {
            self.register(desk, rng);
        }
        if self.registered.is_none() && desk.now.since(desk.began) > EXPIRY {
            return Stage::Over(Err(Failure::new(
                Kind::NotFound,
                "nobody is waiting at this link: it has expired, or its ceremony is over",
                "ask the initiating device for a fresh link",
            )));
        }
        if desk.quiet() <= desk.patience.lobby {
            return Stage::Lobby(self);
        }
        let seconds = desk.patience.lobby / 1_000;
        let others: Vec<&str> = self
            .present
            .iter()
            .filter(|party| **party != desk.meeting.me)
            .map(String::as_str)
            .collect();
        let message = if others.is_empty() {
            format!("no other device joined within {seconds} s ({} needed)", self.task.needed())
        } else if !desk.meeting.initiates() && self.ready(desk).len() >= self.task.needed() {
            let initiator = desk.meeting.initiator_name();
            format!("enough devices were there, but {initiator} did not start for {seconds} s")
        } else {
            format!(
                "only {} of {} devices were ready after {seconds} s; here: {}",
                self.ready(desk).len(),
                self.task.needed(),
                others.join(", ")
            )
        };
        desk.say_gone("interrupted", rng);
        Stage::Over(Err(Failure::new(
            Kind::Silent,
            message,
            "open the link on the other devices while this one waits; start again",
        )))
    }

    pub(super) fn awaiting(&self, desk: &Desk) -> Vec<String> {
        let silent: Vec<String> = self
            .present
            .iter()
            .filter(|party| **party != desk.meeting.me && !self.is_ready(party))
            .cloned()
            .collect();
        if desk.meeting.initiates() || self.registered.is_none() {
            silent
        } else {
            vec![desk.meeting.initiator_name()]
        }
    }

    fn register(&mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        self.registered = Some(desk.now);
        desk.effects.push(Effect::Register);
        desk.say(&Hello::Here(self.task.presence()), rng);
    }

    /// CEREMONY 1 and 2.
    fn gathered(mut self, desk: &mut Desk, list: Vec<String>, rng: &mut dyn CryptoRng) -> Stage {
        let Some(at) = self.registered else {
            return self.look_around(desk, &list, rng);
        };
        // The relay has forgotten us: it was started anew, and knows none of our words either.
        if !list.contains(&desk.meeting.me) && desk.now.since(at) > FORGOTTEN {
            self.register(desk, rng);
        }
        for party in list {
            if self.present.contains(&party) {
                continue;
            }
            self.present.push(party.clone());
            if party != desk.meeting.me {
                desk.news();
            }
            let count = self.present.len();
            desk.show(Event::Joined { party, count, needed: self.task.needed() });
        }
        if !desk.meeting.initiates() {
            return Stage::Lobby(self);
        }
        match self.task.admits(&self.present, false) {
            Ok(()) => self.start_if_ready(desk, rng),
            Err(failure) => {
                desk.say_gone("interrupted", rng);
                Stage::Over(Err(failure))
            }
        }
    }

    /// A joiner enters only a lobby in which the initiator waits and that has a place for it.
    fn look_around(mut self, desk: &mut Desk, list: &[String], rng: &mut dyn CryptoRng) -> Stage {
        if list.contains(&desk.meeting.me) {
            self.listed_already = true;
            return Stage::Lobby(self);
        }
        let Role::Joiner { initiator } = &mut desk.meeting.role else { return Stage::Lobby(self) };
        let Some(first) = list.first() else { return Stage::Lobby(self) };
        let waiting = initiator.get_or_insert_with(|| first.clone()).clone();
        if !list.contains(&waiting) {
            return Stage::Lobby(self);
        }
        if self.task.is_full(list.len()) {
            return Stage::Over(Err(Failure::new(
                Kind::Surplus,
                format!("all {} devices of this ceremony have joined already", self.task.needed()),
                "if this device belongs to them, start again with fewer others",
            )));
        }
        self.register(desk, rng);
        desk.news();
        Stage::Lobby(self)
    }

    /// Our name is in the list though we have not registered: ourselves before a Ctrl-C, or ourselves as initiator.
    fn own_slot(
        mut self,
        desk: &mut Desk,
        body: Option<&String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if self.registered.is_some() {
            return Stage::Lobby(self);
        }
        match desk.read_hello(body) {
            Some(Hello::Gone(_)) => {
                self.listed_already = false;
                self.register(desk, rng);
                Stage::Lobby(self)
            }
            Some(Hello::Here(_)) | None => Stage::Over(Err(Failure::new(
                Kind::Invalid,
                format!(
                    "{} is in this ceremony already: this is its own link, or a device of the same name joined",
                    desk.meeting.me
                ),
                "open the link on another device; if this device was cut off, start a new ceremony",
            ))),
        }
    }

    /// A certificate seen in a hello activates the sharing it names (COMMIT 6).
    fn learn(&mut self, desk: &mut Desk, presence: &Presence) {
        let Some((name, sharing)) = self.task.uncertified() else { return };
        let Some(certificate) = certified(sharing, presence.certificate) else { return };
        sharing.state = State::Active;
        sharing.certificate = Some(certificate.to_vec());
        let event = Event::Activated { vault: name.to_owned(), epoch: sharing.epoch };
        let change = Change::Activate { fsid: sharing.fsid, certificate: certificate.to_vec() };
        desk.effects.push(Effect::Persist(change));
        desk.show(event);
    }

    /// This device leaves without a word: the others read the same hello, and are to name who left first.
    fn left(mut self, desk: &Desk, party: String, reason: &str) -> Stage {
        let initiator_left = !desk.meeting.initiates() && desk.meeting.initiator_name() == party;
        if self.task.takes_everyone() || initiator_left {
            return Stage::Over(Err(peer_left(&party, reason)));
        }
        self.hellos.remove(&party);
        self.gone.push(party);
        Stage::Lobby(self)
    }

    fn ready(&self, desk: &Desk) -> Vec<String> {
        let me = &desk.meeting.me;
        let others = self.present.iter().filter(|party| *party != me && self.is_ready(party));
        core::iter::once(me).chain(others).cloned().collect()
    }

    /// Whether a device that has registered is ready. Other clients do not say.
    fn is_ready(&self, party: &String) -> bool {
        self.hellos.contains_key(party) || (self.task.is_open() && !self.gone.contains(party))
    }

    /// CEREMONY 3: the initiator publishes the committee once, itself first.
    fn start_if_ready(self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        if !desk.meeting.initiates() {
            return Stage::Lobby(self);
        }
        let committee = self.ready(desk);
        let complete = committee.len() >= self.task.needed()
            && (!self.task.takes_everyone() || committee.len() == self.present.len());
        if !complete {
            return Stage::Lobby(self);
        }
        if let Err(failure) = self.task.admits(&committee, true) {
            desk.say_gone("interrupted", rng);
            return Stage::Over(Err(failure));
        }
        desk.news();
        desk.effects.push(Effect::Start(committee.clone()));
        AwaitingSetup::open(desk, self.task, committee, rng)
    }

    fn started(
        mut self,
        desk: &mut Desk,
        committee: Vec<String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if desk.meeting.initiates() {
            return Stage::Lobby(self);
        }
        let refuse = |failure| Stage::Over(Err(failure));
        if !committee.contains(&desk.meeting.me) {
            return refuse(Failure::new(
                Kind::Surplus,
                "the ceremony started without this device: enough others were there",
                "nothing to do here; join the next one earlier",
            ));
        }
        if let Err(failure) = self.task.joins(&committee) {
            desk.say_gone("refused", rng);
            return refuse(failure);
        }
        // Somebody among them may bring the certificate that this device lacks: read every hello first.
        let unread = committee
            .iter()
            .any(|party| *party != desk.meeting.me && !self.hellos.contains_key(party));
        if unread && self.task.uncertified().is_some() {
            return Stage::Lobby(self);
        }
        desk.news();
        AwaitingSetup::open(desk, self.task, committee, rng)
    }
}
