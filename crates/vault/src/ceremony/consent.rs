//! The setup is read and judged, then the person is asked: once, before the first protocol frame (CEREMONY 4).

use quorate_core::PartyIndex;
use quorate_wire::frame::Exchange;
use quorate_wire::hello::Hello;
use quorate_wire::setup::{self, Setup};
use rand_core::CryptoRng;

use super::desk::{Desk, hello_slot};
use super::running::{Running, peer_left, post_frames};
use super::task::Task;
use super::{Answer, Effect, Stage, Want};
use crate::failure::{Failure, Kind};
use crate::store::State;

/// What a person is asked to approve, as this device understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `keygen`, `keysign`, `reshare` or `commit`.
    pub ceremony: &'static str,
    /// The vault's name.
    pub vault: String,
    /// What will happen, a line each.
    pub lines: Vec<String>,
    /// Whether nobody can see what is being signed.
    pub blind: bool,
    /// Who takes part.
    pub committee: Vec<String>,
    /// How many devices can sign.
    pub threshold: u8,
}

/// A person's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Approve,
    /// Do not.
    Refuse,
}

/// The committee is known; the setup is not here yet.
pub(super) struct AwaitingSetup {
    task: Task,
    committee: Vec<String>,
}

/// The person is being asked.
pub(super) struct AwaitingConsent {
    task: Task,
    seat: Seat,
}

/// This device's place in a setup that it has read.
pub(super) struct Seat {
    pub(super) setup: Setup,
    pub(super) me: PartyIndex,
    pub(super) exchange: Exchange,
}

impl AwaitingSetup {
    /// The initiator makes the setup; the others wait for it.
    pub(super) fn open(
        desk: &mut Desk,
        task: Task,
        committee: Vec<String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let waiting = Self { task, committee };
        if !desk.meeting.initiates() {
            return Stage::Setup(waiting);
        }
        let body = waiting.task.body(&waiting.committee);
        match setup::build(body, &waiting.committee, rng) {
            Ok(bytes) => {
                desk.put_setup(&waiting.task.namespace(), &bytes, rng);
                waiting.read(desk, &bytes, rng)
            }
            Err(why) => Stage::Over(Err(Failure::new(
                Kind::Invalid,
                format!("no setup can be made of this: {why}"),
                "check the devices' names and numbers",
            ))),
        }
    }

    pub(super) fn wants(&self, _: &Desk) -> Vec<Want> {
        vec![Want::Setup(self.task.namespace())]
    }

    pub(super) fn answer(self, desk: &mut Desk, answer: Answer, rng: &mut dyn CryptoRng) -> Stage {
        match answer {
            // Whoever knows the session may write here; only what is sealed with its key is read.
            Answer::Setup(slot, Some(body)) if slot == self.task.namespace() => {
                match desk.meeting.key.open(&body) {
                    Ok(bytes) => self.read(desk, &bytes, rng),
                    Err(_) => Stage::Setup(self),
                }
            }
            _ => Stage::Setup(self),
        }
    }

    pub(super) fn tick(self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        if desk.quiet() <= desk.patience.round {
            return Stage::Setup(self);
        }
        let initiator = desk.meeting.initiator_name();
        desk.say_gone("interrupted", rng);
        Stage::Over(Err(Failure {
            suspects: vec![initiator.clone()],
            ..Failure::new(
                Kind::Silent,
                format!(
                    "{initiator} started the ceremony but sent no setup for {} s",
                    desk.quiet() / 1_000
                ),
                "check that device, then start again",
            )
        }))
    }

    fn read(self, desk: &mut Desk, bytes: &[u8], rng: &mut dyn CryptoRng) -> Stage {
        let initiator = desk.meeting.initiator_name();
        let seated = take_seat(&desk.meeting.me, &initiator, bytes, rng).and_then(|seat| {
            self.task.judge(&seat.setup, &self.committee, &initiator).map(|()| seat)
        });
        match seated {
            Ok(seat) => {
                desk.news();
                desk.effects.push(Effect::Ask(self.task.request(seat.setup.names())));
                Stage::Consent(AwaitingConsent { task: self.task, seat })
            }
            Err(failure) => {
                desk.say_gone("refused", rng);
                Stage::Over(Err(failure))
            }
        }
    }
}

impl AwaitingConsent {
    pub(super) fn wants(&self, desk: &Desk) -> Vec<Want> {
        let others = self.seat.setup.names().iter().filter(|name| **name != desk.meeting.me);
        others.map(|name| Want::Setup(hello_slot(name))).collect()
    }

    pub(super) fn answer(self, desk: &Desk, answer: &Answer) -> Stage {
        if let Answer::Setup(slot, body) = answer
            && let Some(who) = self.seat.setup.names().iter().find(|name| hello_slot(name) == *slot)
            && let Some(Hello::Gone(reason)) = desk.read_hello(body.as_ref())
        {
            return Stage::Over(Err(peer_left(who, &reason)));
        }
        Stage::Consent(self)
    }

    pub(super) fn decide(
        self,
        desk: &mut Desk,
        decision: Decision,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if decision == Decision::Refuse {
            self.post_abort(desk, rng);
            desk.say_gone("refused", rng);
            return Stage::Over(Err(Failure::new(
                Kind::Declined,
                "refused at this device; nothing was signed",
                "nothing to do: the other devices have been told",
            )));
        }
        let Self { mut task, seat } = self;
        let resuming = matches!(task, Task::Resume(_));
        if let Some((name, sharing)) = task.uncertified()
            && !(resuming && sharing.state == State::Voted)
        {
            let failure = Failure::new(
                Kind::Forbidden,
                format!(
                    "epoch {} of \"{name}\" has no certificate on this device yet",
                    sharing.epoch
                ),
                "let a device that finished the ceremony take part: it brings the certificate",
            );
            desk.say_gone("refused", rng);
            return Stage::Over(Err(failure));
        }
        let names = seat.setup.names().to_vec();
        let namespace = task.namespace();
        match task.start(seat, rng) {
            Ok((engine, purpose)) => Running::start(desk, engine, purpose, names, namespace, rng),
            Err(failure) => {
                desk.say_gone("refused", rng);
                Stage::Over(Err(failure))
            }
        }
    }

    /// The peers get the engine's abort, though no protocol has begun here.
    pub(super) fn post_abort(&self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        let abort = quorate_wire::frame::Frame { to: None, bytes: self.seat.exchange.abort() };
        post_frames(desk, self.seat.setup.names(), &self.task.namespace(), vec![abort], rng);
    }
}

/// Reads a setup and finds this device in it.
pub(super) fn take_seat(
    me: &str,
    initiator: &str,
    bytes: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Seat, Failure> {
    let refuse = |why: String| Failure {
        suspects: vec![initiator.to_owned()],
        ..Failure::new(
            Kind::Aborted,
            format!("the setup made by {initiator} is not acceptable: {why}"),
            "do not approve it on any device; start again",
        )
    };
    let setup = Setup::parse(bytes).map_err(|why| refuse(why.to_string()))?;
    let me = setup.index_of(me).ok_or_else(|| refuse("it does not name this device".to_owned()))?;
    let exchange = Exchange::new(&setup, me, rng).map_err(|why| refuse(why.to_string()))?;
    Ok(Seat { setup, me, exchange })
}
