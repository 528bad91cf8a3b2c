//! Protocols at work, one after the other: mail in, frames out, deadlines, and what an end means.

use std::collections::{BTreeSet, VecDeque};

use quorate_core::PartyIndex;
use quorate_wire::frame::Frame;
use quorate_wire::hello::Hello;
use quorate_wire::relay_api::{Message, Namespace};
use rand_core::CryptoRng;

use super::commit::{self, Commit, Made};
use super::desk::{ABORT_GRACE, BETWEEN, Desk, QUIET, STALLED, hello_slot};
use super::engine::{Leg, Output};
use super::late::Late;
use super::subject::{Signature, Signed, Target};
use super::task::{Keysign, Task};
use super::{Answer, Effect, Event, Millis, Outcome, Stage, Want, published};
use crate::failure::{Consequence, Failure, Kind};
use crate::run::{Kept, Progress};
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

/// The protocols of a ceremony, their post and their patience.
pub(super) struct Running {
    /// The one at work.
    leg: Leg,
    /// Those whose turn has not come: they keep what arrives for them, and say nothing.
    later: VecDeque<Leg>,
    /// Those whose setups are not here.
    late: Late,
    /// Whether the one at work has ended, and the next one lacks its setup.
    idle: bool,
    /// What the protocols have ended with, while others have not.
    made: Vec<Made>,
    purpose: Purpose,
    names: Vec<String>,
    /// When the one at work may begin to speak, if it may not yet.
    pause: Option<Millis>,
    shown_round: u8,
    /// Somebody gave up: who, and until when frames may still name a culprit.
    given_up: Option<(String, Millis)>,
    heard: bool,
    /// Whether the mailbox has not been read since the protocol at work began: what waits there is read newest first.
    unread: bool,
    /// What this device has sent, for a peer that may have lost it.
    sent: Vec<(Namespace, Frame)>,
    /// How often that has been sent again in the present silence.
    repeats: u64,
    /// How often it has been sent again in all.
    copies: u64,
    /// The message ids of what has come: what comes again is no news.
    arrived: BTreeSet<Vec<u8>>,
}

/// Length of the id that a frame begins with (`FRAME 1.1`).
const ID_LEN: usize = 32;

impl Running {
    /// Sends the first frames of the first protocol and waits. `asked`: the others' first frames come when their
    /// persons have approved.
    pub(super) fn start(
        desk: &mut Desk,
        legs: Vec<Leg>,
        late: Late,
        purpose: Purpose,
        names: Vec<String>,
        asked: bool,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let mut later = VecDeque::from(legs);
        let Some(leg) = later.pop_front() else { return Stage::Over(Err(out_of_place())) };
        let running = Self {
            leg,
            later,
            late,
            idle: false,
            made: Vec::new(),
            purpose,
            names,
            pause: None,
            shown_round: 0,
            given_up: None,
            heard: !asked,
            unread: true,
            sent: Vec::new(),
            repeats: 0,
            copies: 0,
            arrived: BTreeSet::new(),
        };
        running.begin(desk, rng)
    }

    /// The protocol at work sends its first frames.
    fn begin(mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        desk.news();
        self.unread = true;
        desk.mail.count_anew(&self.leg.mail);
        self.show_round(desk);
        let progress = self.leg.engine.advance(&self.names, rng, &*desk.workers);
        self.after(desk, progress, rng)
    }

    pub(super) fn wants(&self, desk: &Desk) -> Vec<Want> {
        let mut wants = self.late.wants();
        // What comes while nothing is at work stays in the mailbox.
        if !self.idle {
            wants.push(Want::Mailbox(self.leg.mail.clone()));
        }
        // CEREMONY 6: why somebody left is written in its hello.
        if let Some((who, _)) = &self.given_up {
            wants.push(Want::Setup(hello_slot(who)));
        } else if desk.quiet() >= QUIET {
            wants.extend(self.awaiting(desk).iter().map(|who| Want::Setup(hello_slot(who))));
        }
        // CEREMONY 7: the last message may never come; a finished signature may have been published.
        if let Some(target) = self.ending()
            && desk.quiet() >= STALLED
        {
            wants.push(Want::Result(target.id()));
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
            Answer::Mailbox(namespace, messages) if namespace == self.leg.mail && !self.idle => {
                // CEREMONY 10.2: of two attempts, the newer one counts, and only where this device begins with it.
                let messages: Vec<&Message> = if self.unread {
                    messages.iter().rev().collect()
                } else {
                    messages.iter().collect()
                };
                for message in messages {
                    let Some(letter) = desk.mail.open(&desk.meeting.key, &namespace, message)
                    else {
                        continue;
                    };
                    desk.effects.push(Effect::Delete(namespace.clone(), message.hash.clone()));
                    if !self.names.contains(&letter.from) {
                        continue;
                    }
                    let id = letter.bytes.get(..ID_LEN).unwrap_or(&letter.bytes);
                    if self.arrived.insert(id.to_vec()) {
                        desk.news();
                    }
                    self = match self.read(desk, &namespace, &letter.bytes, rng) {
                        Stage::Running(running) => running,
                        elsewhere => return elsewhere,
                    };
                }
                self.unread &= self.leg.mail != namespace;
                Stage::Running(self)
            }
            Answer::Setup(slot, Some(body))
                if self.late.wants().contains(&Want::Setup(slot.clone())) =>
            {
                self.seat(desk, &slot, &body, rng)
            }
            Answer::Setup(slot, body) => {
                match (self.whose(&slot), desk.read_hello(body.as_ref())) {
                    (Some(who), Some(Hello::Gone(reason))) => {
                        self.fail(desk, peer_left(&who, &reason), rng)
                    }
                    _ => Stage::Running(self),
                }
            }
            Answer::Result(id, Some(body)) => {
                let target = self.ending().filter(|target| target.id() == id);
                match target.and_then(|target| published::read(&body, target)) {
                    Some(signature) => self.signed(desk, signature, rng),
                    None => Stage::Running(self),
                }
            }
            _ => Stage::Running(self),
        }
    }

    /// The setup of a protocol that lacked it.
    fn seat(
        mut self,
        desk: &mut Desk,
        slot: &Namespace,
        body: &str,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let Purpose::Sharing(task) = &self.purpose else { return Stage::Running(self) };
        match self.late.seat(desk, task, &self.names, (slot, body), rng) {
            None => Stage::Running(self),
            Some(Ok(leg)) => {
                desk.news();
                self.later.push_back(leg);
                if self.idle { self.next(desk, rng) } else { Stage::Running(self) }
            }
            Some(Err(failure)) => self.fail(desk, failure, rng),
        }
    }

    /// A letter for the protocol at work, or for one whose turn has not come.
    fn read(
        mut self,
        desk: &mut Desk,
        mailbox: &Namespace,
        frame: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        self.late.keep(frame);
        if self.idle {
            return Stage::Running(self);
        }
        let silent = self.pause.is_some().then_some(&mut self.leg);
        let waiting = self.later.iter_mut().chain(silent).filter(|leg| leg.mail == *mailbox);
        let kept: Vec<Kept> = waiting.map(|leg| leg.engine.keep(frame)).collect();
        for one in kept {
            match one {
                Kept::PeerAborted(from) => self.note_given_up(from, desk.now),
                Kept::PeerBeganAnew(from) => return self.began_anew(desk, from, rng),
                Kept::Used | Kept::Unused => {}
            }
        }
        if self.pause.is_some() {
            return Stage::Running(self);
        }
        let progress = match self.leg.engine.receive(frame, &self.names, rng, &*desk.workers) {
            Ok(Progress::PeerBeganAnew(_)) if self.unread => Ok(Progress::Waiting),
            progress => progress,
        };
        self.after(desk, progress, rng)
    }

    pub(super) fn tick(mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        if let Some((who, until)) = &self.given_up {
            if desk.now < *until {
                return Stage::Running(self);
            }
            // Often the two waited for the same third one, and that device's patience ended first.
            let mut missing = self.awaiting(desk);
            missing.retain(|party| party != who);
            let silent = match missing.as_slice() {
                [] => String::new(),
                silent => {
                    let (round, of) = self.leg.engine.round();
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
        if let Some(until) = self.pause {
            if desk.now < until {
                return Stage::Running(self);
            }
            self.pause = None;
            return self.begin(desk, rng);
        }
        let patience = if self.heard { desk.patience.round } else { desk.patience.consent };
        if desk.quiet() <= patience {
            self.repeat(desk, rng);
            return Stage::Running(self);
        }
        if self.idle {
            let failure = Failure {
                suspects: self.awaiting(desk),
                ..Failure::new(
                    Kind::Silent,
                    format!(
                        "{} sent no setup for the next key for {} s; nothing was kept",
                        desk.meeting.initiator_name(),
                        desk.quiet() / 1_000
                    ),
                    "check that device, then start again",
                )
            };
            return self.fail(desk, failure, rng);
        }
        let missing = self.awaiting(desk);
        let (round, of) = self.leg.engine.round();
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

    /// Whom this device waits for.
    pub(super) fn awaiting(&self, desk: &Desk) -> Vec<String> {
        if self.idle {
            return vec![desk.meeting.initiator_name()];
        }
        self.leg
            .engine
            .awaiting()
            .into_iter()
            .filter_map(|j| self.names.get(usize::from(j)).cloned())
            .collect()
    }

    pub(super) fn is_vote(&self) -> bool {
        matches!(self.purpose, Purpose::Vote(_))
    }

    /// Leaves: the peers get the engines' aborts, whichever protocol they have come to.
    pub(super) fn post_abort(&mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        self.leg.engine.give_up();
        self.post_aborts_of_later(desk, rng);
    }

    fn post_aborts_of_later(&mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        self.post(desk, rng);
        for mut leg in self.later.drain(..) {
            leg.engine.give_up();
            post_frames(desk, &self.names, &leg.mail, leg.engine.take_frames(), rng);
        }
    }

    fn after(
        mut self,
        desk: &mut Desk,
        progress: Result<Progress<Output>, Failure>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let progress = match progress {
            Ok(progress) => progress,
            Err(failure) => {
                self.ban(desk, &failure);
                self.post_aborts_of_later(desk, rng);
                return self.end_badly(desk, failure);
            }
        };
        self.post(desk, rng);
        self.show_round(desk);
        match progress {
            Progress::Waiting => Stage::Running(self),
            Progress::PeerAborted(from) => {
                self.note_given_up(from, desk.now);
                Stage::Running(self)
            }
            Progress::PeerBeganAnew(from) => self.began_anew(desk, from, rng),
            Progress::Done(output) => self.done(desk, output, rng),
        }
    }

    /// The first who gave up, which is the last one read while reading newest first.
    fn note_given_up(&mut self, from: PartyIndex, now: Millis) {
        if (self.unread || self.given_up.is_none())
            && let Some(name) = self.names.get(usize::from(from))
        {
            self.given_up = Some((name.clone(), Millis(now.0.saturating_add(ABORT_GRACE))));
        }
    }

    /// CEREMONY 10.3.
    fn began_anew(self, desk: &mut Desk, from: PartyIndex, rng: &mut dyn CryptoRng) -> Stage {
        let who = self.names.get(usize::from(from)).cloned().unwrap_or_default();
        let failure = Failure {
            aborted_by: Some(who.clone()),
            ..Failure::new(
                Kind::Aborted,
                format!(
                    "{who} gave its first attempt up and has begun anew, which this device does not do; nothing was signed"
                ),
                "start the ceremony again, on all devices, and approve it soon on each",
            )
        };
        self.fail(desk, failure, rng)
    }

    /// The protocol at work has ended well.
    fn done(mut self, desk: &mut Desk, output: Output, rng: &mut dyn CryptoRng) -> Stage {
        match (output, &self.purpose) {
            (Output::Signature(raw), _) => {
                match self.leg.target.as_ref().and_then(|target| target.accept(&raw)) {
                    Some(signature) => self.signed(desk, signature, rng),
                    None => Stage::Over(Err(out_of_place())),
                }
            }
            (output, _) => {
                self.made.push(Made { chain: self.leg.chain.clone(), output });
                let over = self.later.is_empty() && self.late.is_empty();
                if over { self.shared(desk, rng) } else { self.next(desk, rng) }
            }
        }
    }

    /// Every key has its new shares.
    fn shared(self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        match self.purpose {
            Purpose::Sharing(task) => commit::stage(desk, task, self.made, &self.names, rng),
            Purpose::Keysign(_) | Purpose::Vote(_) => Stage::Over(Err(out_of_place())),
        }
    }

    /// A verified signature, made here or found published.
    fn signed(self, desk: &mut Desk, signature: Signature, rng: &mut dyn CryptoRng) -> Stage {
        if !self.later.is_empty() {
            publish(desk, &signature);
            return self.next(desk, rng);
        }
        match (self.purpose, signature) {
            (Purpose::Keysign(task), signature) => {
                publish(desk, &signature);
                desk.effects.push(Effect::Complete);
                Stage::Over(Ok(Outcome::Signature(Box::new(Signed {
                    vault: task.name,
                    signature,
                    message_of: task.asked.message_of,
                }))))
            }
            (Purpose::Vote(commit), Signature::Ecdsa { signature, .. }) => {
                commit.activate(desk, signature)
            }
            _ => Stage::Over(Err(out_of_place())),
        }
    }

    /// The next protocol's turn. In a mailbox that it shares with the one before, it waits a little: not every
    /// client keeps what arrives too early.
    fn next(mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        let Some(next) = self.later.pop_front() else {
            self.idle = true;
            desk.news();
            return Stage::Running(self);
        };
        let shared = next.mail == self.leg.mail;
        self.idle = false;
        self.leg = next;
        self.shown_round = 0;
        self.heard = true;
        if shared {
            desk.news();
            self.pause = Some(Millis(desk.now.0.saturating_add(BETWEEN)));
            Stage::Running(self)
        } else {
            self.begin(desk, rng)
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

    /// A ban is durable before anything else follows.
    fn ban(&self, desk: &mut Desk, failure: &Failure) {
        let Some(fsid) = self.sharing_in_use() else { return };
        for blamed in failure.blamed.iter().filter(|one| one.consequence == Consequence::Ban) {
            let (party, check) = (blamed.party.clone(), blamed.check.to_owned());
            let ban = Ban { fsid, party: party.clone(), check: check.clone(), at: desk.today() };
            desk.effects.push(Effect::Persist(Change::Ban(ban)));
            desk.show(Event::Banned { party, check });
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
        let frames = self.leg.engine.take_frames();
        self.sent.extend(frames.iter().map(|frame| (self.leg.mail.clone(), frame.clone())));
        post_frames(desk, &self.names, &self.leg.mail, frames, rng);
    }

    /// CEREMONY 5: somebody may have lost what it needs, in this protocol or in the one before: not only those who are
    /// waited for, who may be waiting for others.
    fn repeat(&mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        let silences = desk.quiet() / QUIET;
        let due = silences > self.repeats;
        self.repeats = silences;
        if !due {
            return;
        }
        self.copies = self.copies.saturating_add(1);
        let me = desk.meeting.me.clone();
        for who in self.names.iter().filter(|who| **who != me) {
            for (mailbox, frame) in &self.sent {
                let receiver = frame.to.map(|to| self.names.get(usize::from(to)));
                if receiver.is_none_or(|receiver| receiver == Some(who)) {
                    desk.post_copy(mailbox, who, &frame.bytes, self.copies, rng);
                }
            }
        }
    }

    fn show_round(&mut self, desk: &mut Desk) {
        let (round, of) = self.leg.engine.round();
        if round != self.shown_round {
            self.heard |= self.shown_round > 0;
            self.shown_round = round;
            let ceremony = match &self.purpose {
                Purpose::Sharing(task) => task.word(),
                Purpose::Keysign(_) => "keysign",
                Purpose::Vote(_) => "commit",
            };
            let chain = self.leg.chain.clone();
            desk.show(Event::Progress { ceremony, key: self.leg.key, chain, round, of });
        }
    }

    fn whose(&self, slot: &Namespace) -> Option<String> {
        self.names.iter().find(|name| hello_slot(name) == *slot).cloned()
    }

    /// What the protocol at work will end with, once it is in its last round.
    fn ending(&self) -> Option<&Target> {
        let (round, of) = self.leg.engine.round();
        self.leg.target.as_ref().filter(|_| round == of)
    }
}

/// For a device that misses the end.
fn publish(desk: &mut Desk, signature: &Signature) {
    desk.effects.push(Effect::PublishResult(signature.id(), published::write(signature)));
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
    Failure::fault("the protocol ended with a result of another kind than was asked for")
}
