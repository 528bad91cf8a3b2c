//! Protocols at work, one after the other: letters in, frames out, deadlines, and what their end means.

use std::collections::{BTreeSet, VecDeque};

use quorate_core::PartyIndex;
use quorate_wire::frame::Frame;
use quorate_wire::hello::Hello;
use quorate_wire::relay_api::{Message, Namespace};
use rand_core::CryptoRng;

use super::{Stage, commit};
use crate::ceremony::context::{ABORT_GRACE, BETWEEN, Context, QUIET, STALLED, hello_slot};
use crate::ceremony::io::{Answer, Effect, Event, Millis, Outcome, Want};
use crate::ceremony::plan::finish::Finish;
use crate::ceremony::run::active::{ActiveRun, Output};
use crate::ceremony::run::pending::PendingRuns;
use crate::ceremony::run::published;
use crate::ceremony::run::result::{Product, RunResult};
use crate::ceremony::run::signing::{Signature, SigningRun};
use crate::failure::{Consequence, Failure, Kind};
use crate::run::{Kept, Progress};
use crate::store::{Ban, Change};

/// The protocols of a ceremony, their post and their patience.
pub(in crate::ceremony) struct Running {
    /// The one at work.
    active: ActiveRun,
    /// Those whose turn has not come: they keep what arrives for them, and say nothing.
    later: VecDeque<ActiveRun>,
    /// Those whose setups are not here.
    pending: PendingRuns,
    /// Whether the one at work has ended, and the next one lacks its setup.
    idle: bool,
    /// What the protocols have ended with, while others have not.
    results: Vec<RunResult>,
    finish: Finish,
    names: Vec<String>,
    /// When the one at work may begin to speak, if it may not yet.
    pause: Option<Millis>,
    shown_round: u8,
    /// Somebody gave up: who, and until when frames may still name a culprit.
    given_up: Option<(String, Millis)>,
    heard: bool,
    /// Whether the mailbox has not been read since the protocol at work began: what waits there is read newest first.
    /// While a person thought, other clients may have given a first attempt up and begun a second one, under the same
    /// message ids. The later message is the one whose sender still waits; what comes
    /// behind it counts for nothing.
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
        context: &mut Context,
        runs: Vec<ActiveRun>,
        pending: PendingRuns,
        finish: Finish,
        names: Vec<String>,
        asked: bool,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let mut later = VecDeque::from(runs);
        let Some(active) = later.pop_front() else { return Stage::Over(Err(out_of_place())) };
        let running = Self {
            active,
            later,
            pending,
            idle: false,
            results: Vec::new(),
            finish,
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
        running.begin(context, rng)
    }

    /// The protocol at work sends its first frames.
    fn begin(mut self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        context.news();
        self.unread = true;
        context.letters.count_anew(&self.active.mailbox);
        self.show_round(context);
        let progress = self.active.engine.advance(&self.names, rng, &*context.workers);
        self.after(context, progress, rng)
    }

    pub(super) fn wants(&self, context: &Context) -> Vec<Want> {
        let mut wants = self.pending.wants();
        // What comes while nothing is at work stays in the mailbox.
        if !self.idle {
            wants.push(Want::Mailbox(self.active.mailbox.clone()));
        }
        // CEREMONY 6: why somebody left is written in its hello.
        if let Some((who, _)) = &self.given_up {
            wants.push(Want::Setup(hello_slot(who)));
        } else if context.quiet() >= QUIET {
            wants.extend(self.awaiting(context).iter().map(|who| Want::Setup(hello_slot(who))));
        }
        // CEREMONY 7: the last message may never come; a finished signature may have been published.
        if let Some(signing) = self.ending()
            && context.quiet() >= STALLED
        {
            wants.push(Want::Result(signing.id()));
        }
        wants
    }

    pub(super) fn answer(
        mut self,
        context: &mut Context,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        match answer {
            Answer::Mailbox(namespace, messages)
                if namespace == self.active.mailbox && !self.idle =>
            {
                // CEREMONY 10.2: of two attempts, the newer one counts, and only where this device begins with it.
                let messages: Vec<&Message> = if self.unread {
                    messages.iter().rev().collect()
                } else {
                    messages.iter().collect()
                };
                for message in messages {
                    let Some(letter) =
                        context.letters.open(&context.meeting.key, &namespace, message)
                    else {
                        continue;
                    };
                    context.effects.push(Effect::Delete(namespace.clone(), message.hash.clone()));
                    if !self.names.contains(&letter.from) {
                        continue;
                    }
                    let id = letter.bytes.get(..ID_LEN).unwrap_or(&letter.bytes);
                    if self.arrived.insert(id.to_vec()) {
                        context.news();
                    }
                    self = match self.read(context, &namespace, &letter.bytes, rng) {
                        Stage::Running(running) => running,
                        elsewhere => return elsewhere,
                    };
                }
                self.unread &= self.active.mailbox != namespace;
                Stage::Running(self)
            }
            Answer::Setup(slot, Some(body))
                if self.pending.wants().contains(&Want::Setup(slot.clone())) =>
            {
                self.setup_came(context, &slot, &body, rng)
            }
            Answer::Setup(slot, body) => {
                match (self.whose(&slot), context.read_hello(body.as_ref())) {
                    (Some(who), Some(Hello::Gone(reason))) => {
                        self.fail(context, Failure::left(&who, &reason), rng)
                    }
                    _ => Stage::Running(self),
                }
            }
            Answer::Result(id, Some(body)) => {
                let signing = self.ending().filter(|signing| signing.id() == id);
                match signing.and_then(|signing| published::read(&body, signing)) {
                    Some(signature) => self.produced(context, Product::Signature(signature), rng),
                    None => Stage::Running(self),
                }
            }
            _ => Stage::Running(self),
        }
    }

    /// The setup of a protocol that lacked it.
    fn setup_came(
        mut self,
        context: &mut Context,
        slot: &Namespace,
        body: &str,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        match self.pending.start(context, &self.names, (slot, body), rng) {
            None => Stage::Running(self),
            Some(Ok(run)) => {
                context.news();
                self.later.push_back(run);
                if self.idle { self.next(context, rng) } else { Stage::Running(self) }
            }
            Some(Err(failure)) => self.fail(context, failure, rng),
        }
    }

    /// A letter for the protocol at work, or for one whose turn has not come.
    fn read(
        mut self,
        context: &mut Context,
        mailbox: &Namespace,
        frame: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        self.pending.keep(frame);
        if self.idle {
            return Stage::Running(self);
        }
        let silent = self.pause.is_some().then_some(&mut self.active);
        let waiting = self.later.iter_mut().chain(silent).filter(|run| run.mailbox == *mailbox);
        let kept: Vec<Kept> = waiting.map(|run| run.engine.keep(frame)).collect();
        for one in kept {
            match one {
                Kept::PeerAborted(from) => self.note_given_up(from, context.now),
                Kept::PeerBeganAnew(from) => return self.began_anew(context, from, rng),
                Kept::Used | Kept::Unused => {}
            }
        }
        if self.pause.is_some() {
            return Stage::Running(self);
        }
        let progress = match self.active.engine.receive(frame, &self.names, rng, &*context.workers)
        {
            // Newest first, an earlier attempt comes second, and has been given up: that there are two means nothing.
            Ok(Progress::PeerBeganAnew(_)) if self.unread => Ok(Progress::Waiting),
            progress => progress,
        };
        self.after(context, progress, rng)
    }

    pub(super) fn tick(mut self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        if let Some((who, until)) = &self.given_up {
            if context.now < *until {
                return Stage::Running(self);
            }
            // Often the two waited for the same third one, and that device's patience ended first.
            let mut missing = self.awaiting(context);
            missing.retain(|party| party != who);
            let silent = match missing.as_slice() {
                [] => String::new(),
                silent => {
                    let (round, of) = self.active.engine.round();
                    format!(
                        ", and nothing came from {} in round {round} of {of}",
                        silent.join(", ")
                    )
                }
            };
            let failure = Failure {
                aborted_by: Some(who.as_str().into()),
                ..Failure::new(
                    Kind::Aborted,
                    format!("{who} gave up{silent}; nothing was signed"),
                    "look at that device's screen for the reason, then try again",
                )
            };
            return self.end_badly(context, failure);
        }
        if let Some(until) = self.pause {
            if context.now < until {
                return Stage::Running(self);
            }
            self.pause = None;
            return self.begin(context, rng);
        }
        let patience = if self.heard { context.patience.round } else { context.patience.consent };
        if context.quiet() <= patience {
            self.repeat(context, rng);
            return Stage::Running(self);
        }
        if self.idle {
            let failure = Failure {
                suspects: self.awaiting(context),
                ..Failure::new(
                    Kind::Silent,
                    format!(
                        "{} sent no setup for the next key for {} s; nothing was kept",
                        context.meeting.initiator_name(),
                        context.quiet() / 1_000
                    ),
                    "check that device, then start again",
                )
            };
            return self.fail(context, failure, rng);
        }
        let missing = self.awaiting(context);
        let (round, of) = self.active.engine.round();
        let failure = Failure {
            suspects: missing.clone(),
            ..Failure::new(
                Kind::Silent,
                format!(
                    "{} was silent for {} s in round {round} of {of}; nothing was signed",
                    missing.join(", "),
                    context.quiet() / 1_000
                ),
                "check that the device is on and connected, then start again",
            )
        };
        self.fail(context, failure, rng)
    }

    /// Whom this device waits for.
    pub(super) fn awaiting(&self, context: &Context) -> Vec<String> {
        if self.idle {
            return vec![context.meeting.initiator_name()];
        }
        self.active
            .engine
            .awaiting()
            .into_iter()
            .filter_map(|j| self.names.get(usize::from(j)).cloned())
            .collect()
    }

    /// Whether it ends with the certificate of a new sharing.
    pub(super) fn certifies(&self) -> bool {
        matches!(self.finish, Finish::Certify(_))
    }

    /// Leaves: the peers get the engines' aborts, whichever protocol they have come to.
    pub(super) fn post_abort(&mut self, context: &mut Context, rng: &mut dyn CryptoRng) {
        self.active.engine.give_up();
        self.post_aborts_of_later(context, rng);
    }

    fn post_aborts_of_later(&mut self, context: &mut Context, rng: &mut dyn CryptoRng) {
        self.post(context, rng);
        for mut run in self.later.drain(..) {
            run.engine.give_up();
            context.post_frames(&self.names, &run.mailbox, run.engine.take_frames(), rng);
        }
    }

    fn after(
        mut self,
        context: &mut Context,
        progress: Result<Progress<Output>, Failure>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let progress = match progress {
            Ok(progress) => progress,
            Err(failure) => {
                self.ban(context, &failure);
                // The run that failed has its abort among its frames. The peers may be a protocol ahead, and wait there.
                self.post_aborts_of_later(context, rng);
                return self.end_badly(context, failure);
            }
        };
        self.post(context, rng);
        self.show_round(context);
        match progress {
            Progress::Waiting => Stage::Running(self),
            Progress::PeerAborted(from) => {
                self.note_given_up(from, context.now);
                Stage::Running(self)
            }
            Progress::PeerBeganAnew(from) => self.began_anew(context, from, rng),
            Progress::Done(output) => self.done(context, output, rng),
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
    fn began_anew(self, context: &mut Context, from: PartyIndex, rng: &mut dyn CryptoRng) -> Stage {
        let who = self.names.get(usize::from(from)).cloned().unwrap_or_default();
        let failure = Failure {
            aborted_by: Some(who.as_str().into()),
            ..Failure::new(
                Kind::Aborted,
                format!(
                    "{who} gave its first attempt up and has begun anew, which this device does not do; nothing was signed"
                ),
                "start the ceremony again, on all devices, and approve it soon on each",
            )
        };
        self.fail(context, failure, rng)
    }

    /// The protocol at work has ended well.
    fn done(self, context: &mut Context, output: Output, rng: &mut dyn CryptoRng) -> Stage {
        let product = match output {
            Output::Share(new) => Some(Product::Share(*new)),
            Output::Signature(raw) => {
                let signing = self.active.signing.as_ref();
                signing.and_then(|signing| signing.accept(&raw)).map(Product::Signature)
            }
            Output::Left => None,
        };
        match product {
            Some(product) => self.produced(context, product, rng),
            None => Stage::Over(Err(out_of_place())),
        }
    }

    /// What the protocol at work was for is here, made by it or found published.
    fn produced(
        mut self,
        context: &mut Context,
        product: Product,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let last = self.later.is_empty() && self.pending.is_empty();
        // A device that misses the last message finds the signature on the relay (CEREMONY 7.3). A certificate is published
        // only once it is durable here (COMMIT 5): whoever sees one activates.
        if let Product::Signature(signature) = &product
            && !(last && self.certifies())
        {
            publish(context, signature);
        }
        let ActiveRun { chain, expected, .. } = &self.active;
        self.results.push(RunResult { chain: chain.clone(), expected: *expected, product });
        if !last {
            return self.next(context, rng);
        }
        match self.finish {
            Finish::Share(new) => commit::stage(context, *new, self.results, &self.names, rng),
            Finish::Publish(publication) => {
                let signed = RunResult::signatures(self.results).ok_or_else(out_of_place).and_then(
                    |signatures| publication.approved.signed(publication.name, &signatures),
                );
                if signed.is_ok() {
                    context.effects.push(Effect::Complete);
                }
                Stage::Over(signed.map(|signed| Outcome::Signed(Box::new(signed))))
            }
            Finish::Certify(commitment) => match RunResult::last_ecdsa(self.results) {
                Some(signature) => commit::activate(*commitment, context, signature),
                None => Stage::Over(Err(out_of_place())),
            },
        }
    }

    /// The next protocol's turn. In a mailbox that it shares with the one before, it waits a little: other clients feed
    /// what comes too early to the protocol before, and lose it (CEREMONY 8.4).
    fn next(mut self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        let Some(next) = self.later.pop_front() else {
            self.idle = true;
            context.news();
            return Stage::Running(self);
        };
        let shared = next.mailbox == self.active.mailbox;
        self.idle = false;
        self.active = next;
        self.shown_round = 0;
        self.heard = true;
        if shared {
            context.news();
            self.pause = Some(Millis(context.now.0.saturating_add(BETWEEN)));
            Stage::Running(self)
        } else {
            self.begin(context, rng)
        }
    }

    /// Ends for a reason of one's own: the peers get the engine's abort.
    fn fail(mut self, context: &mut Context, failure: Failure, rng: &mut dyn CryptoRng) -> Stage {
        self.post_abort(context, rng);
        self.end_badly(context, failure)
    }

    /// A vote that failed here may have succeeded elsewhere: look for the certificate.
    fn end_badly(self, context: &mut Context, failure: Failure) -> Stage {
        match self.finish {
            Finish::Certify(commitment) => {
                commit::look_for_certificate(commitment, context, failure)
            }
            Finish::Share(_) | Finish::Publish(_) => Stage::Over(Err(failure)),
        }
    }

    /// A ban is durable before anything else follows.
    fn ban(&self, context: &mut Context, failure: &Failure) {
        let Some(fsid) = self.finish.signing_with() else { return };
        for blamed in failure.blamed.iter().filter(|one| one.consequence == Consequence::Ban) {
            let (party, check) = (blamed.party.clone(), blamed.check.to_owned());
            let ban = Ban { fsid, party: party.clone(), check: check.clone(), at: context.today() };
            context.effects.push(Effect::Persist(Change::Ban(ban)));
            context.show(Event::Banned { party, check });
        }
    }

    fn post(&mut self, context: &mut Context, rng: &mut dyn CryptoRng) {
        let frames = self.active.engine.take_frames();
        self.sent.extend(frames.iter().map(|frame| (self.active.mailbox.clone(), frame.clone())));
        context.post_frames(&self.names, &self.active.mailbox, frames, rng);
    }

    /// CEREMONY 5: somebody may have lost what it needs, in this protocol or in the one before: not only those who are
    /// waited for, who may be waiting for others.
    fn repeat(&mut self, context: &mut Context, rng: &mut dyn CryptoRng) {
        let silences = context.quiet() / QUIET;
        let due = silences > self.repeats;
        self.repeats = silences;
        if !due {
            return;
        }
        self.copies = self.copies.saturating_add(1);
        let me = context.meeting.me.clone();
        for who in self.names.iter().filter(|who| **who != me) {
            for (mailbox, frame) in &self.sent {
                let receiver = frame.to.map(|to| self.names.get(usize::from(to)));
                if receiver.is_none_or(|receiver| receiver == Some(who)) {
                    context.post_copy(mailbox, who, &frame.bytes, self.copies, rng);
                }
            }
        }
    }

    fn show_round(&mut self, context: &mut Context) {
        let (round, of) = self.active.engine.round();
        if round != self.shown_round {
            self.heard |= self.shown_round > 0;
            self.shown_round = round;
            let ceremony = self.finish.word();
            let chain = self.active.chain.clone();
            context.show(Event::Progress { ceremony, key: self.active.suite, chain, round, of });
        }
    }

    fn whose(&self, slot: &Namespace) -> Option<String> {
        self.names.iter().find(|name| hello_slot(name) == *slot).cloned()
    }

    /// What the protocol at work will end with, once it is in its last round.
    fn ending(&self) -> Option<&SigningRun> {
        let (round, of) = self.active.engine.round();
        self.active.signing.as_ref().filter(|_| round == of && !self.idle)
    }
}

fn publish(context: &mut Context, signature: &Signature) {
    context.effects.push(Effect::PublishResult(signature.id(), published::write(signature)));
}

fn out_of_place() -> Failure {
    Failure::fault("the protocol ended with a result of another kind than was asked for")
}
