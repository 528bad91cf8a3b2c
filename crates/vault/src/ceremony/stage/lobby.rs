//! The lobby: devices come, say hello, and the initiator says who takes part (CEREMONY 1 to 3).

use std::collections::BTreeMap;

use quorate_wire::hello::{Hello, Presence};
use rand_core::CryptoRng;

use super::consent::AwaitingSetup;
use super::{Stage, commit};
use crate::ceremony::context::{Context, EXPIRY, FORGOTTEN, REGISTER_AGAIN, Role, hello_slot};
use crate::ceremony::io::{Answer, Effect, Event, Millis, Want};
use crate::ceremony::plan::Plan;
use crate::ceremony::plan::finish::Finish;
use crate::certificate;
use crate::failure::{Failure, Kind};
use crate::store::{Change, Sharing, State, Trust};

/// Devices gather.
pub(in crate::ceremony) struct Lobby {
    plan: Plan,
    present: Vec<String>,
    hellos: BTreeMap<String, Presence>,
    gone: Vec<String>,
    registered: Option<Millis>,
    /// A joiner found its own name in the list before it registered.
    listed_already: bool,
}

impl Lobby {
    /// Opens the lobby. The initiator registers at once; a joiner looks around first.
    pub(in crate::ceremony) fn open(
        context: &mut Context,
        plan: Plan,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let mut lobby = Self {
            plan,
            present: Vec::new(),
            hellos: BTreeMap::new(),
            gone: Vec::new(),
            registered: None,
            listed_already: false,
        };
        if context.meeting.initiates() {
            lobby.register(context, rng);
        }
        lobby
    }

    pub(super) fn wants(&self, context: &Context) -> Vec<Want> {
        let mut wants = vec![Want::Participants];
        if !context.meeting.initiates() && self.registered.is_some() {
            wants.push(Want::Started);
        }
        // Somebody may have certified the sharing meanwhile: then there is nothing left to sign.
        if let Finish::Certify(commitment) = &self.plan.finish {
            wants.push(Want::Result(commitment.result_id()));
        }
        let me = &context.meeting.me;
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
        self,
        context: &mut Context,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        match answer {
            Answer::Participants(list) => self.gathered(context, list, rng),
            Answer::Started(committee) if !committee.is_empty() => {
                self.started(context, committee, rng)
            }
            Answer::Result(id, Some(body)) => {
                let certificate = match &self.plan.finish {
                    Finish::Certify(commitment) if commitment.result_id() == id => {
                        commitment.published(&body)
                    }
                    _ => None,
                };
                self.learned(context, certificate)
            }
            Answer::Setup(slot, body) => {
                if slot == hello_slot(&context.meeting.me) {
                    return self.own_slot(context, body.as_ref(), rng);
                }
                let Some(party) =
                    self.present.iter().find(|party| hello_slot(party) == slot).cloned()
                else {
                    return Stage::Lobby(self);
                };
                match context.read_hello(body.as_ref()) {
                    Some(Hello::Here(presence)) => {
                        let certificate = presence.certificate;
                        match self.learned(context, certificate) {
                            Stage::Lobby(lobby) => lobby.said_hello(context, party, presence, rng),
                            over => over,
                        }
                    }
                    Some(Hello::Gone(reason)) => self.left(context, party, &reason),
                    None => Stage::Lobby(self),
                }
            }
            _ => Stage::Lobby(self),
        }
    }

    fn said_hello(
        mut self,
        context: &mut Context,
        party: String,
        presence: Presence,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if self.hellos.insert(party, presence).is_none() {
            context.news();
        }
        self.start_if_ready(context, rng)
    }

    pub(super) fn tick(mut self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        if let Some(at) = self.registered
            && context.now.since(at) > REGISTER_AGAIN
        {
            self.register(context, rng);
        }
        if self.registered.is_none() && context.now.since(context.began) > EXPIRY {
            return Stage::Over(Err(Failure::new(
                Kind::NotFound,
                "nobody is waiting at this link: it has expired, or its ceremony is over",
                "ask the initiating device for a fresh link",
            )));
        }
        if context.quiet() <= context.patience.lobby {
            return Stage::Lobby(self);
        }
        let seconds = context.patience.lobby / 1_000;
        let others: Vec<&str> = self
            .present
            .iter()
            .filter(|party| **party != context.meeting.me)
            .map(String::as_str)
            .collect();
        let message = if others.is_empty() {
            format!(
                "no other device joined within {seconds} s ({} needed)",
                self.plan.gathering.needed
            )
        } else if !context.meeting.initiates()
            && self.ready(context).len() >= self.plan.gathering.needed
        {
            let initiator = context.meeting.initiator_name();
            format!("enough devices were there, but {initiator} did not start for {seconds} s")
        } else {
            format!(
                "only {} of {} devices were ready after {seconds} s; here: {}",
                self.ready(context).len(),
                self.plan.gathering.needed,
                others.join(", ")
            )
        };
        context.say_gone("interrupted", rng);
        Stage::Over(Err(Failure::new(
            Kind::Silent,
            message,
            "open the link on the other devices while this one waits; start again",
        )))
    }

    pub(super) fn awaiting(&self, context: &Context) -> Vec<String> {
        let silent: Vec<String> = self
            .present
            .iter()
            .filter(|party| **party != context.meeting.me && !self.is_ready(party))
            .cloned()
            .collect();
        if context.meeting.initiates() || self.registered.is_none() {
            silent
        } else {
            vec![context.meeting.initiator_name()]
        }
    }

    fn register(&mut self, context: &mut Context, rng: &mut dyn CryptoRng) {
        self.registered = Some(context.now);
        context.effects.push(Effect::Register);
        context.say(&Hello::Here(self.plan.presence()), rng);
    }

    /// CEREMONY 1 and 2.
    fn gathered(
        mut self,
        context: &mut Context,
        list: Vec<String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let Some(at) = self.registered else {
            return self.look_around(context, &list, rng);
        };
        // The relay has forgotten us: it was started anew, and knows none of our words either.
        if !list.contains(&context.meeting.me) && context.now.since(at) > FORGOTTEN {
            self.register(context, rng);
        }
        for party in list {
            if self.present.contains(&party) {
                continue;
            }
            self.present.push(party.clone());
            if party != context.meeting.me {
                context.news();
            }
            let count = self.present.len();
            context.show(Event::Joined { party, count, needed: self.plan.gathering.needed });
        }
        if !context.meeting.initiates() {
            return Stage::Lobby(self);
        }
        match self.plan.gathering.admits(&self.present, false) {
            Ok(()) => self.start_if_ready(context, rng),
            Err(failure) => {
                context.say_gone("interrupted", rng);
                Stage::Over(Err(failure))
            }
        }
    }

    /// A joiner enters only a lobby in which the initiator waits and that has a place for it. It looks before it registers,
    /// as nobody can be taken off the list again: one too many ends the ceremony for all.
    fn look_around(
        mut self,
        context: &mut Context,
        list: &[String],
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if list.contains(&context.meeting.me) {
            self.listed_already = true;
            return Stage::Lobby(self);
        }
        let Role::Joiner { initiator } = &mut context.meeting.role else {
            return Stage::Lobby(self);
        };
        let Some(first) = list.first() else { return Stage::Lobby(self) };
        let waiting = initiator.get_or_insert_with(|| first.clone()).clone();
        if !list.contains(&waiting) {
            return Stage::Lobby(self);
        }
        if self.plan.gathering.is_full(list.len()) {
            return Stage::Over(Err(Failure::new(
                Kind::Surplus,
                format!(
                    "all {} devices of this ceremony have joined already",
                    self.plan.gathering.needed
                ),
                "if this device belongs to them, start again with fewer others",
            )));
        }
        self.register(context, rng);
        context.news();
        Stage::Lobby(self)
    }

    /// Our name is in the list though we have not registered: ourselves before a Ctrl-C, or ourselves as initiator.
    fn own_slot(
        mut self,
        context: &mut Context,
        body: Option<&String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if self.registered.is_some() {
            return Stage::Lobby(self);
        }
        match context.read_hello(body) {
            Some(Hello::Gone(_)) => {
                self.listed_already = false;
                self.register(context, rng);
                Stage::Lobby(self)
            }
            Some(Hello::Here(_)) | None => Stage::Over(Err(Failure::new(
                Kind::Invalid,
                format!(
                    "{} is in this ceremony already: this is its own link, or a device of the same name joined",
                    context.meeting.me
                ),
                "open the link on another device; if this device was cut off, start a new ceremony",
            ))),
        }
    }

    /// A certificate that is seen, whoever shows it, activates the sharing it names (COMMIT 6). Where nothing else was
    /// wanted, that is the end.
    fn learned(mut self, context: &mut Context, certificate: Option<[u8; 65]>) -> Stage {
        let Some(certificate) = certificate else { return Stage::Lobby(self) };
        let certifies = |sharing: &Sharing| certificate::certifies(&certificate, sharing);
        match self.plan.finish {
            Finish::Certify(commitment) if certifies(&commitment.sharing) => {
                return commit::activate(*commitment, context, certificate);
            }
            _ => {}
        }
        let vault = self.plan.vault.clone();
        if let Some(sharing) = self.plan.uncertified().filter(|sharing| certifies(sharing)) {
            sharing.state = State::Active;
            sharing.certificate = Some(certificate.to_vec());
            let change = Change::Activate { fsid: sharing.fsid, certificate: certificate.to_vec() };
            let event = Event::Activated { vault, epoch: sharing.epoch };
            context.effects.push(Effect::Persist(change));
            context.show(event);
        }
        Stage::Lobby(self)
    }

    /// This device leaves without a word: the others read the same hello, and are to name who left first.
    fn left(mut self, context: &Context, party: String, reason: &str) -> Stage {
        let initiator_left =
            !context.meeting.initiates() && context.meeting.initiator_name() == party;
        if self.plan.gathering.everyone || initiator_left {
            return Stage::Over(Err(Failure::left(&party, reason)));
        }
        self.hellos.remove(&party);
        self.gone.push(party);
        Stage::Lobby(self)
    }

    fn ready(&self, context: &Context) -> Vec<String> {
        let me = &context.meeting.me;
        let others = self.present.iter().filter(|party| *party != me && self.is_ready(party));
        core::iter::once(me).chain(others).cloned().collect()
    }

    /// Whether a device that has registered is ready. Other clients say no hello: that they have registered is all there
    /// is to go by (CEREMONY 9.2).
    fn is_ready(&self, party: &String) -> bool {
        self.hellos.contains_key(party)
            || (self.plan.trust == Trust::Mixed && !self.gone.contains(party))
    }

    /// CEREMONY 3: the initiator publishes the committee once, itself first.
    fn start_if_ready(self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        if !context.meeting.initiates() {
            return Stage::Lobby(self);
        }
        let committee = self.ready(context);
        // Where everyone takes part, a device that has registered and said no hello is still on its way: wait for it.
        let complete = committee.len() >= self.plan.gathering.needed
            && (!self.plan.gathering.everyone || committee.len() == self.present.len());
        if !complete {
            return Stage::Lobby(self);
        }
        if let Err(failure) = self.plan.gathering.admits(&committee, true) {
            context.say_gone("interrupted", rng);
            return Stage::Over(Err(failure));
        }
        context.news();
        context.effects.push(Effect::Start(committee.clone()));
        AwaitingSetup::open(context, self.plan, committee, rng)
    }

    fn started(
        mut self,
        context: &mut Context,
        committee: Vec<String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if context.meeting.initiates() {
            return Stage::Lobby(self);
        }
        let refuse = |failure| Stage::Over(Err(failure));
        if !committee.contains(&context.meeting.me) {
            return refuse(Failure::new(
                Kind::Surplus,
                "the ceremony started without this device: enough others were there",
                "nothing to do here; join the next one earlier",
            ));
        }
        if let Err(failure) = self.plan.gathering.joins(&committee) {
            context.say_gone("refused", rng);
            return refuse(failure);
        }
        // Somebody among them may bring the certificate that this device lacks: read every hello first.
        let unread = committee
            .iter()
            .any(|party| *party != context.meeting.me && !self.hellos.contains_key(party));
        if unread && self.plan.uncertified().is_some() {
            return Stage::Lobby(self);
        }
        context.news();
        AwaitingSetup::open(context, self.plan, committee, rng)
    }
}
