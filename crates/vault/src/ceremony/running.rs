//! A protocol at work: mail in, frames out, deadlines, and what an end means.

use std::collections::BTreeMap;

use quorate_core::{Abort, Check as _, PartyIndex};
use quorate_wire::frame::Frame;
use quorate_wire::hello::Hello;
use quorate_wire::relay_api::Namespace;
use rand_core::CryptoRng;

use super::commit::{self, Commit};
use super::desk::{ABORT_GRACE, Desk, QUIET, STALLED, hello_slot};
use super::engine::{Engine, Output};
use super::task::{Keysign, Signed, Task};
use super::{Answer, Effect, Event, Millis, Outcome, Stage, Want, published};
use crate::failure::{Failure, Kind};
use crate::run::{Failed, Progress};
use crate::store::{Ban, Change, Fsid};

/// What the run is for.
pub(super) enum Purpose {
    /// A new sharing: keygen or reshare.
    Sharing(Task),
    /// A signature that somebody asked for.
    Keysign(Box<Keysign>),
    /// The one signature that certifies a new sharing.
    Vote(Box<Commit>),
}

/// A run of a protocol, its post and its patience.
pub(super) struct Running {
    engine: Engine,
    purpose: Purpose,
    names: Vec<String>,
    namespace: Namespace,
    shown_round: u8,
    /// Somebody gave up: who, and until when frames may still name a culprit.
    given_up: Option<(String, Millis)>,
    heard: bool,
}

impl Running {
    /// Sends the first frames and waits.
    pub(super) fn start(
        desk: &mut Desk,
        mut engine: Engine,
        purpose: Purpose,
        names: Vec<String>,
        namespace: Namespace,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        desk.news();
        let progress = engine.advance(rng);
        let mut running = Self {
            engine,
            purpose,
            names,
            namespace,
            shown_round: 0,
            given_up: None,
            heard: false,
        };
        running.show_round(desk);
        running.after(desk, progress, rng)
    }

    pub(super) fn wants(&self, desk: &Desk) -> Vec<Want> {
        let mut wants = vec![Want::Mailbox(self.namespace.clone())];
        // CEREMONY 6: why somebody left is written in its hello.
        if let Some((who, _)) = &self.given_up {
            wants.push(Want::Setup(hello_slot(who)));
        } else if desk.quiet() >= QUIET {
            wants.extend(self.awaiting().iter().map(|who| Want::Setup(hello_slot(who))));
        }
        // CEREMONY 7: the last message may never come; a finished signature may have been published.
        if let Some(id) = self.result_id()
            && desk.quiet() >= STALLED
        {
            wants.push(Want::Result(id));
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
            Answer::Mailbox(namespace, messages) if namespace == self.namespace => {
                for message in &messages {
                    let Some(letter) = desk.mail.open(&desk.meeting.key, &namespace, message)
                    else {
                        continue;
                    };
                    desk.effects.push(Effect::Delete(namespace.clone(), message.hash.clone()));
                    if !self.names.contains(&letter.from) {
                        continue;
                    }
                    desk.news();
                    let progress = self.engine.receive(&letter.bytes, rng);
                    self = match self.after(desk, progress, rng) {
                        Stage::Running(running) => running,
                        elsewhere => return elsewhere,
                    };
                }
                Stage::Running(self)
            }
            Answer::Setup(slot, body) => {
                match (self.whose(&slot), desk.read_hello(body.as_ref())) {
                    (Some(who), Some(Hello::Gone(reason))) => {
                        self.fail(desk, peer_left(&who, &reason), rng)
                    }
                    _ => Stage::Running(self),
                }
            }
            Answer::Result(id, Some(body)) if self.result_id().as_ref() == Some(&id) => {
                match published::read(&body, self.expected()) {
                    Some(signature) => self.signed(desk, signature),
                    None => Stage::Running(self),
                }
            }
            _ => Stage::Running(self),
        }
    }

    pub(super) fn tick(self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        if let Some((who, until)) = &self.given_up {
            if desk.now < *until {
                return Stage::Running(self);
            }
            // Often the two waited for the same third one, and that device's patience ended first.
            let mut missing = self.awaiting();
            missing.retain(|party| party != who);
            let silent = match missing.as_slice() {
                [] => String::new(),
                silent => {
                    let (round, of) = self.engine.round();
                    format!(
                        ", and nothing came from {} in round {round} of {of}",
                        silent.join(", ")
                    )
                }
            };
            let failure = Failure {
                aborted_by: Some(who.clone()),
                ..Failure::new(
                    Kind::Aborted,
                    format!("{who} gave up{silent}; nothing was signed"),
                    "look at that device's screen for the reason, then try again",
                )
            };
            return self.end_badly(desk, failure);
        }
        let patience = if self.heard { desk.patience.round } else { desk.patience.consent };
        if desk.quiet() <= patience {
            return Stage::Running(self);
        }
        let missing = self.awaiting();
        let (round, of) = self.engine.round();
        let failure = Failure {
            suspects: missing.clone(),
            ..Failure::new(
                Kind::Silent,
                format!(
                    "{} was silent for {} s in round {round} of {of}; nothing was signed",
                    missing.join(", "),
                    desk.quiet() / 1_000
                ),
                "check that the device is on and connected, then start again",
            )
        };
        self.fail(desk, failure, rng)
    }

    pub(super) fn awaiting(&self) -> Vec<String> {
        self.engine
            .awaiting()
            .into_iter()
            .filter_map(|j| self.names.get(usize::from(j)).cloned())
            .collect()
    }

    pub(super) fn is_vote(&self) -> bool {
        matches!(self.purpose, Purpose::Vote(_))
    }

    /// Leaves: the peers get the engine's abort.
    pub(super) fn post_abort(&mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        self.engine.give_up();
        self.post(desk, rng);
    }

    fn after(
        mut self,
        desk: &mut Desk,
        progress: Result<Progress<Output>, Failed<quorate_ecdsa::Check>>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let progress = match progress {
            Ok(progress) => progress,
            Err(failed) => {
                let failure = self.judge(desk, &failed);
                self.post(desk, rng);
                return self.end_badly(desk, failure);
            }
        };
        self.post(desk, rng);
        self.show_round(desk);
        match progress {
            Progress::Waiting => Stage::Running(self),
            Progress::PeerAborted(from) => {
                if self.given_up.is_none()
                    && let Some(name) = self.names.get(usize::from(from))
                {
                    self.given_up =
                        Some((name.clone(), Millis(desk.now.0.saturating_add(ABORT_GRACE))));
                }
                Stage::Running(self)
            }
            Progress::Done(Output::Signature(signature)) => self.signed(desk, signature.to_bytes()),
            Progress::Done(Output::Share(share)) => match self.purpose {
                Purpose::Sharing(task) => commit::stage(desk, task, *share, &self.names, rng),
                Purpose::Keysign(_) | Purpose::Vote(_) => Stage::Over(Err(out_of_place())),
            },
            Progress::Done(Output::Left) => Stage::Over(Err(out_of_place())),
        }
    }

    /// A verified signature, made here or found published.
    fn signed(self, desk: &mut Desk, signature: [u8; 65]) -> Stage {
        match self.purpose {
            Purpose::Keysign(task) => {
                let id = task.asked.id();
                desk.effects.push(Effect::PublishResult(
                    id,
                    published::write(&task.asked.digest, &signature),
                ));
                desk.effects.push(Effect::Complete);
                Stage::Over(Ok(Outcome::Signature(Box::new(Signed {
                    vault: task.name,
                    public_key: task.public_key,
                    path: task.asked.path.clone(),
                    digest: task.asked.digest,
                    signature,
                }))))
            }
            Purpose::Vote(commit) => commit.activate(desk, signature),
            Purpose::Sharing(_) => Stage::Over(Err(out_of_place())),
        }
    }

    /// Ends for a reason of one's own: the peers get the engine's abort.
    fn fail(mut self, desk: &mut Desk, failure: Failure, rng: &mut dyn CryptoRng) -> Stage {
        self.post_abort(desk, rng);
        self.end_badly(desk, failure)
    }

    /// A vote that failed here may have succeeded elsewhere: look for the certificate.
    fn end_badly(self, desk: &mut Desk, failure: Failure) -> Stage {
        match self.purpose {
            Purpose::Vote(commit) => commit.look_for_certificate(desk, failure),
            Purpose::Sharing(_) | Purpose::Keysign(_) => Stage::Over(Err(failure)),
        }
    }

    /// Puts the blame into words; a ban is durable before anything else follows.
    fn judge(&self, desk: &mut Desk, failed: &Failed<quorate_ecdsa::Check>) -> Failure {
        match failed {
            Failed::Framing(abort) => Failure::from_abort(abort, &self.names),
            Failed::Fault(_) => out_of_place(),
            Failed::Protocol(abort) => {
                if let Some(fsid) = self.sharing_in_use() {
                    self.ban(desk, fsid, abort);
                }
                Failure::from_abort(abort, &self.names)
            }
        }
    }

    fn ban(&self, desk: &mut Desk, fsid: Fsid, abort: &Abort<quorate_ecdsa::Check>) {
        let banned: BTreeMap<PartyIndex, quorate_ecdsa::Check> = abort.banned().collect();
        for (j, check) in banned {
            let Some(party) = self.names.get(usize::from(j)) else { continue };
            let ban =
                Ban { fsid, party: party.clone(), check: check.id().to_owned(), at: desk.today() };
            desk.effects.push(Effect::Persist(Change::Ban(ban)));
            desk.show(Event::Banned { party: party.clone(), check: check.id().to_owned() });
        }
    }

    fn sharing_in_use(&self) -> Option<Fsid> {
        match &self.purpose {
            Purpose::Sharing(_) => None,
            Purpose::Keysign(task) => Some(task.sharing.fsid),
            Purpose::Vote(commit) => Some(commit.sharing.fsid),
        }
    }

    fn post(&mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        post_frames(desk, &self.names, &self.namespace, self.engine.take_frames(), rng);
    }

    fn show_round(&mut self, desk: &mut Desk) {
        let (round, of) = self.engine.round();
        if round > 1 {
            self.heard = true;
        }
        if round != self.shown_round {
            self.shown_round = round;
            let ceremony = match &self.purpose {
                Purpose::Sharing(task) => task.word(),
                Purpose::Keysign(_) => "keysign",
                Purpose::Vote(_) => "commit",
            };
            desk.show(Event::Progress { ceremony, round, of });
        }
    }

    fn whose(&self, slot: &Namespace) -> Option<String> {
        self.names.iter().find(|name| hello_slot(name) == *slot).cloned()
    }

    fn result_id(&self) -> Option<Namespace> {
        let (round, of) = self.engine.round();
        match &self.purpose {
            Purpose::Keysign(task) if round == of => Some(task.asked.id()),
            Purpose::Vote(commit) if round == of => Some(commit.result_id()),
            _ => None,
        }
    }

    /// The key and digest that a published result must verify under.
    fn expected(&self) -> Option<([u8; 33], [u8; 32])> {
        match &self.purpose {
            Purpose::Sharing(_) => None,
            Purpose::Keysign(task) => Some((task.public_key, task.asked.digest)),
            Purpose::Vote(commit) => Some((commit.sharing.vault.0, commit.message())),
        }
    }
}

/// A broadcast goes to everybody else, one letter each, as all clients do.
pub(super) fn post_frames(
    desk: &mut Desk,
    names: &[String],
    namespace: &Namespace,
    frames: Vec<Frame>,
    rng: &mut dyn CryptoRng,
) {
    let me = desk.meeting.me.clone();
    for frame in frames {
        let receivers: Vec<&String> = match frame.to {
            Some(to) => names.get(usize::from(to)).into_iter().collect(),
            None => names.iter().filter(|name| **name != me).collect(),
        };
        for to in receivers {
            desk.post(namespace, to, &frame.bytes, rng);
        }
    }
}

/// Another device said why it left.
pub(super) fn peer_left(who: &str, reason: &str) -> Failure {
    let (message, hint) = if reason == "refused" {
        (
            format!("{who} refused; nothing was signed"),
            "talk to whoever holds that device, then start again if you agree",
        )
    } else {
        (
            format!("{who} was interrupted; nothing was signed"),
            "start again when that device is ready",
        )
    };
    Failure { aborted_by: Some(who.to_owned()), ..Failure::new(Kind::RefusedByPeer, message, hint) }
}

fn out_of_place() -> Failure {
    Failure::new(
        Kind::Aborted,
        "the protocol ended with a result of another kind than was asked for",
        "please report this: it is a fault of this program",
    )
}
