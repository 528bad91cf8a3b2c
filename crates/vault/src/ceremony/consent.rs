//! The setups are read and judged, then the person is asked: once, before the first protocol frame (CEREMONY 4).

use quorate_wire::hello::Hello;
use rand_core::CryptoRng;

use super::desk::{Desk, hello_slot};
use super::late::Late;
use super::running::{Running, peer_left};
use super::setups::{Seat, Setups};
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
    /// Whether other clients may take part (CEREMONY 9).
    pub open: bool,
}

/// A person's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Approve,
    /// Do not.
    Refuse,
}

/// The committee is known; the setups are not here yet.
pub(super) struct AwaitingSetup {
    task: Task,
    committee: Vec<String>,
    setups: Setups,
}

/// The person is being asked.
pub(super) struct AwaitingConsent {
    task: Task,
    seats: Vec<Seat>,
    names: Vec<String>,
}

impl AwaitingSetup {
    /// The initiator makes the setups; the others wait for them.
    pub(super) fn open(
        desk: &mut Desk,
        task: Task,
        committee: Vec<String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let mut acts = task.acts(&committee);
        if task.makes_setups_late() && !desk.meeting.initiates() {
            acts.truncate(1);
        }
        let setups = Setups::of(acts);
        let mut waiting = Self { task, committee, setups };
        if !desk.meeting.initiates() {
            return Stage::Setup(waiting);
        }
        match waiting.setups.make(desk, &waiting.committee, rng) {
            Ok(()) => waiting.read(desk, rng),
            Err(why) => Stage::Over(Err(Failure::new(
                Kind::Invalid,
                format!("no setup can be made of this: {why}"),
                "check the devices' names and numbers",
            ))),
        }
    }

    pub(super) fn wants(&self, _: &Desk) -> Vec<Want> {
        self.setups.wants()
    }

    pub(super) fn answer(
        mut self,
        desk: &mut Desk,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        self.setups.take(desk, answer);
        if self.setups.complete() { self.read(desk, rng) } else { Stage::Setup(self) }
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

    fn read(mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        let initiator = desk.meeting.initiator_name();
        let seated = self.setups.seats(desk, rng).and_then(|seats| {
            for (act, seat) in seats.iter().enumerate() {
                self.task.judge(act, &seat.setup, &self.committee, &initiator)?;
            }
            Ok(seats)
        });
        match seated {
            Ok(seats) => {
                desk.news();
                if let Task::Reshare(task) = &mut self.task {
                    for seat in &seats {
                        task.learn(&seat.setup);
                    }
                }
                let names =
                    seats.first().map(|seat| seat.setup.names().to_vec()).unwrap_or_default();
                desk.effects.push(Effect::Ask(self.task.request(&names)));
                Stage::Consent(AwaitingConsent { task: self.task, seats, names })
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
        let others = self.names.iter().filter(|name| **name != desk.meeting.me);
        others.map(|name| Want::Setup(hello_slot(name))).collect()
    }

    pub(super) fn answer(self, desk: &Desk, answer: &Answer) -> Stage {
        if let Answer::Setup(slot, body) = answer
            && let Some(who) = self.names.iter().find(|name| hello_slot(name) == *slot)
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
        let Self { mut task, seats, names } = self;
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
        let late = Late::after(seats.len(), task.acts(&names));
        match task.start(seats, rng) {
            Ok((legs, purpose)) => Running::start(desk, legs, late, purpose, names, true, rng),
            Err(failure) => {
                desk.say_gone("refused", rng);
                Stage::Over(Err(failure))
            }
        }
    }

    /// The peers get the engines' aborts, though no protocol has begun here.
    pub(super) fn post_abort(&self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        for seat in &self.seats {
            seat.post_abort(desk, rng);
        }
    }
}
